import type { ServedAt } from '../../domain/inventory.ts';
import type { Endpoint, ListenerState } from '../../domain/listener.ts';
import type { Observation } from '../../domain/observation.ts';
import type { ScanDeps } from './deps.ts';

type LookDeps = Pick<ScanDeps, 'prober' | 'clock'>;

/**
 * One look at every endpoint of a listener: without SNI and for each name. An endpoint outside the vantage is told once. The
 * prober bounds how much happens at a time. Rejects only when aborted.
 */
export async function lookAt(
  deps: LookDeps,
  state: ListenerState,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly ServedAt[]> {
  const looks = state.endpoints.flatMap((endpoint) =>
    deps.prober.reaches(endpoint)
      ? [null, ...names].map((name) => lookOnce(deps, { state, endpoint, name }, signal))
      : [notLooked(deps, endpoint)],
  );
  return Promise.all(looks);
}

/** The same looks once more; those whose endpoint is gone are left out. */
export async function repeat(
  deps: LookDeps,
  state: ListenerState,
  looks: readonly ServedAt[],
  signal: AbortSignal,
): Promise<readonly ServedAt[]> {
  return Promise.all(
    looks.flatMap((look) => {
      const endpoint = state.endpoints.find(
        ({ address, port }) => address === look.address && port === look.port,
      );
      if (endpoint === undefined) return [];
      return [lookOnce(deps, { state, endpoint, name: look.serverName }, signal)];
    }),
  );
}

async function lookOnce(
  deps: LookDeps,
  { state, endpoint, name }: { state: ListenerState; endpoint: Endpoint; name: string | null },
  signal: AbortSignal,
): Promise<ServedAt> {
  const observation = await deps.prober.observe(
    { endpoint, serverName: name, keyType: 'any', client: null, alpn: state.alpn },
    signal,
  );
  return lookOf(endpoint, name, observation);
}

async function notLooked(deps: LookDeps, endpoint: Endpoint): Promise<ServedAt> {
  return lookOf(endpoint, null, {
    kind: 'failed',
    at: deps.clock.now(),
    reason: 'outside-vantage',
    detail: 'no network of this daemon leads there',
    millis: 0,
  });
}

function lookOf(
  { zone, address, port }: Endpoint,
  serverName: string | null,
  observation: Observation,
): ServedAt {
  const lastServedAt = observation.kind === 'served' ? observation.at : null;
  return { zone, address, port, serverName, observation, lastServedAt, confirmed: false };
}
