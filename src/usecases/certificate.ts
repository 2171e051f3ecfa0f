import { assessInventory } from '../domain/assessment.ts';
import { type CertificateView, viewCertificates } from '../domain/certificate-view.ts';
import { planRotations } from '../domain/planner.ts';
import type { CloudAccount } from '../ports/listeners.ts';
import { limitsOf } from './assess.ts';
import { gatherFacts, type PlanDeps } from './plan.ts';

export interface CertificateDeps extends PlanDeps {
  readonly accounts: readonly Pick<CloudAccount, 'listeners' | 'name'>[];
}

/** What is known of a certificate, and when: of every one that may be meant. Rejects with the store's error. */
export async function findCertificates(
  deps: CertificateDeps,
  wanted: string,
): Promise<{
  readonly takenAt: Date | null;
  readonly now: Date;
  readonly views: readonly CertificateView[];
}> {
  const facts = await gatherFacts(deps);
  const { inventory, now, admission } = facts;
  const planning = planRotations(facts);
  const assessments = assessInventory(inventory, {
    now,
    policies: facts.rules.policies,
    planning,
    admission,
    additionalLimit: limitsOf(deps.accounts),
  });
  const views = viewCertificates(wanted, { inventory, assessments, planning });
  return { takenAt: inventory.takenAt, now, views };
}
