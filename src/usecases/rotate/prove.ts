import type { Certificate, Millis } from '../../domain/certificate.ts';
import type { ListenerState } from '../../domain/listener.ts';
import { NewleafError } from '../../domain/errors.ts';
import { isAsEnded, isSuperseded } from '../../domain/later-look.ts';
import type { Action } from '../../domain/next-action.ts';
import { recordedSlots, sameSlots } from '../../domain/plan.ts';
import { policyFor } from '../../domain/policy.ts';
import { slotsAfter, type Rotation } from '../../domain/rotation-state.ts';
import type { JournalEvent } from '../../domain/rotation.ts';
import { withRepeats } from '../../domain/repeats.ts';
import { noRounds, tally, verdictOf, type ProofBounds } from '../../domain/rounds.ts';
import { relapseIn } from '../../domain/standing.ts';
import type { Verification } from '../../domain/verification.ts';
import type { Clock } from '../../ports/clock.ts';
import { canShow, claimOf, claimWithoutBaseline, type Claim } from './claim.ts';
import type { Hands } from './deps.ts';
import { readAgreed, readAtRest } from './read.ts';
import { look } from './see.ts';
import { ask } from './write.ts';

type Prove = Extract<Action, { kind: 'prove' }>;
type LookAgain = Extract<Action, { kind: 'look-again' }>;

/** Handshakes until the verdict falls; then one more reading, so that the API and the endpoints say the same. */
export async function prove(
  hands: Hands,
  rotation: Rotation,
  action: Prove,
  signal: AbortSignal,
): Promise<JournalEvent> {
  const { direction, step } = action;
  const state = await readAgreed(hands, rotation.record.plan.ref, signal);
  if (state === null) return ask('listener-gone', 'the listener no longer exists', null);
  const claim = claimOf(hands, rotation, { kind: direction, step }, state);
  const bounds = boundsOf(hands, action, lagOf(hands, rotation, action));
  // While undoing, a write of ours that was thought lost may still land: watch the slot as well.
  const watch = direction === 'restore' ? () => isRestored(hands, rotation, signal) : null;
  const what = { ...claim, bounds, watch, since: action.since };
  const verification = await makeRounds(hands, what, signal);
  if (verification.verdict === 'proven' || direction === 'restore') {
    const objection = await objectionOf(hands, rotation, action, signal);
    if (objection !== null) return objection;
  }
  return {
    kind: 'verified',
    direction,
    step,
    verification,
    oldUsable: isUsable(hands, rotation, state),
  };
}

/** The proof for a target that was found in place: without a baseline it asks for less, and never rolls back. */
export async function proveLanded(
  hands: Hands,
  rotation: Rotation,
  signal: AbortSignal,
): Promise<JournalEvent> {
  const { plan } = rotation.record;
  const state = await readAgreed(hands, plan.ref, signal);
  if (state === null) return ask('listener-gone', 'the listener no longer exists', null);
  const claim = await claimWithoutBaseline(hands, rotation, state, signal);
  if (!canShow(claim, plan) && hands.rules().verify.blind !== 'api-only') {
    const detail = 'the new certificate was found in place and no handshake can show it';
    return ask('landed-unproven', detail, recordedSlots(state));
  }
  const since = hands.clock.now();
  const step = plan.steps.length - 1;
  const bounds = boundsOf(hands, { kind: 'prove', direction: 'swap', step, since }, 0);
  const verification = await makeRounds(hands, { ...claim, bounds, watch: null, since }, signal);
  const oldUsable = isUsable(hands, rotation, state);
  return { kind: 'verified', direction: 'swap', step, verification, oldUsable };
}

const nothingToSee: Verification = { verdict: 'proven', cells: 0, rounds: 0 };

/** A short look long after the outcome: what lands or falls back late shows here. */
export async function lookAgain(
  hands: Hands,
  rotation: Rotation,
  action: LookAgain,
  signal: AbortSignal,
): Promise<JournalEvent> {
  const state = await readAtRest(hands, rotation.record.plan.ref, signal);
  if (state === 'changing') throw new NewleafError('cloud.busy', 'the listener stays in change');
  const isOver =
    state === null || isSuperseded(rotation, recordedSlots(state), await hands.admission.read());
  // What was deleted or changed on purpose since then shows nothing, and nothing is wrong with that.
  if (isOver) return { kind: 'looked-again', after: action.after, verification: nothingToSee };
  const committed = rotation.ending?.outcome === 'committed';
  const last = rotation.record.plan.steps.length - 1;
  const claim =
    rotation.baseline === null
      ? await claimWithoutBaseline(hands, rotation, state, signal)
      : claimOf(hands, rotation, { kind: committed ? 'swap' : 'restore', step: last }, state);
  const { gap } = hands.rules().verify;
  const since = hands.clock.now();
  const deadline = new Date(since.getTime() + 2 * gap);
  const bounds = { rounds: 2, gap, notBefore: new Date(0), deadline, condemns: true };
  const seen = await makeRounds(hands, { ...claim, bounds, watch: null, since }, signal);
  // The endpoints may show nothing yet, or never, of a slot that holds something else.
  const verification =
    seen.verdict === 'proven' && !isAsEnded(rotation, recordedSlots(state))
      ? { verdict: 'disproven' as const, mismatches: [], rounds: seen.rounds }
      : seen;
  return { kind: 'looked-again', after: action.after, verification };
}

/** A deadline runs from the step's completion; a rollback also has to outlast the settle time, and `lag` if there is any. */
function boundsOf(hands: Hands, action: Prove, lag: Millis): ProofBounds {
  const { rounds, gap, deadline, settle } = hands.rules().verify;
  const since = action.since.getTime();
  return {
    rounds,
    gap,
    notBefore: new Date(action.direction === 'restore' ? since + settle + lag : 0),
    deadline: new Date(since + deadline + (lag > 0 ? settle + lag : 0)),
    condemns: action.direction === 'swap',
  };
}

/**
 * How much longer a rollback is watched. A zone that was stale when the swap was given up may yet take it over, and only then what
 * was put back: nobody knows its delay, only that it is longer than the deadline.
 */
function lagOf(hands: Hands, { swapProof }: Rotation, { direction }: Prove): Millis {
  if (direction === 'swap' || swapProof?.verdict !== 'disproven') return 0;
  return swapProof.mismatches.some(({ kind }) => kind === 'stale')
    ? hands.rules().verify.deadline
    : 0;
}

interface Rounds extends Claim {
  /** What the bounds count from. */
  readonly since: Date;
  readonly bounds: ProofBounds;
  /** Asked after each round; false ends the rounds without a proof. */
  readonly watch: (() => Promise<boolean>) | null;
}

async function makeRounds(hands: Hands, what: Rounds, signal: AbortSignal): Promise<Verification> {
  const { bounds, watch } = what;
  const expectations = withRepeats(what.expectations, what.change);
  const cells = expectations.map(({ cell }) => cell);
  const now = steadyClock(hands.clock, what.since);
  let sofar = noRounds;
  for (;;) {
    const round = sofar.rounds;
    const seen = await look(hands.prober, cells, { ...what.listener, round }, signal);
    sofar = tally(sofar, expectations, seen);
    const verdict = verdictOf(sofar, bounds, now(), what.expectations.length);
    if (verdict !== null) return verdict;
    if (watch !== null && !(await watch())) {
      return { verdict: 'disproven', mismatches: sofar.mismatches, rounds: sofar.rounds };
    }
    await hands.clock.sleep(bounds.gap, signal);
  }
}

/** Goes on from now, but never from before `since`, whatever the wall clock is set to meanwhile. */
function steadyClock(clock: Clock, since: Date): () => Date {
  const began = Math.max(clock.now().getTime(), since.getTime());
  const from = clock.monotonic();
  return () => new Date(began + clock.monotonic() - from);
}

/** One reading that shows something else may lag, and a change under way may come to nothing: only what stays counts. */
async function isRestored(hands: Hands, rotation: Rotation, signal: AbortSignal): Promise<boolean> {
  const { plan } = rotation.record;
  const holds = (state: ListenerState | null): boolean =>
    state === null || sameSlots(recordedSlots(state), plan.recorded);
  if (holds(await hands.cloud.listeners.read(plan.ref, signal))) return true;
  const state = await readAtRest(hands, plan.ref, signal);
  return state !== 'changing' && holds(state);
}

/** Endpoints may agree while the binding has already moved on: a late write of ours, or somebody else's. */
async function objectionOf(
  hands: Hands,
  rotation: Rotation,
  action: Prove,
  signal: AbortSignal,
): Promise<JournalEvent | null> {
  const { plan } = rotation.record;
  // A write of ours that lands late passes through states that belong to nobody.
  const state = await readAtRest(hands, plan.ref, signal);
  if (state === null) return ask('listener-gone', 'the listener no longer exists', null);
  if (state === 'changing') return ask('job-never-ended', 'the listener stays in change', null);
  const now = recordedSlots(state);
  if (action.direction === 'swap') {
    return sameSlots(now, slotsAfter(plan, action.step + 1))
      ? null
      : ask('someone-else-writes', 'the slots changed during the proof', now);
  }
  if (sameSlots(now, plan.recorded)) return null;
  const step = relapseIn(rotation, now);
  return step === null
    ? ask('someone-else-writes', 'the slots changed after the restore', now)
    : { kind: 'relapsed', step };
}

/** Whether the old leaf is worth going back to: neither revoked nor about to expire. */
function isUsable(hands: Hands, rotation: Rotation, state: ListenerState): boolean {
  const old: Certificate = rotation.record.plan.from;
  if (old.revoked || old.notAfter === null) return false;
  const { thresholds } = policyFor(hands.rules().policies, state);
  return old.notAfter.getTime() - hands.clock.now().getTime() > thresholds.critical;
}
