import { applyOutcome, type Replaced } from '../../domain/consequence.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import { listenerKey } from '../../domain/listener.ts';
import { slotsOf } from '../../domain/plan.ts';
import type { Problem, ProblemFacts } from '../../domain/problem.ts';
import { outcomeOf, type Rotation } from '../../domain/rotation-state.ts';
import type { JournalEvent } from '../../domain/rotation.ts';
import type { Mismatch, Verification } from '../../domain/verification.ts';
import type { RotateDeps } from './deps.ts';
import { situationOf } from './situation.ts';

type RotationFacts = Extract<ProblemFacts, { kind: 'rotation' }>;
type Severity = Problem['severity'];

/** The key under which people hear of a rotation of this listener: the next one replaces what it said. */
export function rotationKey(rotation: Rotation): string {
  return `rotation/${listenerKey(rotation.record.plan.ref)}`;
}

/**
 * Applies everything the outcome causes: releases the listener or puts it on hold, marks the candidate, tells people. Each
 * part may be repeated, so a crash in between only means doing it again.
 */
export async function close(deps: RotateDeps, rotation: Rotation): Promise<JournalEvent> {
  const { record } = rotation;
  const outcome = outcomeOf(rotation);
  const now = deps.clock.now();
  await deps.admission.update((admission) => ({
    next: applyOutcome(admission, {
      rotationId: record.id,
      listener: listenerKey(record.plan.ref),
      candidate: record.plan.to.fingerprint256 ?? record.plan.to.id,
      outcome: rotation.resolution === null ? (outcome ?? 'deferred') : 'resolved',
      blamesCandidate: isBlamed(rotation),
      reason: reasonOf(rotation) ?? '',
      now,
      quarantine: deps.rules().quarantine,
      replaced: replacedBy(record),
    }),
    result: null,
  }));
  await tell(deps, rotation);
  deps.log.info(
    {
      rotationId: record.id,
      listener: record.plan.ref.listenerId,
      outcome,
      reason: reasonOf(rotation),
    },
    'rotation closed',
  );
  return { kind: 'closed' };
}

/** Nothing when it took a rotation back: that rotation stays remembered, so that nobody does it again unasked. */
export function replacedBy({ plan, trigger }: Rotation['record']): Replaced | undefined {
  if (trigger.kind === 'manual' && trigger.undoes !== undefined) return undefined;
  const { steps, from, to } = plan;
  return {
    slot: steps[0]?.slot ?? 'default',
    slots: slotsOf(plan),
    from: from.id,
    fromLeaf: from.fingerprint256,
    fromUntil: from.notAfter,
    to: to.id,
  };
}

/** Raises what a person must know, and withdraws what is no longer so. */
async function tell(deps: RotateDeps, rotation: Rotation): Promise<void> {
  if (rotation.resolution !== null) return deps.withdraw(rotationKey(rotation));
  const severity = severityOf(rotation);
  if (severity === null) return;
  await deps.raise({
    key: rotationKey(rotation),
    severity,
    facts: factsOf(rotation, lastProof(rotation)),
  });
}

/** A late look that disagrees with the outcome is told as loudly as a failed restore. */
export async function tellLateChange(
  deps: RotateDeps,
  rotation: Rotation,
  verification: Verification,
): Promise<void> {
  const facts = {
    ...factsOf(rotation, verification),
    detail: 'a later look shows something else than the outcome says',
  };
  await deps.raise({ key: rotationKey(rotation), severity: 'critical', facts });
}

/** The outcome is true again, or what is bound now is no longer this rotation's affair. */
export async function tellEndOfAlarm(
  deps: RotateDeps,
  rotation: Rotation,
  seen: Extract<Verification, { verdict: 'proven' }>,
): Promise<void> {
  if (seen.cells === 0) await deps.withdraw(rotationKey(rotation));
  else await tell(deps, rotation);
}

/** A rotation that cannot go on needs somebody as much as one that gave up. */
export async function tellStuck(
  deps: RotateDeps,
  rotation: Rotation,
  code: ErrorCode,
): Promise<void> {
  const detail = `the change is neither proven nor undone and newleaf cannot go on (${code}); it tries again every minute`;
  const facts = { ...factsOf(rotation, lastProof(rotation)), detail };
  const outcome = 'needs-operator';
  await deps.raise({
    key: rotationKey(rotation),
    severity: 'critical',
    facts: { ...facts, outcome },
  });
}

/** Null: nothing to tell. A rotation that went well is told once as `info`, a deferred one not at all. */
function severityOf(rotation: Rotation): Severity | null {
  switch (outcomeOf(rotation)) {
    case null:
      return null;
    case 'committed':
      return 'info';
    case 'refused':
      return 'warning';
    case 'rolled-back':
      return 'warning';
    case 'needs-operator':
      return 'critical';
  }
}

function factsOf(rotation: Rotation, proof: Verification | null): RotationFacts {
  const { record } = rotation;
  const { plan } = record;
  return {
    kind: 'rotation',
    rotationId: record.id,
    binding: {
      ref: plan.ref,
      loadBalancerName: record.listener.loadBalancerName,
      listenerDescription: record.listener.description,
      port: record.listener.port,
      slot: plan.steps[0]?.slot ?? 'default',
      policy: record.policy,
      ...(record.listener.tags === undefined ? {} : { tags: record.listener.tags }),
    },
    outcome: outcomeOf(rotation) ?? 'refused',
    reason: refusalOrQuestion(rotation),
    detail: detailOf(rotation),
    from: plan.from,
    to: plan.to,
    bound: boundIds(rotation),
    mismatches: mismatchesOf(proof),
    requestId: rotation.lastRequestId,
    situation: situationOf(rotation),
  };
}

function lastProof(rotation: Rotation): Verification | null {
  return rotation.restoreProof?.verdict === 'disproven'
    ? rotation.restoreProof
    : rotation.swapProof;
}

function mismatchesOf(proof: Verification | null): readonly Mismatch[] {
  return proof?.verdict === 'disproven' ? proof.mismatches : [];
}

function isBlamed(rotation: Rotation): boolean {
  const entry = rotation.ending?.entry;
  return entry?.kind === 'rolled-back' && entry.blamesCandidate;
}

function refusalOrQuestion(rotation: Rotation): RotationFacts['reason'] {
  const entry = rotation.ending?.entry;
  return entry?.kind === 'refused' || entry?.kind === 'needs-operator' ? entry.reason : null;
}

function detailOf(rotation: Rotation): string {
  const entry = rotation.ending?.entry;
  return entry !== undefined && 'detail' in entry ? entry.detail : '';
}

function reasonOf(rotation: Rotation): string | null {
  const reason = refusalOrQuestion(rotation);
  if (reason !== null) return reason;
  const [first] = mismatchesOf(lastProof(rotation));
  return first === undefined ? null : first.kind;
}

function boundIds(rotation: Rotation): RotationFacts['bound'] {
  const entry = rotation.ending?.entry;
  if (entry?.kind !== 'needs-operator' || entry.bound === null) return null;
  const { bound } = entry;
  return [...new Set(slotsOf(rotation.record.plan).flatMap((slot) => bound[slot]))];
}
