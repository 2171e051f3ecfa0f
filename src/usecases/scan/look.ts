import type { Ask } from '../../domain/asks.ts';
import type { ServedAt } from '../../domain/inventory.ts';
import type { Endpoint, ListenerState } from '../../domain/listener.ts';
import type { Observation, Probe } from '../../domain/observation.ts';
import type { ScanDeps } from './deps.ts';

export type LookDeps = Pick<ScanDeps, 'prober' | 'clock'>;

/** Where two nodes of one address disagree, every other look may show the right leaf: so often a wrong one is looked for. */
const looksForWrongLeaf = 3;

/**
 * One look at every endpoint of a listener for each ask. An endpoint outside the vantage is told once. The prober bounds how much
 * happens at a time. Rejects only when aborted.
 */
export async function lookAt(
  deps: LookDeps,
  state: ListenerState,
  asks: readonly Ask[],
  signal: AbortSignal,
): Promise<readonly ServedAt[]> {
  const looks = state.endpoints.flatMap((endpoint) =>
    deps.prober.reaches(endpoint)
      ? asks.map((ask) => lookOnce(deps, { state, endpoint, ask }, signal))
      : [notLooked(deps, endpoint)],
  );
  return Promise.all(looks);
}

/** How many handshakes `lookAt` makes. */
export function countLooks(
  { prober }: Pick<LookDeps, 'prober'>,
  { endpoints }: Pick<ListenerState, 'endpoints'>,
  asks: readonly Ask[],
): number {
  return endpoints.filter((endpoint) => prober.reaches(endpoint)).length * asks.length;
}

/** The same looks once more; those whose endpoint is gone are left out. */
export async function repeat(
  deps: LookDeps,
  state: ListenerState,
  looks: readonly ServedAt[],
  signal: AbortSignal,
): Promise<readonly ServedAt[]> {
  const repeated = looks.map(async (look) => {
    const endpoint = endpointOf(state, look);
    if (endpoint === undefined) return [];
    return [await lookForSame(deps, { state, endpoint, first: look }, signal)];
  });
  return (await Promise.all(repeated)).flat();
}

/** Whether two looks showed the same leaf, or neither showed any. */
export function showsSame({ observation: a }: ServedAt, { observation: b }: ServedAt): boolean {
  if (a.kind === 'failed' || b.kind === 'failed') return a.kind === b.kind;
  return a.leaf.fingerprint256 === b.leaf.fingerprint256;
}

/** The endpoint that was looked at; undefined when the listener no longer has it. */
export function endpointOf(
  { endpoints }: Pick<ListenerState, 'endpoints'>,
  look: Pick<ServedAt, 'address' | 'port'>,
): Endpoint | undefined {
  return endpoints.find(({ address, port }) => address === look.address && port === look.port);
}

/** A probe of an ordinary client for one endpoint of a listener. */
export function probeOf(state: ListenerState, endpoint: Endpoint, ask: Ask): Probe {
  const { loadBalancerId } = state.ref;
  return { endpoint, loadBalancerId, ...ask, client: null, alpn: state.alpn };
}

async function lookForSame(
  deps: LookDeps,
  what: { readonly state: ListenerState; readonly endpoint: Endpoint; readonly first: ServedAt },
  signal: AbortSignal,
): Promise<ServedAt> {
  const { state, endpoint, first } = what;
  const { serverName, keyType } = first;
  // An endpoint that answers once is not away; a wrong leaf is wrong however many right ones are served beside it.
  const most = first.observation.kind === 'served' ? looksForWrongLeaf : 1;
  for (let count = 1; ; count += 1) {
    const look = await lookOnce(deps, { state, endpoint, ask: { serverName, keyType } }, signal);
    if (count >= most || showsSame(first, look)) return look;
  }
}

async function lookOnce(
  { prober }: LookDeps,
  { state, endpoint, ask }: { state: ListenerState; endpoint: Endpoint; ask: Ask },
  signal: AbortSignal,
): Promise<ServedAt> {
  const observation = await prober.observe(probeOf(state, endpoint, ask), signal);
  return lookOf(endpoint, ask, observation);
}

async function notLooked(deps: LookDeps, endpoint: Endpoint): Promise<ServedAt> {
  const ask: Ask = { serverName: null, keyType: 'any' };
  return lookOf(endpoint, ask, {
    kind: 'failed',
    at: deps.clock.now(),
    reason: 'outside-vantage',
    detail: 'no network of this daemon leads there',
    millis: 0,
  });
}

function lookOf({ zone, address, port }: Endpoint, ask: Ask, observation: Observation): ServedAt {
  const lastServedAt = observation.kind === 'served' ? observation.at : null;
  return { zone, address, port, ...ask, observation, lastServedAt, confirmed: false };
}
