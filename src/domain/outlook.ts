import type { Assessment } from './assessment.ts';
import { type ListenerRef, listenerKey, type Owner, type Slot } from './listener.ts';
import type { PlannedRotation, Planning, RefusedBinding } from './planning.ts';
import type { Outlook } from './problem.ts';
import { ownerName } from './refusal.ts';

/** What the planning says about one binding: a plan, a refusal, or nothing as nothing is due. */
export interface Prospect {
  readonly planned: PlannedRotation | null;
  readonly refused: RefusedBinding | null;
}

/** Finds what is planned for a binding without searching the whole planning each time. */
export function prospects(planning: Planning): (assessment: Assessment) => Prospect {
  const planned = new Map(
    planning.plans.map((entry) => [planKey(entry.plan.ref, entry.plan.from.id), entry]),
  );
  const refused = new Map(
    planning.refused.map((entry) => [
      refusalKey(entry.ref, entry.slot, entry.certificateId),
      entry,
    ]),
  );
  return ({ listener: { ref }, slot, certificateId }) => ({
    planned: planned.get(planKey(ref, certificateId)) ?? null,
    refused: refused.get(refusalKey(ref, slot, certificateId)) ?? null,
  });
}

/** What newleaf will do about each binding, equal answers once. */
export function outlooks(
  assessments: readonly Assessment[],
  prospectOf: (assessment: Assessment) => Prospect,
): readonly Outlook[] {
  const all = assessments.flatMap(
    (assessment) => outlookOf(prospectOf(assessment), assessment.listener.owner) ?? [],
  );
  return [...new Map(all.map((outlook) => [JSON.stringify(outlook), outlook])).values()];
}

function outlookOf({ planned, refused }: Prospect, owner: Owner): Outlook | null {
  if (planned !== null) return ofPlan(planned);
  return refused === null ? null : ofRefusal(refused, owner);
}

function ofPlan({ plan, waitsFor, startsAt }: PlannedRotation): Outlook {
  if (waitsFor !== null && startsAt === null) return { kind: 'waits', reason: waitsFor.reason };
  return { kind: 'rotates', to: plan.to.id, notBefore: startsAt };
}

function ofRefusal({ reason, rejections, detail }: RefusedBinding, owner: Owner): Outlook {
  if (reason === 'no-candidate') return { kind: 'no-candidate', rejections };
  if (reason === 'owned-elsewhere')
    return { kind: 'not-ours', reason: detail === '' ? reason : detail, owner: ownerName(owner) };
  return { kind: 'waits', reason };
}

function planKey(ref: ListenerRef, from: string): string {
  return `${listenerKey(ref)} ${from}`;
}

function refusalKey(ref: ListenerRef, slot: Slot, id: string): string {
  return `${listenerKey(ref)} ${slot} ${id}`;
}
