import { type Ask, asksFor } from '../domain/asks.ts';
import { type Bound } from '../domain/bound.ts';
import { isOutside, judgeCell } from '../domain/cell-verdict.ts';
import { type Certificate, siteOfRegion } from '../domain/certificate.ts';
import type { Missing, ServedAt } from '../domain/inventory.ts';
import type { ListenerState } from '../domain/listener.ts';
import type { CloudAccount } from '../ports/listeners.ts';
import type { Prober } from '../ports/prober.ts';
import type { ScanDeps } from './scan/deps.ts';
import { missingFrom } from './scan/failure.ts';
import { lookAt } from './scan/look.ts';
import { accountOf } from './scan/second-look.ts';
import { findListener } from './verify-find.ts';

/** `unjudged`: something is served, but no store tells the fingerprint of what is bound. */
type CellState = 'as-bound' | 'differs' | 'unreachable' | 'unjudged' | 'not-in-vantage';

interface Cell {
  readonly look: ServedAt;
  readonly state: CellState;
  /** Whether clients are sent to this endpoint; one that left DNS may stay silent. */
  readonly active: boolean;
}

/** What a listener holds and what it really serves, seen from here. */
export interface Verified {
  readonly listener: ListenerState;
  readonly bound: readonly Bound[];
  readonly cells: readonly Cell[];
  readonly missing: readonly Missing[];
  /** Everything in vantage was looked at and serves what is bound. */
  readonly asBound: boolean;
}

export type VerifyEvent =
  | { readonly kind: 'reading'; readonly account: string; readonly region: string }
  | { readonly kind: 'looking'; readonly done: number };

export interface VerifyRequest {
  /** A listener id, or its full key. */
  readonly listener: string;
  readonly tell: (event: VerifyEvent) => void;
}

type VerifyDeps = Pick<ScanDeps, 'accounts' | 'prober' | 'clock'>;

/**
 * One look at every endpoint of one listener, without SNI and for every name of its certificates. Compared is with what the
 * store says about the bound certificates, never with what some other endpoint serves. Rejects with `not-found` for an unknown
 * listener, `request.invalid` for an ambiguous one, or when aborted.
 */
export async function verify(
  deps: VerifyDeps,
  request: VerifyRequest,
  signal: AbortSignal,
): Promise<Verified> {
  const { tell } = request;
  const listener = await findListener(deps, request, signal);
  const { bound, missing } = await boundOf(accountOf(deps, listener.ref), listener, signal);
  const prober = counting(deps.prober, (done) => tell({ kind: 'looking', done }));
  const looks =
    listener.status === 'stopped' || listener.status === 'gone'
      ? []
      : await lookAt({ ...deps, prober }, listener, asksOf(bound), signal);
  const cells = looks.map((look) => cellOf(listener, bound, look));
  return { listener, bound, cells, missing, asBound: isAsBound(cells) };
}

/** At least one cell shows what is bound, and none shows anything else. A silent zone that has left DNS is no harm. */
function isAsBound(cells: readonly Cell[]): boolean {
  const judged = cells.filter(
    ({ state, active }) => state !== 'not-in-vantage' && (active || state !== 'unreachable'),
  );
  return judged.length > 0 && judged.every(({ state }) => state === 'as-bound');
}

function cellOf(listener: ListenerState, bound: readonly Bound[], look: ServedAt): Cell {
  const { address, port } = look;
  const active = listener.endpoints.some(
    (endpoint) => endpoint.active && endpoint.address === address && endpoint.port === port,
  );
  return { look, state: stateOf(listener, bound, look), active };
}

function stateOf(listener: ListenerState, bound: readonly Bound[], look: ServedAt): CellState {
  if (isOutside(look)) return 'not-in-vantage';
  if (look.observation.kind === 'failed') return 'unreachable';
  if (judgeCell({ state: listener }, bound, look) === 'expected') return 'as-bound';
  // It may be the one that nobody knows.
  const known = bound.every(
    ({ row, certificate }) => row.slot === 'ca' || (certificate?.fingerprint256 ?? null) !== null,
  );
  return known ? 'differs' : 'unjudged';
}

/** One after the other: a store that is only listed is then listed once for all. */
async function boundOf(
  account: CloudAccount,
  { ref, bound }: ListenerState,
  signal: AbortSignal,
): Promise<{ readonly bound: readonly Bound[]; readonly missing: readonly Missing[] }> {
  const store = account.stores(siteOfRegion(ref.region));
  const rows: Bound[] = [];
  const missing: Missing[] = [];
  for (const row of bound) {
    let certificate: Certificate | null = null;
    try {
      if (row.slot !== 'ca') certificate = await store.resolve(row.id, signal);
    } catch (error) {
      signal.throwIfAborted();
      const place = { account: account.name, region: store.site, listener: ref };
      missing.push(missingFrom(error, { ...place, action: 'ListUserCertificateOrder' }));
    }
    rows.push({ row, certificate });
  }
  return { bound: rows, missing };
}

/**
 * What an ordinary client asks, in the order of the names. Clients of one key type alone may be turned away where nothing is wrong:
 * whether the cloud tells them apart is not documented.
 */
function asksOf(bound: readonly Bound[]): readonly Ask[] {
  const names = new Set(
    asksFor(bound, Number.POSITIVE_INFINITY).map(({ serverName }) => serverName),
  );
  return [...names]
    .toSorted((a, b) => compareText(a ?? '', b ?? ''))
    .map((serverName) => ({ serverName, keyType: 'any' }));
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function counting(prober: Prober, count: (done: number) => void): Prober {
  let done = 0;
  return {
    perLoadBalancerPerSecond: prober.perLoadBalancerPerSecond,
    reaches: (endpoint) => prober.reaches(endpoint),
    observe: async (probe, signal) => {
      const observation = await prober.observe(probe, signal);
      done += 1;
      count(done);
      return observation;
    },
  };
}
