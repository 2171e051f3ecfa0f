import { stepsFound, type RecordedSlots } from './plan.ts';
import type { Rotation } from './rotation-state.ts';
import type { Write } from './rotation.ts';

/** What the slots say of a write: it is still to be made, it is done, or somebody else has been at work. */
export type Standing = 'before' | 'after' | 'foreign';

/**
 * The slots must hold what the Journal says, except for what the write itself changes and for what writes of ours may have done
 * that nobody has heard of since.
 */
export function standingOf(
  { record, done, loose }: Rotation,
  { step, direction }: Pick<Write, 'step' | 'direction'>,
  now: RecordedSlots,
): Standing {
  const found = stepsFound(record.plan, now);
  if (found === null) return 'foreign';
  const isMissing = done.some((n) => n !== step && !found.includes(n));
  const isStrange = found.some((n) => n !== step && !done.includes(n) && !loose.includes(n));
  if (isMissing || isStrange) return 'foreign';
  const isDone = found.includes(step);
  if (direction === 'swap') return isDone ? 'after' : 'before';
  if (!isDone) return 'after';
  // What neither was done nor can have been done by us is not ours to undo.
  return done.includes(step) || loose.includes(step) ? 'before' : 'foreign';
}

/**
 * The last of the steps that came back after they had been undone, if nothing but late writes of ours explains all that is there.
 * Null: somebody else has been at work.
 */
export function relapseIn({ record, loose }: Rotation, now: RecordedSlots): number | null {
  const found = stepsFound(record.plan, now);
  return found !== null && found.every((n) => loose.includes(n)) ? (found.at(-1) ?? null) : null;
}
