import type { ListenerRef } from './listener.ts';
import type { RotationPlan } from './plan.ts';
import { slotsOf } from './plan.ts';
import type { IdentityRule, Rules } from './rules.ts';

/** The configured client identities that are for this listener. */
export function identitiesFor(
  { identities }: Pick<Rules, 'identities'>,
  { listenerId }: Pick<ListenerRef, 'listenerId'>,
): readonly IdentityRule[] {
  return identities.filter(({ listeners }) => listeners.includes(listenerId));
}

/** Whether the plan changes whom the listener lets in while no identity can prove who still gets in: a person must answer for that. */
export function isUnprovable(
  plan: Pick<RotationPlan, 'ref' | 'steps'>,
  rules: Pick<Rules, 'identities'>,
): boolean {
  return slotsOf(plan).includes('ca') && identitiesFor(rules, plan.ref).length === 0;
}
