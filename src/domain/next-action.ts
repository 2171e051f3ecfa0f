import type { Millis } from './certificate.ts';
import { isAlarmed, outcomeOf, type Rotation, type Stage } from './rotation-state.ts';
import type { JournalEvent, OperatorReason, Write } from './rotation.ts';
import { blamesCandidate } from './verification.ts';

/** The one thing to do next. Each ends in exactly one Journal entry, so a crash anywhere means: replay and ask again. */
export type Action =
  /** Compare the world with the plan, then record the baseline, what landed, or why not. */
  | { readonly kind: 'look' }
  | { readonly kind: 'prove-landed' }
  /** `since`: when what led to this write was journaled. */
  | { readonly kind: 'intend'; readonly write: Write; readonly since: Date }
  /** Read the slot and send the intended write if it is still needed. */
  | {
      readonly kind: 'call';
      readonly write: Write;
      readonly token: string;
      readonly failures: number;
    }
  | {
      readonly kind: 'await';
      readonly write: Write;
      readonly job: string;
      readonly since: Date;
    }
  | {
      readonly kind: 'prove';
      readonly direction: Write['direction'];
      readonly step: number;
      readonly since: Date;
    }
  /** A decision that needs no further fact. */
  | { readonly kind: 'record'; readonly event: JournalEvent }
  /** Apply what the outcome causes. */
  | { readonly kind: 'close' }
  | { readonly kind: 'look-again'; readonly after: Millis; readonly due: Date }
  | { readonly kind: 'rest' };

/** Problems that only show late: a write that lands after its time-out, a zone that falls back. */
const secondLookAfter: readonly Millis[] = [2 * 60_000, 15 * 60_000];

/** Whoever was alarmed by the last look is told when it is over. */
const lookAfterAlarm: readonly Millis[] = [3_600_000, 4 * 3_600_000, 24 * 3_600_000];

/** What to do next, from the Journal alone. */
export function nextAction(rotation: Rotation): Action {
  const { stage } = rotation;
  switch (stage.kind) {
    case 'start':
      return { kind: 'look' };
    case 'landed':
      return { kind: 'prove-landed' };
    case 'write':
      return writeAction(stage);
    case 'prove':
      return stage;
    case 'proven':
      return { kind: 'record', event: { kind: 'committed', foundDone: stage.foundDone } };
    case 'restored':
      return {
        kind: 'record',
        event: { kind: 'rolled-back', blamesCandidate: isToBlame(rotation) },
      };
    case 'refused':
      return {
        kind: 'record',
        event: {
          kind: 'refused',
          reason: 'cloud-refused',
          detail: stage.failure.cloudCode ?? stage.failure.code,
        },
      };
    case 'ask':
      return { kind: 'record', event: question(rotation, stage.reason) };
    case 'ended':
      return afterEnding(rotation);
  }
}

function writeAction(stage: Extract<Stage, { kind: 'write' }>): Action {
  const { write, token, job, failures, since } = stage;
  if (stage.call === 'idle' || token === null) return { kind: 'intend', write, since };
  if (stage.call === 'called' && job !== null) return { kind: 'await', write, job, since };
  return { kind: 'call', write, token, failures };
}

function afterEnding(rotation: Rotation): Action {
  if (!rotation.closed) return { kind: 'close' };
  const outcome = outcomeOf(rotation);
  if (outcome !== 'committed' && outcome !== 'rolled-back') return { kind: 'rest' };
  if (rotation.resolution !== null) return { kind: 'rest' };
  const looks = isAlarmed(rotation) ? [...secondLookAfter, ...lookAfterAlarm] : secondLookAfter;
  const after = looks[rotation.secondLooks.length];
  if (after === undefined || rotation.ending === null) return { kind: 'rest' };
  return { kind: 'look-again', after, due: new Date(rotation.ending.entry.at.getTime() + after) };
}

/** Whether a rolled-back rotation tells something about its candidate that holds on every listener. */
function isToBlame(rotation: Rotation): boolean {
  const proof = rotation.swapProof;
  return proof?.verdict === 'disproven' && proof.mismatches.some(blamesCandidate);
}

const questions: Readonly<Record<OperatorReason, string>> = {
  'someone-else-writes': 'somebody else changed the certificates while we were at work',
  'settings-changed': 'settings that no step of ours names have changed',
  'restore-failed': 'the old certificate could not be put back',
  'restore-unproven': 'the old certificate was put back but is not seen on every endpoint',
  'old-certificate-unusable':
    'the new certificate is not proven and the old one is no better, so the new one was left in place',
  'landed-unproven': 'the new certificate was found in place and is not proven',
  'listener-gone': 'the listener disappeared while we were at work',
  'job-never-ended': 'the change was accepted and never completed',
};

/** The sentence a person reads first, with the bindings unknown until somebody reads them. */
function question(rotation: Rotation, reason: OperatorReason): JournalEvent {
  const failure = rotation.lastFailure;
  const because = failure === null ? '' : ` (${failure.cloudCode ?? failure.code})`;
  return { kind: 'needs-operator', reason, detail: `${questions[reason]}${because}`, bound: null };
}
