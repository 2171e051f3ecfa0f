import { isUnprovable } from './identity.ts';
import { hasGap, type RotationPlan } from './plan.ts';
import type { Policy } from './policy.ts';
import type { Rules } from './rules.ts';

/** Who or what wants a person to consent before the plan starts; null: nobody. */
export function approvalWantedBy(
  plan: Pick<RotationPlan, 'ref' | 'steps'>,
  policy: Pick<Policy, 'name' | 'mode'>,
  rules: Pick<Rules, 'identities'>,
): string | null {
  if (policy.mode === 'observe') return null;
  if (policy.mode === 'approve') return `policy ${policy.name}`;
  if (isUnprovable(plan, rules)) return 'a new CA certificate that no client identity can prove';
  return hasGap(plan) ? 'taking a certificate away before the new one comes' : null;
}
