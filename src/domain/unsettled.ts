import type { Admission } from './admission.ts';
import type { KnownListener } from './inventory.ts';
import { listenerKey } from './listener.ts';

type Moves = Pick<Admission, 'inFlight' | 'left'>;
type Looked = Pick<KnownListener, 'state' | 'seenAt'>;

/**
 * Whether what is known of a listener may be a moment of a rotation: one is under way, or the last look at it is older than the end of
 * the last one. Such a look shows what a rollback has taken back since, so it neither ends nor raises anything.
 */
export function isUnsettled(moves: Moves, known: Looked): boolean {
  const key = listenerKey(known.state.ref);
  return moves.inFlight.some(({ listener }) => listener === key) || isOutdated(moves, known, key);
}

/** The keys of all listeners that a rotation has not left, or whose last look is older than that. */
export function unsettledOf(moves: Moves, listeners: readonly Looked[]): ReadonlySet<string> {
  const outdated = listeners.flatMap((known) => {
    const key = listenerKey(known.state.ref);
    return isOutdated(moves, known, key) ? [key] : [];
  });
  return new Set([...moves.inFlight.map(({ listener }) => listener), ...outdated]);
}

function isOutdated({ left }: Moves, { seenAt }: Looked, key: string): boolean {
  const leftAt = left?.[key];
  return leftAt !== undefined && leftAt > seenAt;
}
