import { startBlocker } from '../domain/admit.ts';
import type { Millis } from '../domain/certificate.ts';
import type { ListenerRef, ListenerState } from '../domain/listener.ts';
import type { Digest } from '../domain/plan.ts';
import type { DraftedPlanning, PlanningFacts } from '../domain/planner.ts';
import { planRotations } from '../domain/planner.ts';
import type { Wait } from '../domain/planning.ts';
import { policyFor } from '../domain/policy.ts';
import type { RotationRecord } from '../domain/rotation.ts';
import type { Rules } from '../domain/rules.ts';
import type { Clock } from '../ports/clock.ts';
import type { OperatorBook } from '../ports/operator-state.ts';
import type { AdmissionBook, InventoryBook } from '../ports/state.ts';

export interface PlanDeps {
  readonly inventory: Pick<InventoryBook, 'read'>;
  readonly admission: AdmissionBook;
  readonly operator: OperatorBook;
  readonly rules: () => Rules;
  readonly clock: Pick<Clock, 'now'>;
  readonly sha256: Digest;
  /** The worst known difference between our clock and the store's or the cloud's; null when none is known. */
  readonly skewMs: () => Promise<Millis | null>;
  /** How many additional certificates a load balancer may hold; null where nobody tells. */
  readonly additionalLimit: (ref: ListenerRef) => number | null;
}

/** What would be rotated at this instant, what waits and for what, what cannot be and why. Changes nothing. */
export async function currentPlanning(deps: PlanDeps): Promise<DraftedPlanning> {
  return planRotations(await gatherFacts(deps));
}

/** Everything a planning is made from, as it is now. */
export async function gatherFacts(deps: PlanDeps): Promise<PlanningFacts> {
  const [inventory, admission, operator, skewMs] = await Promise.all([
    deps.inventory.read(),
    deps.admission.read(),
    deps.operator.read(),
    deps.skewMs(),
  ]);
  const { clock, sha256, additionalLimit } = deps;
  const [rules, now] = [deps.rules(), clock.now()];
  return { inventory, admission, operator, skewMs, rules, now, sha256, additionalLimit };
}

/**
 * Why an admitted rotation may not send its first write after all: policy, approval, freeze, window, hold or admission changed
 * since. `state` is the listener as just read, so that a policy that matches tags sees today's.
 */
export async function blockerNow(
  deps: Omit<PlanDeps, 'inventory' | 'sha256' | 'additionalLimit'>,
  { id, plan, trigger }: RotationRecord,
  state: ListenerState,
): Promise<Wait | null> {
  const [admission, operator, skewMs] = await Promise.all([
    deps.admission.read(),
    deps.operator.read(),
    deps.skewMs(),
  ]);
  const { policies, freezes, identities } = deps.rules();
  return startBlocker({
    plan,
    trigger,
    policy: policyFor(policies, state),
    freezes: [...freezes, ...operator.freezes],
    approvals: operator.approvals,
    identities,
    admission,
    skewMs,
    rotationId: id,
    now: deps.clock.now(),
  });
}
