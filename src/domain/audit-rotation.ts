import { type AuditFacts, type AuditNote, auditNote } from './audit.ts';
import { listenerKey } from './listener.ts';
import { outcomeOf } from './rotation-state.ts';
import { replay } from './evolve.ts';
import type { JournalEntry, RotationRecord, Trigger } from './rotation.ts';

/**
 * The rows that a rotation leaves in the audit: that it was let in, and each entry of its Journal. The first `n` of them are the same
 * however many entries follow.
 */
export function auditOfRotation(
  record: RotationRecord,
  entries: readonly JournalEntry[],
): readonly AuditNote[] {
  const shared = {
    listener: listenerKey(record.plan.ref),
    rotationId: record.id,
    planHash: record.plan.hash,
  };
  const admitted = auditNote({
    ...shared,
    at: record.admittedAt,
    actor: actorOf(record.trigger),
    action: 'rotation.admitted',
    facts: factsOfRecord(record),
    source: `rotation/${record.id}/admitted`,
  });
  const rows = entries.map((entry, index) =>
    auditNote({
      ...shared,
      at: entry.at,
      actor: entry.kind === 'resolved' ? entry.by : actorOf(record.trigger),
      action: `rotation.${entry.kind}`,
      clientToken: tokenOf(entries, entry),
      cloudRequestId: requestIdOf(entry),
      facts: factsOf(entry, record, entries.slice(0, index + 1)),
      source: `rotation/${record.id}/${entry.id}`,
    }),
  );
  return [admitted, ...rows];
}

/** Who is behind a rotation. */
function actorOf(trigger: Trigger): string {
  return trigger.kind === 'schedule' ? 'schedule' : trigger.requestedBy;
}

function factsOfRecord({ plan, policy, canary, trigger }: RotationRecord): AuditFacts {
  return {
    policy,
    canary,
    trigger: trigger.kind,
    from: plan.from.id,
    to: plan.to.id,
    toFingerprint: plan.to.fingerprint256,
    ...(trigger.kind === 'schedule'
      ? { emergency: trigger.emergency }
      : { requestId: trigger.requestId, reason: trigger.reason }),
  };
}

/** The token of the write that an entry is about; it stands in the intent. */
function tokenOf(entries: readonly JournalEntry[], entry: JournalEntry): string | null {
  if (!('attempt' in entry)) return null;
  const intent = entries.find(
    (each) =>
      each.kind === 'intended' &&
      each.step === entry.step &&
      each.direction === entry.direction &&
      each.attempt === entry.attempt,
  );
  return intent?.kind === 'intended' ? intent.token : null;
}

function requestIdOf(entry: JournalEntry): string | null {
  if (entry.kind === 'called') return entry.requestId;
  return entry.kind === 'call-failed' ? entry.failure.requestId : null;
}

type WriteEntry = Extract<JournalEntry, { readonly attempt: number }>;

/** What a person asks of one entry; matrices and proofs stay in the Journal. */
function factsOf(
  entry: JournalEntry,
  record: RotationRecord,
  until: readonly JournalEntry[],
): AuditFacts {
  switch (entry.kind) {
    case 'baseline':
      return { version: entry.version, cells: entry.matrix.length, blind: entry.blind.length };
    case 'landed':
      return { blind: entry.blind.length };
    case 'intended':
    case 'called':
    case 'call-failed':
    case 'job-failed':
    case 'settled':
      return factsOfWrite(entry);
    case 'verified':
      return verdictOf(entry);
    case 'resumed':
      return {};
    case 'relapsed':
      return { step: entry.step };
    case 'deferred':
    case 'refused':
    case 'needs-operator':
      return { reason: entry.reason, detail: entry.detail };
    case 'committed':
      return { foundDone: entry.foundDone };
    case 'rolled-back':
      return { blamesCandidate: entry.blamesCandidate };
    case 'resolved':
      return { as: entry.as, note: entry.note };
    case 'closed':
      return { outcome: outcomeOf(replay(record, until)) };
    case 'looked-again':
      return { after: entry.after, verdict: entry.verification.verdict };
  }
}

function verdictOf(entry: Extract<JournalEntry, { kind: 'verified' }>): AuditFacts {
  const { step, direction, verification, oldUsable } = entry;
  return { step, direction, verdict: verification.verdict, oldUsable };
}

function factsOfWrite(entry: WriteEntry): AuditFacts {
  const { step, direction, attempt } = entry;
  const write = { step, direction, attempt };
  switch (entry.kind) {
    case 'intended':
      return write;
    case 'called':
      return { ...write, job: entry.job };
    case 'call-failed': {
      const { code, cloudCode } = entry.failure;
      return { ...write, code, cloudCode, definite: entry.definite };
    }
    case 'job-failed':
      return { ...write, detail: entry.detail };
    case 'settled':
      return { ...write, found: entry.found };
  }
}
