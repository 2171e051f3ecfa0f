import {
  boundOn,
  type CertificateLookup,
  certificateLookup,
  namesToAsk,
} from '../../domain/bound.ts';
import { doubtful } from '../../domain/cell-verdict.ts';
import type { Inventory, ServedAt, Snapshot } from '../../domain/inventory.ts';
import { type ListenerState, listenerKey } from '../../domain/listener.ts';
import { mergeInventory } from '../../domain/merge.ts';
import type { ScanDeps, ScanEvent, ScanRequest } from './deps.ts';
import { inParallel } from './in-parallel.ts';
import { lookAt } from './look.ts';
import { lookAgain } from './second-look.ts';

/** How many listeners have probes waiting at a time; the prober bounds the handshakes themselves. */
const listenersAtOnce = 32;

interface ProbeGiven {
  readonly previous: Inventory;
  /** What was read, with its certificates: their names are what to ask for. */
  readonly snapshot: Snapshot;
  readonly namesPerListener: ScanRequest['namesPerListener'];
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
  const lookup = certificateLookup(mergeInventory(given.previous, given.snapshot));
  const namesOf = (state: ListenerState): readonly string[] =>
    namesToAsk(
      state,
      (id) => lookup(state.ref.account, id),
      given.namesPerListener ?? state.bound.length,
    );
  const first = await lookAtAll(deps, given, namesOf, signal);
  return lookTwice(deps, { ...given, snapshot: first }, { lookup, namesOf }, signal);
}

type NamesOf = (state: ListenerState) => readonly string[];

async function lookAtAll(
  deps: ScanDeps,
  { snapshot, tell }: ProbeGiven,
  namesOf: NamesOf,
  signal: AbortSignal,
): Promise<Snapshot> {
  const total = snapshot.listeners.filter(({ state }) => state.status === 'running').length;
  let done = 0;
  const listeners = await inParallel(snapshot.listeners, listenersAtOnce, async (entry) => {
    if (entry.state.status !== 'running') return entry;
    const served = await lookAt(deps, entry.state, namesOf(entry.state), signal);
    done += 1;
    tell({ kind: 'probing', done, total });
    return { ...entry, served };
  });
  return { ...snapshot, listeners };
}

async function lookTwice(
  deps: ScanDeps,
  given: ProbeGiven,
  { lookup, namesOf }: { readonly lookup: CertificateLookup; readonly namesOf: NamesOf },
  signal: AbortSignal,
): Promise<Snapshot> {
  const { snapshot, tell } = given;
  const doubts = doubtsOf(given, lookup);
  if (doubts.size === 0) return snapshot;
  tell({ kind: 'second-look', listeners: doubts.size, pause: deps.secondLookAfter });
  await deps.clock.sleep(deps.secondLookAfter, signal);
  const looked = await inParallel(snapshot.listeners, listenersAtOnce, async (entry) => {
    const looks = doubts.get(listenerKey(entry.state.ref));
    if (looks === undefined) return { entry, missing: [] };
    return lookAgain(deps, { entry, looks, namesOf }, signal);
  });
  return {
    ...snapshot,
    listeners: looked.map(({ entry }) => entry),
    missing: [...snapshot.missing, ...looked.flatMap(({ missing }) => missing)],
  };
}

/** The looks of this very scan that would become findings, by listener. Earlier successes count: they make silence news. */
function doubtsOf(
  { previous, snapshot }: ProbeGiven,
  lookup: CertificateLookup,
): ReadonlyMap<string, readonly ServedAt[]> {
  const merged = mergeInventory(previous, snapshot);
  const fresh = new Set(
    snapshot.listeners.flatMap(({ served }) => served.map(({ observation }) => observation)),
  );
  return new Map(
    merged.listeners.flatMap((known) => {
      const looks = doubtful(known, boundOn(known, lookup)).filter(({ observation }) =>
        fresh.has(observation),
      );
      return looks.length === 0 ? [] : [[listenerKey(known.state.ref), looks] as const];
    }),
  );
}
