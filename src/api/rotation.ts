import { z } from 'zod';
import { outcomeOf, phaseOf, type Rotation } from '../domain/rotation-state.ts';
import type { JournalEntry } from '../domain/rotation.ts';
import type { ListenerRef } from '../domain/listener.ts';
import type { Step } from '../domain/plan.ts';
import type { Matrix, Verification } from '../domain/verification.ts';
import { consoleUrl } from './console-url.ts';

/** One handshake of a baseline as printed. */
const SeenCellDocument = z.strictObject({
  zone: z.string(),
  address: z.string(),
  serverName: z.string().nullable(),
  keyType: z.enum(['any', 'rsa', 'ecdsa']),
  fingerprint256: z.string().nullable(),
  error: z.string().nullable(),
});

const MismatchDocument = z.strictObject({
  kind: z.string(),
  zone: z.string(),
  address: z.string(),
  serverName: z.string().nullable(),
  expected: z.string().nullable(),
  served: z.string().nullable(),
  detail: z.string().nullable(),
  worse: z.boolean(),
});

/** Every event has `at` and `kind`; the other fields depend on the kind and are documented in docs/rotation.md. */
const JournalEntryDocument = z.looseObject({ at: z.iso.datetime(), kind: z.string() });

const StepDocument = z.strictObject({
  kind: z.enum(['replace', 'bind', 'unbind']),
  slot: z.enum(['default', 'additional', 'ca']),
  from: z.array(z.string()),
  to: z.array(z.string()),
});

/** What `show --json` and `rotate --json --wait` print. */
export const RotationDocument = z.strictObject({
  rotationId: z.string(),
  account: z.string(),
  region: z.string(),
  loadBalancerId: z.string(),
  loadBalancerName: z.string(),
  listenerId: z.string(),
  listenerDescription: z.string(),
  port: z.int(),
  consoleUrl: z.string(),
  planHash: z.string(),
  policy: z.string(),
  trigger: z.enum(['schedule', 'emergency', 'manual']),
  requestedBy: z.string().nullable(),
  canary: z.boolean(),
  from: z.string(),
  to: z.string(),
  outcome: z.enum(['committed', 'rolled-back', 'refused', 'needs-operator']).nullable(),
  reason: z.string().nullable(),
  detail: z.string().nullable(),
  phase: z.string(),
  admittedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  resolvedAs: z.enum(['old', 'new', 'other']).nullable(),
  blind: z.array(z.string()),
  /** How long at most the listener held neither certificate; null when it always held one. */
  gap: z
    .strictObject({ since: z.iso.datetime(), millis: z.int().nonnegative().nullable() })
    .nullable(),
  mismatches: z.array(MismatchDocument),
  steps: z.array(StepDocument),
  journal: z.array(JournalEntryDocument),
});
export type RotationDocument = z.infer<typeof RotationDocument>;

/** A line of `rotations --json`. */
export const RotationSummary = RotationDocument.omit({
  journal: true,
  steps: true,
  mismatches: true,
});
export type RotationSummary = z.infer<typeof RotationSummary>;

export const RotationsDocument = z.strictObject({ rotations: z.array(RotationSummary) });
export type RotationsDocument = z.infer<typeof RotationsDocument>;

/** The rotation and its Journal as printed. */
export function rotationDocument(
  rotation: Rotation,
  entries: readonly JournalEntry[],
): RotationDocument {
  return {
    ...rotationSummary(rotation),
    mismatches: mismatchesOf(rotation.restoreProof) ?? mismatchesOf(rotation.swapProof) ?? [],
    steps: rotation.record.plan.steps.map(stepDocument),
    journal: entries.map(entryDocument),
  };
}

/** All that is left of a rotation whose Journal is lost, once the listener that it held is free. */
export function lostRotationDocument(
  rotationId: string,
  { ref, since }: { readonly ref: ListenerRef; readonly since: Date },
): RotationDocument {
  const { account, region, loadBalancerId, listenerId } = ref;
  const unknown = { loadBalancerName: '', listenerDescription: '', planHash: '', policy: '' };
  return {
    rotationId,
    account,
    region,
    loadBalancerId,
    listenerId,
    ...unknown,
    port: 0,
    consoleUrl: consoleUrl(ref),
    from: '',
    to: '',
    canary: false,
    trigger: 'schedule',
    requestedBy: null,
    phase: 'closed',
    resolvedAs: 'other',
    outcome: 'needs-operator',
    reason: null,
    detail: 'the Journal of the rotation is lost',
    admittedAt: since.toISOString(),
    endedAt: null,
    gap: null,
    blind: [],
    mismatches: [],
    steps: [],
    journal: [],
  };
}

export function rotationSummary(rotation: Rotation): RotationSummary {
  const { record, ending, resolution } = rotation;
  const { plan } = record;
  return {
    rotationId: record.id,
    account: plan.ref.account,
    region: plan.ref.region,
    loadBalancerId: plan.ref.loadBalancerId,
    loadBalancerName: record.listener.loadBalancerName,
    listenerId: plan.ref.listenerId,
    listenerDescription: record.listener.description,
    port: record.listener.port,
    consoleUrl: consoleUrl(plan.ref),
    planHash: plan.hash,
    policy: record.policy,
    ...triggerOf(rotation),
    canary: record.canary,
    from: plan.from.id,
    to: plan.to.id,
    outcome: outcomeOf(rotation),
    ...whyOf(rotation),
    phase: phaseOf(rotation),
    admittedAt: record.admittedAt.toISOString(),
    endedAt: ending === null ? null : ending.entry.at.toISOString(),
    resolvedAs: resolution?.as ?? null,
    blind: [...rotation.blind],
    gap: gapOf(rotation),
  };
}

/** One that was refused at its first write has taken nothing away. */
function gapOf({ gap, touched }: Rotation): RotationSummary['gap'] {
  if (gap === null || !touched) return null;
  // A clock that was set back meanwhile must not make it end before it began.
  const millis = gap.until === null ? null : Math.max(0, gap.until.getTime() - gap.since.getTime());
  return { since: gap.since.toISOString(), millis };
}

export function stepDocument(step: Step): z.infer<typeof StepDocument> {
  switch (step.kind) {
    case 'replace':
      return { kind: step.kind, slot: step.slot, from: [step.from], to: [step.to] };
    case 'bind':
      return { kind: step.kind, slot: step.slot, from: [], to: [...step.ids] };
    case 'unbind':
      return { kind: step.kind, slot: step.slot, from: [...step.ids], to: [] };
  }
}

export { StepDocument };

function triggerOf({ record }: Rotation): Pick<RotationSummary, 'trigger' | 'requestedBy'> {
  const { trigger } = record;
  if (trigger.kind === 'manual') return { trigger: 'manual', requestedBy: trigger.requestedBy };
  return { trigger: trigger.emergency ? 'emergency' : 'schedule', requestedBy: null };
}

function whyOf({ ending, swapProof }: Rotation): Pick<RotationSummary, 'reason' | 'detail'> {
  const entry = ending?.entry;
  if (entry?.kind === 'rolled-back') return whyRolledBack(swapProof);
  return entry !== undefined && 'detail' in entry && 'reason' in entry
    ? { reason: entry.reason, detail: entry.detail }
    : { reason: null, detail: null };
}

/** The first cell that was not as expected; null when the swap failed before anything was looked at. */
function whyRolledBack(proof: Verification | null): Pick<RotationSummary, 'reason' | 'detail'> {
  const [first] = mismatchesOf(proof) ?? [];
  return { reason: first?.kind ?? null, detail: first?.detail ?? null };
}

function mismatchesOf(proof: Verification | null): RotationDocument['mismatches'] | null {
  return proof?.verdict === 'disproven'
    ? proof.mismatches.map((mismatch) => ({ ...mismatch }))
    : null;
}

function entryDocument(entry: JournalEntry): RotationDocument['journal'][number] {
  const { id: _id, at, ...event } = entry;
  const printed = event.kind === 'baseline' ? { ...event, matrix: cellsOf(event.matrix) } : event;
  return { at: at.toISOString(), ...printed };
}

function cellsOf(matrix: Matrix): readonly z.infer<typeof SeenCellDocument>[] {
  return matrix.map(({ cell, sight }) => ({
    zone: cell.endpoint.zone,
    address: `${cell.endpoint.address}:${cell.endpoint.port}`,
    serverName: cell.serverName,
    keyType: cell.keyType,
    fingerprint256: sight.kind === 'served' ? sight.fingerprint256 : null,
    error: sight.kind === 'failed' ? sight.reason : null,
  }));
}
