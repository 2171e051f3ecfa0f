import { z } from 'zod';
import type { KnownFreeze } from '../domain/freezes.ts';
import type { Inventory } from '../domain/inventory.ts';
import type { PlannedRotation, Planning, RefusedBinding } from '../domain/planning.ts';
import { FreezeDocument, freezeDocument } from './freeze.ts';
import { namingIn, namingShape } from './naming.ts';
import { MissingDocument, missingDocument } from './scan.ts';
import { stepDocument, StepDocument } from './rotation.ts';

const WaitDocument = z.strictObject({
  reason: z.string(),
  detail: z.string(),
  until: z.iso.datetime().nullable(),
});

const PlannedDocument = z.strictObject({
  hash: z.string(),
  account: z.string(),
  region: z.string(),
  loadBalancerId: z.string(),
  listenerId: z.string(),
  ...namingShape,
  steps: z.array(StepDocument),
  from: z.strictObject({ id: z.string(), notAfter: z.iso.datetime().nullable() }),
  to: z.strictObject({ id: z.string(), notAfter: z.iso.datetime().nullable() }),
  /** Null: it may start now. */
  waitsFor: WaitDocument.nullable(),
  startsAt: z.iso.datetime().nullable(),
  policy: z.string(),
  mode: z.enum(['observe', 'approve', 'auto']),
  emergency: z.boolean(),
  /** Whether it tries its certificate before others follow. */
  canary: z.boolean(),
  because: z.string(),
  /** Certificates that were passed over, the nearest first. */
  others: z.array(z.strictObject({ candidate: z.string(), detail: z.string() })),
  onFailure: z.string(),
});

const RefusedDocument = z.strictObject({
  account: z.string(),
  region: z.string(),
  loadBalancerId: z.string(),
  listenerId: z.string(),
  ...namingShape,
  slot: z.enum(['default', 'additional', 'ca']),
  certificateId: z.string(),
  reason: z.string(),
  detail: z.string(),
  rejections: z.array(
    z.strictObject({ candidate: z.string(), reason: z.string(), detail: z.string() }),
  ),
});

/** What `plan --json` prints: what would be done, and what cannot be and why. */
export const PlanDocument = z.strictObject({
  plans: z.array(PlannedDocument),
  refused: z.array(RefusedDocument),
  /** What may keep plans from starting. */
  freezes: z.array(FreezeDocument),
  /** What could not be read: what is due there may not be in this list. */
  missing: z.array(MissingDocument),
});
export type PlanDocument = z.infer<typeof PlanDocument>;

/** `inventory` has the names of the listeners and what could not be read, `freezes` all that are not over. */
export function planDocument(
  planning: Planning,
  inventory: Pick<Inventory, 'listeners' | 'missing'>,
  freezes: readonly KnownFreeze[],
): PlanDocument {
  const naming = namingIn(inventory);
  return {
    plans: planning.plans.map((planned) => ({
      ...plannedDocument(planned),
      ...naming(planned.plan.ref),
    })),
    refused: planning.refused.map((refused) => ({
      ...refusedDocument(refused),
      ...naming(refused.ref),
    })),
    freezes: freezes.map(freezeDocument),
    missing: inventory.missing.map(missingDocument),
  };
}

type Named = keyof typeof namingShape;

function plannedDocument(planned: PlannedRotation): Omit<PlanDocument['plans'][number], Named> {
  const { plan, waitsFor, startsAt } = planned;
  const { account, region, loadBalancerId, listenerId } = plan.ref;
  return {
    hash: plan.hash,
    account,
    region,
    loadBalancerId,
    listenerId,
    steps: plan.steps.map(stepDocument),
    from: { id: plan.from.id, notAfter: plan.from.notAfter?.toISOString() ?? null },
    to: { id: plan.to.id, notAfter: plan.to.notAfter?.toISOString() ?? null },
    waitsFor:
      waitsFor === null
        ? null
        : { ...waitsFor, until: waitsFor.until === null ? null : waitsFor.until.toISOString() },
    startsAt: startsAt === null ? null : startsAt.toISOString(),
    policy: planned.policy,
    mode: planned.mode,
    emergency: planned.emergency,
    canary: planned.canary,
    because: planned.because,
    others: planned.others.map((other) => ({ ...other })),
    onFailure: planned.onFailure,
  };
}

function refusedDocument(refused: RefusedBinding): Omit<PlanDocument['refused'][number], Named> {
  const { ref, rejections, ...rest } = refused;
  const { account, region, loadBalancerId, listenerId } = ref;
  return {
    account,
    region,
    loadBalancerId,
    listenerId,
    ...rest,
    rejections: rejections.map(({ candidate, reason, detail }) => ({ candidate, reason, detail })),
  };
}
