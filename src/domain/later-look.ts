import type { Admission } from './admission.ts';
import { listenerKey } from './listener.ts';
import { sameSlots, stepsFound, type RecordedSlots, type RotationPlan } from './plan.ts';
import { outcomeOf, slotsAfter, type Rotation } from './rotation-state.ts';
import { candidateOf, onListener } from './trial.ts';

/**
 * Whether what is bound now is no longer this rotation's affair: another one of ours is at work, waits for an operator or has
 * committed since, or somebody bound something that this rotation knows nothing of. What its own steps explain without any of
 * that is its affair: a write that landed late, or somebody who undid it.
 */
export function isSuperseded(
  rotation: Rotation,
  now: RecordedSlots,
  admission: Admission,
): boolean {
  if (isTakenOver(rotation, admission)) return true;
  if (isAsEnded(rotation, now)) return false;
  const { plan } = rotation.record;
  if (stepsFound(plan, now) === null) return true;
  const isCommitted = outcomeOf(rotation) === 'committed';
  return hasCommittedSince(rotation, isCommitted ? plan.from : plan.to, admission);
}

/** Whether the slots hold what the outcome says. */
export function isAsEnded(rotation: Rotation, now: RecordedSlots): boolean {
  const { plan } = rotation.record;
  const isCommitted = outcomeOf(rotation) === 'committed';
  return sameSlots(now, slotsAfter(plan, isCommitted ? plan.steps.length : 0));
}

function isTakenOver({ record }: Rotation, { inFlight, holds }: Admission): boolean {
  const listener = listenerKey(record.plan.ref);
  const hold = holds[listener];
  if (hold !== undefined && hold.rotationId !== record.id) return true;
  return inFlight.some((entry) => entry.listener === listener && entry.rotationId !== record.id);
}

function hasCommittedSince(
  { record, ending }: Rotation,
  to: RotationPlan['to'],
  { candidates }: Admission,
): boolean {
  const place = onListener(candidateOf({ to }), listenerKey(record.plan.ref));
  const commit = candidates[place];
  const endedAt = ending?.entry.at ?? record.admittedAt;
  return commit?.kind === 'proven' && commit.since > endedAt;
}
