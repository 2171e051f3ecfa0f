import { mayPass } from './errors.ts';
import { hasGap } from './plan.ts';
import type { Rotation, Stage, WriteStage } from './rotation-state.ts';
import type { JournalEntry, Write } from './rotation.ts';

/** A swap is given up early, a restore late: until it succeeds the listener is not as we found it. */
const patience = {
  swap: { attempts: 2, failures: 4 },
  restore: { attempts: 3, failures: 10 },
} as const;

export function freshWrite(write: Write, since: Date): WriteStage {
  const nothing = { token: null, job: null, failures: 0, uncertain: false };
  return { kind: 'write', write, call: 'idle', since, ...nothing };
}

/** Undoing starts at the step whose write may have landed and goes back from there. */
export function firstRestore(
  { relapses }: Pick<Rotation, 'relapses'>,
  step: number,
  since: Date,
): WriteStage {
  // Each relapse continues the count of attempts, so that no token is ever used for two writes.
  const attempt = patience.restore.attempts * relapses + 1;
  return freshWrite({ step, direction: 'restore', attempt }, since);
}

export type WriteEntry = Extract<
  JournalEntry,
  { kind: 'intended' | 'called' | 'call-failed' | 'job-failed' | 'settled' }
>;

/** Whether the write was sent before, nobody knows. */
export function withResumption(rotation: Rotation): Rotation {
  const { stage } = rotation;
  return stage.kind === 'write' ? { ...rotation, stage: { ...stage, uncertain: true } } : rotation;
}

type CallFailed = Extract<JournalEntry, { kind: 'call-failed' }>;

/** Folds one event of a write in. */
export function withWriteEvent(before: Rotation, entry: WriteEntry): Rotation {
  const write: Write = { step: entry.step, direction: entry.direction, attempt: entry.attempt };
  const rotation = withLanding(before, entry);
  const current = rotation.stage.kind === 'write' ? rotation.stage : freshWrite(write, entry.at);
  const stage = { ...current, write, since: entry.at };
  switch (entry.kind) {
    case 'intended': {
      const gap = rotation.gap ?? gapFrom(rotation, entry);
      return { ...rotation, gap, stage: { ...stage, call: 'intended', token: entry.token } };
    }
    case 'called':
      return {
        ...rotation,
        lastRequestId: entry.requestId ?? rotation.lastRequestId,
        stage: { ...stage, call: 'called', job: entry.job },
      };
    case 'call-failed':
      return withCallFailure(rotation, stage, entry);
    case 'job-failed':
      return withJobFailure(rotation, stage);
    case 'settled':
      return {
        ...rotation,
        gap: gapUntil(rotation, entry),
        stage: afterSettled(rotation, write, entry.at),
      };
  }
}

/** A gap may begin as soon as the write that opens it is sent. */
function gapFrom({ record }: Rotation, { step, direction, at }: WriteEntry): Rotation['gap'] {
  const { plan } = record;
  const opens = direction === 'swap' && plan.steps[step]?.kind === 'unbind' && hasGap(plan);
  return opens ? { since: at, until: null } : null;
}

/** It ends when either certificate is there again. */
function gapUntil({ record, gap }: Rotation, { step, direction, at }: WriteEntry): Rotation['gap'] {
  if (gap === null || gap.until !== null) return gap;
  const closes = direction === 'swap' ? 'bind' : 'unbind';
  return record.plan.steps[step]?.kind === closes ? { ...gap, until: at } : gap;
}

/** What the event tells of the step: whether it is done, or may yet be done by a write that nobody hears of any more. */
function withLanding(rotation: Rotation, entry: WriteEntry): Rotation {
  const { step } = entry;
  const without = (steps: readonly number[]): readonly number[] => steps.filter((n) => n !== step);
  const done = [...without(rotation.done), step];
  const loose = without(rotation.loose);
  if (entry.kind === 'intended') {
    return entry.direction === 'swap' ? { ...rotation, loose: [...loose, step] } : rotation;
  }
  // Whoever sends a restore has read that the step is done; a restore that is found done may precede the step itself.
  if (entry.direction === 'restore') {
    return entry.kind === 'settled'
      ? { ...rotation, done: without(rotation.done) }
      : { ...rotation, done, loose };
  }
  switch (entry.kind) {
    case 'called':
      return { ...rotation, touched: true };
    case 'call-failed':
      return rotation;
    case 'job-failed':
      return { ...rotation, touched: true, loose };
    case 'settled':
      return { ...rotation, touched: true, done, loose };
  }
}

function withCallFailure(rotation: Rotation, stage: WriteStage, entry: CallFailed): Rotation {
  const { failure } = entry;
  const { direction, step } = stage.write;
  const uncertain = stage.uncertain || !entry.definite;
  const next: Rotation = {
    ...rotation,
    touched: rotation.touched || uncertain,
    lastFailure: failure,
    lastRequestId: failure.requestId ?? rotation.lastRequestId,
  };
  const failures = stage.failures + 1;
  if (isWorthAnother(entry) && failures < patience[direction].failures) {
    return { ...next, stage: { ...stage, failures, uncertain } };
  }
  const loose = uncertain ? next.loose : next.loose.filter((n) => n !== step);
  return givenUp({ ...next, loose }, stage);
}

/** A lock, a busy listener or a rate passes. Each repeat looks at the slot again before it is sent. */
function isWorthAnother({ definite, failure }: CallFailed): boolean {
  return !definite || mayPass(failure.code);
}

/** A job that failed may be tried again, but only under a new token: the old one answers as before. */
function withJobFailure(rotation: Rotation, stage: WriteStage): Rotation {
  const { step, direction, attempt } = stage.write;
  if (attempt % patience[direction].attempts === 0) return givenUp(rotation, stage);
  const write = { step, direction, attempt: attempt + 1 };
  return { ...rotation, stage: freshWrite(write, stage.since) };
}

function givenUp(rotation: Rotation, { write, since }: WriteStage): Rotation {
  const { direction, step } = write;
  if (direction === 'restore')
    return { ...rotation, stage: { kind: 'ask', reason: 'restore-failed' } };
  const { lastFailure, swapProof, oldUsable } = rotation;
  if (!rotation.touched && lastFailure !== null) {
    return { ...rotation, stage: { kind: 'refused', failure: lastFailure } };
  }
  // What is there was proven by the step before, and what would come back is of no use.
  if (swapProof?.verdict === 'proven' && oldUsable === false) {
    return { ...rotation, stage: { kind: 'ask', reason: 'old-certificate-unusable' } };
  }
  return { ...rotation, stage: firstRestore(rotation, step, since) };
}

/** A step is proven before the next one starts; restores run through and are proven together. */
function afterSettled(rotation: Rotation, write: Write, since: Date): Stage {
  if (write.direction === 'restore' && write.step > 0)
    return firstRestore(rotation, write.step - 1, since);
  const [done, next] = rotation.record.plan.steps.slice(write.step, write.step + 2);
  // Between taking away and bringing there is nothing to prove, and every second of it is one without a certificate.
  const isGap = write.direction === 'swap' && done?.kind === 'unbind' && next?.kind === 'bind';
  if (isGap) return freshWrite({ step: write.step + 1, direction: 'swap', attempt: 1 }, since);
  return { kind: 'prove', direction: write.direction, step: write.step, since };
}

/** A relapse is answered under a new token, so many times; then somebody must look. */
export function withRelapse(
  before: Rotation,
  { step, at }: Extract<JournalEntry, { kind: 'relapsed' }>,
): Rotation {
  const rotation = { ...before, relapses: before.relapses + 1 };
  const stage: Stage =
    before.relapses < patience.restore.attempts
      ? firstRestore(rotation, step, at)
      : { kind: 'ask', reason: 'restore-unproven' };
  return { ...rotation, stage };
}
