import { approvalWantedBy } from '../domain/approval.ts';
import { type AuditNote, auditNote } from '../domain/audit.ts';
import type { Millis } from '../domain/certificate.ts';
import { listenerKey } from '../domain/listener.ts';
import type { Approval } from '../domain/operator.ts';
import { withApproval } from '../domain/operator.ts';
import type { DraftedRotation } from '../domain/planner.ts';
import type { Rules } from '../domain/rules.ts';
import type { AuditTrail } from '../ports/audit.ts';
import type { Log } from '../ports/log.ts';
import type { PlanDeps } from './plan.ts';
import { currentPlanning } from './plan.ts';

export interface ApprovePlan {
  /** The plan's hash, or the first eight or more characters of it. */
  readonly hash: string;
  readonly by: string;
  /** How long the approval holds, in milliseconds; seven days when left out. */
  readonly validFor?: Millis | undefined;
}

export type Approved =
  | { readonly kind: 'approved'; readonly approval: Approval }
  | { readonly kind: 'refused'; readonly reason: string };

const shortestPrefix = 8;

const usualValidity: Millis = 7 * 86_400_000;

/**
 * Notes a person's consent to one plan as it stands now. Refused when no plan has that hash (it changed, or has run), and when
 * neither its policy nor the plan itself asks for an approval. Approving again renews the expiry.
 */
export async function approvePlan(
  deps: PlanDeps & { readonly audit: Pick<AuditTrail, 'append'>; readonly log: Log },
  { hash, by, validFor = usualValidity }: ApprovePlan,
): Promise<Approved> {
  const { plans } = await currentPlanning(deps);
  const found = findPlan(plans, hash, deps.rules());
  const at = deps.clock.now();
  if ('reason' in found) {
    const facts = { hash, why: found.reason };
    const source = `approval/${hash}/${by}/${at.toISOString()}`;
    const note = auditNote({ at, actor: by, action: 'approval.refused', facts, source });
    await deps.audit.append([note]);
    return { kind: 'refused', reason: found.reason };
  }
  const approval: Approval = {
    planHash: found.plan.hash,
    listener: listenerKey(found.plan.ref),
    by,
    at,
    until: new Date(at.getTime() + validFor),
  };
  await deps.operator.update((state) => ({ next: withApproval(state, approval), result: null }));
  await deps.audit.append([noteOn(approval)]);
  deps.log.info({ planHash: approval.planHash, listener: approval.listener, by }, 'plan approved');
  return { kind: 'approved', approval };
}

function noteOn({ planHash, listener, by, at, until }: Approval): AuditNote {
  return auditNote({
    at,
    actor: by,
    action: 'plan.approved',
    listener,
    planHash,
    facts: { until: until.toISOString() },
    source: `approval/${planHash}/${by}/${at.toISOString()}`,
  });
}

function findPlan(
  plans: readonly DraftedRotation[],
  hash: string,
  rules: Pick<Rules, 'identities'>,
): DraftedRotation | { readonly reason: string } {
  if (hash.length < shortestPrefix)
    return { reason: `give at least ${shortestPrefix} characters of the plan's hash` };
  const named = plans.filter(({ plan }) => plan.hash.startsWith(hash));
  const [planned] = named;
  if (planned === undefined)
    return { reason: `no plan has the hash ${hash}: it changed or has run; see newleaf plan` };
  if (named.length > 1)
    return { reason: `${named.length} plans start with ${hash}: give more of it` };
  const policy = { name: planned.policy, mode: planned.mode };
  if (approvalWantedBy(planned.plan, policy, rules) !== null) return planned;
  return { reason: `policy ${planned.policy} is in mode ${planned.mode} and asks for no approval` };
}
