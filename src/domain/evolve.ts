import { newRotation, type Ending, type Rotation, type Stage } from './rotation-state.ts';
import type { JournalEntry, RotationRecord } from './rotation.ts';
import {
  firstRestore,
  freshWrite,
  withRelapse,
  withResumption,
  withWriteEvent,
} from './write-stage.ts';

export function replay(record: RotationRecord, entries: readonly JournalEntry[]): Rotation {
  return entries.reduce(evolve, newRotation(record));
}

/** Folds one entry in. Pure: the same Journal always gives the same rotation. */
export function evolve(rotation: Rotation, entry: JournalEntry): Rotation {
  const next = { ...rotation, length: rotation.length + 1 };
  switch (entry.kind) {
    case 'baseline':
      return {
        ...next,
        baseline: { matrix: entry.matrix, version: entry.version },
        blind: entry.blind,
        stage: freshWrite({ step: 0, direction: 'swap', attempt: 1 }, entry.at),
      };
    case 'landed':
      return { ...next, blind: entry.blind, stage: { kind: 'landed' } };
    case 'intended':
    case 'called':
    case 'call-failed':
    case 'job-failed':
    case 'settled':
      return withWriteEvent(next, entry);
    case 'verified':
      return withVerdict(next, entry);
    case 'resumed':
      return withResumption(next);
    case 'relapsed':
      return withRelapse(next, entry);
    case 'deferred':
    case 'refused':
    case 'committed':
    case 'rolled-back':
    case 'needs-operator':
      return { ...next, stage: { kind: 'ended' }, ending: endingOf(entry) };
    case 'resolved':
      return { ...next, resolution: entry, closed: false };
    case 'closed':
      return { ...next, closed: true };
    case 'looked-again': {
      const look = { after: entry.after, verification: entry.verification };
      return { ...next, secondLooks: [...rotation.secondLooks, look] };
    }
  }
}

function endingOf(entry: JournalEntry): Ending {
  const { kind } = entry;
  const isOutcome =
    kind === 'refused' ||
    kind === 'committed' ||
    kind === 'rolled-back' ||
    kind === 'needs-operator';
  return { outcome: isOutcome ? kind : null, entry };
}

function withVerdict(
  rotation: Rotation,
  entry: Extract<JournalEntry, { kind: 'verified' }>,
): Rotation {
  const { verification, direction, step } = entry;
  const proven = verification.verdict === 'proven';
  if (direction === 'restore') {
    const stage: Stage = proven
      ? { kind: 'restored' }
      : { kind: 'ask', reason: 'restore-unproven' };
    return { ...rotation, restoreProof: verification, stage };
  }
  const next = { ...rotation, swapProof: verification, oldUsable: entry.oldUsable };
  if (rotation.baseline === null) {
    return {
      ...next,
      stage: proven
        ? { kind: 'proven', foundDone: true }
        : { kind: 'ask', reason: 'landed-unproven' },
    };
  }
  if (!proven) return { ...next, stage: afterDisproof(next, entry) };
  return step + 1 < rotation.record.plan.steps.length
    ? { ...next, stage: freshWrite({ step: step + 1, direction: 'swap', attempt: 1 }, entry.at) }
    : { ...next, stage: { kind: 'proven', foundDone: false } };
}

/** Going back to a leaf that nobody can use helps nobody, as long as the new one made nothing worse. */
function afterDisproof(
  rotation: Rotation,
  entry: Extract<JournalEntry, { kind: 'verified' }>,
): Stage {
  const { verification } = entry;
  const worse =
    verification.verdict === 'disproven' && verification.mismatches.some((m) => m.worse);
  if (!entry.oldUsable && !worse) return { kind: 'ask', reason: 'old-certificate-unusable' };
  return firstRestore(rotation, entry.step, entry.at);
}
