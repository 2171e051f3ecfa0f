import type { Admission } from './admission.ts';
import type { KnownListener } from './inventory.ts';
import { listenerKey } from './listener.ts';

/**
 * Whether what is known of a listener may be a moment of a rotation: one is under way, or the last look at it is older than the end of
 * the last one. Such a look shows what a rollback has taken back since, so it neither ends nor raises anything.
 */
export function isUnsettled(
  { inFlight, left }: Pick<Admission, 'inFlight' | 'left'>,
  { state, seenAt }: Pick<KnownListener, 'state' | 'seenAt'>,
): boolean {
  const key = listenerKey(state.ref);
  const leftAt = left?.[key];
  return (
    inFlight.some(({ listener }) => listener === key) || (leftAt !== undefined && leftAt > seenAt)
  );
}

/** The keys of all listeners that a rotation has not left, or whose last look is older than that. */
export function unsettledOf(
  admission: Pick<Admission, 'inFlight' | 'left'>,
  listeners: readonly Pick<KnownListener, 'state' | 'seenAt'>[],
): ReadonlySet<string> {
  const since = new Map(Object.entries(admission.left ?? {}));
  const stale = listeners.flatMap(({ state, seenAt }) => {
    const key = listenerKey(state.ref);
    const leftAt = since.get(key);
    return leftAt !== undefined && leftAt > seenAt ? [key] : [];
  });
  return new Set([...admission.inFlight.map(({ listener }) => listener), ...stale]);
}
