import type { Bound } from '../../domain/bound.ts';
import type { ServedAt } from '../../domain/inventory.ts';
import type { ListenerState } from '../../domain/listener.ts';
import { endpointOf, type LookDeps, probeOf } from './look.ts';

/**
 * The looks with the names of the CAs that the listener accepts, where nobody else tells which CA is bound. In TLS 1.3 a server may
 * keep them to itself, so a single handshake in TLS 1.2 asks again. Rejects only when aborted.
 */
export async function withCaNames(
  deps: LookDeps,
  listener: { readonly state: ListenerState; readonly bound: readonly Bound[] },
  served: readonly ServedAt[],
  signal: AbortSignal,
): Promise<readonly ServedAt[]> {
  const { state, bound } = listener;
  const isUnknown = bound.some(
    ({ row, certificate }) => row.slot === 'ca' && (certificate?.notAfter ?? null) === null,
  );
  const silent = isUnknown && state.clientAuth ? silentLook(served) : undefined;
  const endpoint = silent && endpointOf(state, silent);
  if (silent === undefined || endpoint === undefined) return served;
  const { serverName, keyType } = silent;
  const probe = probeOf(state, endpoint, { serverName, keyType });
  const seen = await deps.prober.observe({ ...probe, newest: 'TLSv1.2' }, signal);
  if (seen.kind === 'failed' || seen.caNames === null) return served;
  return served.map((look) => (look === silent ? named(look, seen.caNames) : look));
}

/** A look that was asked for a certificate, if none of those that were has heard a name. */
function silentLook(served: readonly ServedAt[]): ServedAt | undefined {
  const asked = served.filter(
    ({ observation }) => observation.kind === 'served' && observation.clientAuth !== 'none',
  );
  const heard = asked.some(
    ({ observation }) => observation.kind === 'served' && observation.caNames !== null,
  );
  return heard ? undefined : asked[0];
}

function named(look: ServedAt, caNames: readonly string[] | null): ServedAt {
  const { observation } = look;
  return observation.kind === 'failed'
    ? look
    : { ...look, observation: { ...observation, caNames } };
}
