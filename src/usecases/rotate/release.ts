import { releaseHold } from '../../domain/consequence.ts';
import { refOfKey } from '../../domain/listener.ts';
import { accountOf, type RotateDeps } from './deps.ts';
import { isChanging, readAgreed } from './read.ts';
import type { Resolution, Resolved } from './resolve.ts';

/**
 * A store that lost a rotation may still hold its listener. Nothing tells any more which certificate is old and which is new, so all that
 * can be looked at is whether the listener is at rest; the operator answers for the rest.
 */
export async function releaseForgotten(
  deps: RotateDeps,
  { rotationId, as, by, note }: Resolution,
  signal: AbortSignal,
): Promise<Resolved> {
  const { holds } = await deps.admission.read();
  const found = Object.entries(holds).find(([, hold]) => hold.rotationId === rotationId);
  if (found === undefined) return { kind: 'unknown' };
  const [listener, hold] = found;
  const ref = refOfKey(listener);
  if (ref === null) return { kind: 'unknown' };
  if (as !== 'other') {
    const reason = `the Journal of rotation ${rotationId} is lost, so nobody can tell old from new: look at ${ref.listenerId}, then resolve it as other`;
    return { kind: 'refused', reason };
  }
  const cloud = accountOf(deps, ref.account);
  const state = await readAgreed({ ...deps, cloud }, ref, signal);
  if (state !== null && isChanging(state)) {
    return {
      kind: 'refused',
      reason: 'the listener is still in change: try again when it is running',
    };
  }
  await deps.admission.update((admission) => ({
    next: releaseHold(admission, listener, rotationId),
    result: null,
  }));
  await deps.withdraw(`rotation/${listener}`);
  deps.log.warn({ rotationId, listener, by, note }, 'hold of a lost rotation released');
  return { kind: 'released', ref, since: hold.since };
}
