import type { Rejection } from './planning.ts';
import { hasGap, type RotationPlan, slotsOf } from './plan.ts';
import type { Policy } from './policy.ts';
import type { Trigger } from './rotation.ts';

/** A certificate that was not chosen, and what spoke against it. */
export type PassedOver = Pick<Rejection, 'candidate' | 'detail'>;

/** Why this certificate is to come, as a sentence. */
export function whyChosen(
  { from, to, steps }: Pick<RotationPlan, 'from' | 'to' | 'steps'>,
  trigger: Trigger,
): string {
  if (trigger.kind === 'manual' && trigger.undoes !== undefined)
    return `rotation ${trigger.undoes} had replaced it`;
  if (slotsOf({ steps }).includes('ca')) return 'a person has named it';
  const isExact = inOrder(from.names) === inOrder(to.names);
  return isExact
    ? `it has exactly the names of ${from.id}, and of those that do it ends latest`
    : `it answers for every name of ${from.id}, none has exactly these, and it ends latest`;
}

/** What is done when the new certificate cannot be proven, as a sentence. */
export function onFailure(
  { from, steps }: Pick<RotationPlan, 'from' | 'steps'>,
  { thresholds }: Pick<Policy, 'thresholds'>,
  now: Date,
): string {
  const left = (from.notAfter?.getTime() ?? 0) - now.getTime();
  if (from.revoked || left <= thresholds.critical)
    return `${from.id} is ${from.revoked ? 'revoked' : 'about to end'}: the new one stays if nothing is worse than before, and a person is asked`;
  const back = hasGap({ steps }) ? 'is bound again' : 'is put back';
  return `${from.id} ${back}, and is proven to be served; a person is asked if that fails`;
}

function inOrder(names: readonly string[]): string {
  return names
    .map((name) => name.toLowerCase())
    .toSorted()
    .join('\n');
}
