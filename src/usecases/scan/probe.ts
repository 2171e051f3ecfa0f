import { type Ask, asksFor, passTime } from '../../domain/asks.ts';
import { type Bound, boundOn, certificateLookup } from '../../domain/bound.ts';
import { doubtful } from '../../domain/cell-verdict.ts';
import type { Inventory, ServedAt, Snapshot } from '../../domain/inventory.ts';
import { type ListenerState, listenerKey } from '../../domain/listener.ts';
import { mergeInventory } from '../../domain/merge.ts';
import { withCaNames } from './ca-names.ts';
import type { ScanDeps, ScanEvent } from './deps.ts';
import { countLooks, lookAt } from './look.ts';
import { perLoadBalancer } from './per-load-balancer.ts';
import { lookAgain } from './second-look.ts';

interface ProbeGiven {
  readonly previous: Inventory;
  /** What was read, with its certificates: their names are what to ask for. */
  readonly snapshot: Snapshot;
  readonly tell: (event: ScanEvent) => void;
}

/**
 * The snapshot with what every running listener serves. What looks wrong is looked at once more after a pause, beside a fresh
 * reading of the listener: caches, rotations and other people's changes settle meanwhile. Rejects only when aborted.
 */
export async function probe(
  deps: ScanDeps,
  given: ProbeGiven,
  signal: AbortSignal,
): Promise<Snapshot> {
  const known = mergeInventory(given.previous, given.snapshot);
  const lookup = certificateLookup(known);
  const looks = new Map(known.listeners.map(({ state, served }) => [keyOf(state), served]));
  const boundOf: BoundOf = (state, now) =>
    boundOn({ state, served: now ?? looks.get(keyOf(state)) ?? [] }, lookup);
  const first = await lookAtAll(deps, given, boundOf, signal);
  return lookTwice(deps, { ...given, snapshot: first }, boundOf, signal);
}

/** What a listener holds, with what this scan's stores tell about it, and the looks just made, else earlier ones. */
type BoundOf = (state: ListenerState, now?: readonly ServedAt[]) => readonly Bound[];

type Entry = Snapshot['listeners'][number];

async function lookAtAll(
  deps: ScanDeps,
  { snapshot, tell }: ProbeGiven,
  boundOf: BoundOf,
  signal: AbortSignal,
): Promise<Snapshot> {
  const running = snapshot.listeners.filter(({ state }) => state.status === 'running');
  announce(deps, running, { boundOf, tell });
  const { length: total } = running;
  let done = 0;
  const listeners = await perLoadBalancer(snapshot.listeners, async (entry) => {
    if (entry.state.status !== 'running') return entry;
    const bound = boundOf(entry.state);
    const looks = await lookAtOne(deps, entry.state, boundOf, signal);
    const served = await withCaNames(deps, { state: entry.state, bound }, looks, signal);
    done += 1;
    tell({ kind: 'probing', done, total });
    return { ...entry, served };
  });
  return { ...snapshot, listeners };
}

/** Where no store tells a certificate's names, the first looks do: those are asked for as well. */
async function lookAtOne(
  deps: ScanDeps,
  state: ListenerState,
  boundOf: BoundOf,
  signal: AbortSignal,
): Promise<readonly ServedAt[]> {
  const asks = asksOf(deps, boundOf(state));
  const looks = await lookAt(deps, state, asks, signal);
  const asked = new Set(asks.map(({ serverName }) => serverName));
  const learned = asksOf(deps, boundOf(state, looks));
  const more = learned.filter(({ serverName }) => !asked.has(serverName));
  if (more.length === 0) return looks;
  const endpoints = state.endpoints.filter((endpoint) => deps.prober.reaches(endpoint));
  return [...looks, ...(await lookAt(deps, { ...state, endpoints }, more, signal))];
}

/** Says how much there is to do, as the rate that spares the load balancers is what makes it last. */
function announce(
  deps: ScanDeps,
  running: readonly Entry[],
  { boundOf, tell }: { readonly boundOf: BoundOf; readonly tell: ProbeGiven['tell'] },
): void {
  const looks = new Map<string, number>();
  for (const { state } of running) {
    const { loadBalancerId } = state.ref;
    const more = countLooks(deps, state, asksOf(deps, boundOf(state)));
    if (more > 0) looks.set(loadBalancerId, (looks.get(loadBalancerId) ?? 0) + more);
  }
  const sum = [...looks.values()].reduce((all, each) => all + each, 0);
  const atLeast = passTime(looks, deps.prober.perLoadBalancerPerSecond);
  tell({ kind: 'probing-starts', looks: sum, loadBalancers: looks.size, atLeast });
  deps.log.info(
    { looks: sum, loadBalancers: looks.size, atLeastMs: atLeast },
    'looking at what is served',
  );
}

function asksOf(
  { namesPerListener }: Pick<ScanDeps, 'namesPerListener'>,
  bound: readonly Bound[],
): readonly Ask[] {
  return asksFor(bound, namesPerListener);
}

async function lookTwice(
  deps: ScanDeps,
  given: ProbeGiven,
  boundOf: BoundOf,
  signal: AbortSignal,
): Promise<Snapshot> {
  const { snapshot, tell } = given;
  const doubts = doubtsOf(given);
  if (doubts.size === 0) return snapshot;
  tell({ kind: 'second-look', listeners: doubts.size, pause: deps.secondLookAfter });
  await deps.clock.sleep(deps.secondLookAfter, signal);
  const asks = (state: ListenerState): readonly Ask[] => asksOf(deps, boundOf(state));
  const looked = await perLoadBalancer(snapshot.listeners, async (entry) => {
    const looks = doubts.get(keyOf(entry.state));
    if (looks === undefined) return { entry, missing: [] };
    return lookAgain(deps, { entry, looks, asksOf: asks }, signal);
  });
  return {
    ...snapshot,
    listeners: looked.map(({ entry }) => entry),
    missing: [...snapshot.missing, ...looked.flatMap(({ missing }) => missing)],
  };
}

/** The looks of this very scan that would become findings, by listener. Earlier successes count: they make silence news. */
function doubtsOf({
  previous,
  snapshot,
}: Pick<ProbeGiven, 'previous' | 'snapshot'>): ReadonlyMap<string, readonly ServedAt[]> {
  const merged = mergeInventory(previous, snapshot);
  const lookup = certificateLookup(merged);
  const fresh = new Set(
    snapshot.listeners.flatMap(({ served }) => served.map(({ observation }) => observation)),
  );
  return new Map(
    merged.listeners.flatMap((known) => {
      const looks = doubtful(known, boundOn(known, lookup)).filter(({ observation }) =>
        fresh.has(observation),
      );
      return looks.length === 0 ? [] : [[keyOf(known.state), looks] as const];
    }),
  );
}

function keyOf({ ref }: Pick<ListenerState, 'ref'>): string {
  return listenerKey(ref);
}
