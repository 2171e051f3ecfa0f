import type { Millis } from '../../domain/certificate.ts';
import { codeOf, NewleafError } from '../../domain/errors.ts';
import type { ListenerState } from '../../domain/listener.ts';
import type { Action } from '../../domain/next-action.ts';
import {
  recordedSlots,
  reversed,
  type RecordedSlots,
  type RotationPlan,
  slotsOf,
  type Step,
} from '../../domain/plan.ts';
import type { Rotation, Stage } from '../../domain/rotation-state.ts';
import { standingOf } from '../../domain/standing.ts';
import type { CallFailure, JournalEvent, OperatorReason, Write } from '../../domain/rotation.ts';
import type { Hands } from './deps.ts';
import { isChanging, readAgreed, readAtRest } from './read.ts';
import { secondThoughts } from './start.ts';

type Intend = Extract<Action, { kind: 'intend' }>;
type Call = Extract<Action, { kind: 'call' }>;
type Await = Extract<Action, { kind: 'await' }>;

const longestPause: Millis = 60_000;

const shortestWatch: Millis = 2 * 60_000;

/**
 * The intent, or for the first write of all a reason to wait after all. Its token is the same however often this write is sent,
 * and never that of another write.
 */
export async function intend(
  hands: Hands,
  rotation: Rotation,
  { write, since }: Intend,
  signal: AbortSignal,
): Promise<JournalEvent> {
  const { step, direction, attempt } = write;
  if (direction === 'swap' && !rotation.touched) {
    const wait = await secondThoughts(hands, rotation, since, signal);
    if (wait !== null) return wait;
  }
  const token = hands.sha256(`${rotation.record.id}/${step}/${direction}/${attempt}`).slice(0, 48);
  hands.intents.add(token);
  return { kind: 'intended', ...write, token };
}

/** Reads the slot, and sends the intended write if the slot still holds what the Journal says. */
export async function send(
  hands: Hands,
  rotation: Rotation,
  call: Call,
  signal: AbortSignal,
): Promise<JournalEvent> {
  if (call.failures > 0) await hands.clock.sleep(pauseAfter(hands, call.failures), signal);
  const { plan } = rotation.record;
  const state = await readSettled(hands, rotation, call.write, signal);
  if (state === null) return ask('listener-gone', 'the listener no longer exists', null);
  if (state === 'changing') return ask('job-never-ended', 'the listener stays in change', null);
  const now = recordedSlots(state);
  const standing = standingOf(rotation, call.write, now);
  if (standing === 'foreign') return ask('someone-else-writes', othersAtWork(plan, now), now);
  if (call.write.direction === 'swap' && state.version !== rotation.baseline?.version) {
    return ask(
      'settings-changed',
      'the settings of the listener are not those of the baseline',
      now,
    );
  }
  if (standing === 'after') return { kind: 'settled', ...call.write, found: true };
  // Whoever wrote the intent may still be about to write more: from this entry on it cannot.
  if (!hands.intents.has(call.token)) {
    hands.intents.add(call.token);
    return { kind: 'resumed' };
  }
  return request(hands, { rotation, call, state }, signal);
}

/**
 * Undoing the steps before one that may still land could leave a name without any certificate once it does: they wait for as long
 * as a rollback has to settle, and what lands meanwhile is undone in its turn.
 */
async function readSettled(
  hands: Hands,
  rotation: Rotation,
  write: Write,
  signal: AbortSignal,
): ReturnType<typeof readAtRest> {
  const { record, stage, loose } = rotation;
  const mayLand = write.direction === 'restore' && write.step > 0 && loose.includes(write.step);
  const { settle } = hands.rules().verify;
  const end = hands.clock.monotonic() + (mayLand ? leftOf(hands, settle, stage) : 0);
  for (;;) {
    const state = await readAtRest(hands, record.plan.ref, signal);
    if (state === null || state === 'changing' || hands.clock.monotonic() >= end) return state;
    if (standingOf(rotation, write, recordedSlots(state)) !== 'after') return state;
    await hands.clock.sleep(hands.pace.poll, signal);
  }
}

function leftOf({ clock }: Hands, length: Millis, stage: Stage): Millis {
  if (stage.kind !== 'write') return 0;
  const passed = clock.now().getTime() - stage.since.getTime();
  return Math.min(length, Math.max(0, length - passed));
}

/** Follows a change that the cloud has taken, until the job and the listener both say it is done. */
export async function awaitChange(
  hands: Hands,
  rotation: Rotation,
  action: Await,
  signal: AbortSignal,
): Promise<JournalEvent> {
  const deadline = hands.clock.monotonic() + timeLeft(hands, action.since);
  const { ref } = rotation.record.plan;
  for (;;) {
    const began = hands.clock.monotonic();
    const state = await hands.cloud.listeners.read(ref, signal);
    if (state === null) return ask('listener-gone', 'the listener no longer exists', null);
    const progress = await hands.cloud.writer.progress(state, action.job, signal);
    if (progress.kind === 'failed') {
      return { kind: 'job-failed', ...action.write, detail: progress.detail };
    }
    if (progress.kind !== 'pending' && !isChanging(state)) {
      const event = await confirm(hands, rotation, action.write, signal);
      if (event !== null) return event;
    }
    // Only a look that was begun too late says so: this process may have slept since.
    if (began >= deadline) {
      return ask('job-never-ended', 'the change is not done', recordedSlots(state));
    }
    await hands.clock.sleep(hands.pace.poll, signal);
  }
}

/** Of the job's time. Whoever takes over late, or after the clock jumped, still watches for a moment. */
function timeLeft({ clock, pace }: Hands, since: Date): Millis {
  const passed = Math.max(0, clock.now().getTime() - since.getTime());
  return Math.max(pace.jobDeadline - passed, Math.min(shortestWatch, pace.jobDeadline));
}

/** Whether the slots read as wanted, agreed by two readings; null while the API still shows them as before. */
async function confirm(
  hands: Hands,
  rotation: Rotation,
  write: Write,
  signal: AbortSignal,
): Promise<JournalEvent | null> {
  const state = await readAgreed(hands, rotation.record.plan.ref, signal);
  if (state === null || isChanging(state)) return null;
  const { plan } = rotation.record;
  const now = recordedSlots(state);
  const standing = standingOf(rotation, write, now);
  if (standing === 'before') return null;
  if (standing === 'foreign') return ask('someone-else-writes', othersAtWork(plan, now), now);
  const { baseline } = rotation;
  return baseline !== null && state.version !== baseline.version
    ? ask('settings-changed', 'settings that no step names changed with the write', now)
    : { kind: 'settled', ...write, found: false };
}

async function request(
  hands: Hands,
  what: { readonly rotation: Rotation; readonly call: Call; readonly state: ListenerState },
  signal: AbortSignal,
): Promise<JournalEvent> {
  const { rotation, call, state } = what;
  const { plan } = rotation.record;
  const step = stepOf(plan.steps, call.write);
  await ensureLease(hands);
  try {
    const was = { ...state, clientAuth: plan.recorded.clientAuth };
    const ticket = await hands.cloud.writer.start(was, step, call.token, signal);
    return { kind: 'called', ...call.write, job: ticket.job, requestId: ticket.requestId };
  } catch (error) {
    if (signal.aborted || !(error instanceof NewleafError)) throw error;
    await hands.clock.sleep(Math.min(longestPause, error.retryAfterMs ?? 0), signal);
    return {
      kind: 'call-failed',
      ...call.write,
      failure: told(error),
      definite: isDefinite(error),
    };
  }
}

/** A writer that may outlive its lease could write after somebody else has taken over. */
async function ensureLease(hands: Hands): Promise<void> {
  if (hands.lease.remaining() <= hands.pace.callTimeout) await hands.lease.renew();
  if (hands.lease.remaining() > hands.pace.callTimeout) return;
  throw new NewleafError('lease.lost', 'the lease is shorter than a cloud call may take', {
    fields: { lease: hands.lease.name },
  });
}

function stepOf(steps: readonly Step[], write: Write): Step {
  const step = steps[write.step];
  if (step === undefined) throw new RangeError(`the plan has no step ${write.step}`);
  return write.direction === 'swap' ? step : reversed(step);
}

/** "Already" and "not associated" do not mean that nothing was written: they mean look again. */
function isDefinite(error: NewleafError): boolean {
  const lookAgain =
    error.code === 'cloud.already-associated' || error.code === 'cloud.not-associated';
  return error.fields['definite'] === true && !lookAgain;
}

function told(error: NewleafError): CallFailure {
  const text = (name: string): string | null => {
    const value = error.fields[name];
    return typeof value === 'string' ? value : null;
  };
  return { code: codeOf(error), cloudCode: text('cloudCode'), requestId: text('requestId') };
}

function pauseAfter(hands: Hands, failures: number): Millis {
  return Math.min(longestPause, hands.pace.retryPause * 2 ** (failures - 1));
}

function othersAtWork(plan: RotationPlan, slots: RecordedSlots): string {
  const held = slotsOf(plan).map(
    (slot) => `the ${slot} slot holds ${slots[slot].join(', ') || 'nothing'}`,
  );
  return `${held.join(' and ')}, which is neither as it was nor as a step of the plan leaves it`;
}

/** Hands the decision to a person, with what is bound now. */
export function ask(
  reason: OperatorReason,
  detail: string,
  bound: RecordedSlots | null,
): Extract<JournalEvent, { kind: 'needs-operator' }> {
  return { kind: 'needs-operator', reason, detail, bound };
}
