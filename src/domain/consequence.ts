import type { Admission, CandidateState, Commit, InFlight } from './admission.ts';
import type { Fingerprint, Millis } from './certificate.ts';
import type { Slot } from './listener.ts';
import { commitKey } from './revert.ts';
import type { Outcome } from './rotation.ts';
import { listenerOf, onListener } from './trial.ts';

/** How a rotation ended. `deferred`: it never started; `resolved`: an operator answered for it. */
export interface Ended {
  readonly rotationId: string;
  /** Full listener key. */
  readonly listener: string;
  readonly candidate: Fingerprint;
  readonly outcome: Outcome | 'deferred' | 'resolved';
  /** Whether the candidate caused a rollback, so that no other listener should try it. */
  readonly blamesCandidate: boolean;
  readonly reason: string;
  readonly now: Date;
  readonly quarantine: Millis;
  /** What it replaced by what; left out by whoever did not change a listener. */
  readonly replaced?: Replaced | undefined;
}

/** The change that a commit made. */
export interface Replaced extends Pick<Commit, 'slot' | 'from' | 'fromLeaf' | 'to'> {
  /** When the replaced certificate ends; null when nobody knows. */
  readonly fromUntil: Date | null;
  /** Every slot that it changed, `slot` among them. */
  readonly slots: readonly Slot[];
}

type Candidates = Admission['candidates'];

const hour = 3_600_000;

/** A listener that failed alone is left alone until about the same time of the next day: its zones may lag, its API may fail. */
const restAfterRollback: Millis = 20 * hour;

/** Nothing was touched, so trying again costs little; without a pause it would be refused anew every minute. */
const restAfterRefusal: Millis = hour;

/** How long the Admission remembers a proven candidate that nothing rotates to any more. */
const memory: Millis = 400 * 24 * hour;

/** How long it remembers on which listener: until scans have surely seen it there. Each rotation leaves such a mark. */
const placeMemory: Millis = 7 * 24 * hour;

/**
 * How long after the end of the replaced certificate (or after the commit, if that is later) a revert is still recognised as
 * one. After that nobody goes back to it.
 */
const commitMemory: Millis = 30 * 24 * hour;

/**
 * What an ended rotation means for all others. Idempotent: whoever finds the terminal entry may apply it, as often as it
 * likes, and once the rotation has left `inFlight` only what is still missing is added.
 */
export function applyOutcome(admission: Admission, ended: Ended): Admission {
  const next = withOutcome(admission, ended);
  const isTouched = ended.outcome !== 'deferred' && ended.outcome !== 'refused';
  return isTouched && hasLeft(admission, next, ended.rotationId)
    ? { ...next, left: { ...next.left, [ended.listener]: ended.now } }
    : next;
}

function hasLeft(before: Admission, after: Admission, rotationId: string): boolean {
  const isIn = ({ inFlight }: Admission): boolean =>
    inFlight.some((entry) => entry.rotationId === rotationId);
  return isIn(before) && !isIn(after);
}

function withOutcome(admission: Admission, ended: Ended): Admission {
  switch (ended.outcome) {
    case 'committed':
      return release(
        remembered(marked(admission, proofs(admission, ended)), ended),
        ended.rotationId,
      );
    case 'rolled-back':
      return ended.blamesCandidate
        ? quarantined(admission, ended)
        : rested(admission, ended, restAfterRollback);
    case 'refused':
      return rested(admission, ended, restAfterRefusal);
    case 'deferred':
      return release(admission, ended.rotationId);
    case 'needs-operator':
      return held(admission, ended);
    case 'resolved':
      return releaseHold(admission, ended.listener, ended.rotationId);
  }
}

/** Takes the hold of this rotation off the listener; a hold of another rotation stays. Idempotent. */
export function releaseHold(admission: Admission, listener: string, rotationId: string): Admission {
  const released = release(admission, rotationId);
  if (released.holds[listener]?.rotationId !== rotationId) return released;
  const holds = Object.entries(released.holds).filter(([key]) => key !== listener);
  return { ...released, holds: Object.fromEntries(holds) };
}

/** The rotation leaves; if it was the canary, its candidate is untested again and another listener may take the role. */
export function release(admission: Admission, rotationId: string): Admission {
  const isOther = ({ rotationId: id }: InFlight): boolean => id !== rotationId;
  const staysCandidate = (state: CandidateState): boolean =>
    state.kind !== 'canary' || state.rotationId !== rotationId;
  return {
    ...admission,
    inFlight: admission.inFlight.filter(isOther),
    candidates: keep(admission.candidates, staysCandidate),
  };
}

/** Without ended quarantines and what is too old to matter. A candidate that is no longer listed is untested. */
export function withoutPast(admission: Admission, now: Date): Admission {
  const matters = (state: CandidateState, key: string): boolean => {
    switch (state.kind) {
      case 'canary':
        return admission.inFlight.some(({ rotationId }) => rotationId === state.rotationId);
      case 'proven':
        return (
          state.since.getTime() + (listenerOf(key) === null ? memory : placeMemory) > now.getTime()
        );
      case 'quarantined':
        return state.until > now;
    }
  };
  return {
    ...withoutOldLeaves(withoutOldCommits(admission, now), now),
    candidates: keep(admission.candidates, matters),
  };
}

function withoutOldLeaves(admission: Admission, now: Date): Admission {
  if (admission.left === undefined) return admission;
  const recent = Object.entries(admission.left).filter(
    ([, at]) => at.getTime() + placeMemory > now.getTime(),
  );
  return { ...admission, left: Object.fromEntries(recent) };
}

function withoutOldCommits(admission: Admission, now: Date): Admission {
  const { commits } = admission;
  if (commits === undefined) return admission;
  const left = Object.entries(commits).filter(([, { until }]) => until > now);
  return { ...admission, commits: Object.fromEntries(left) };
}

/** A repeat, which may come after a later commit, changes nothing. */
function remembered(admission: Admission, ended: Ended): Admission {
  const { rotationId, listener, replaced, now } = ended;
  const isFirst = admission.inFlight.some(({ rotationId: id }) => id === rotationId);
  if (replaced === undefined || (!isFirst && admission.commits?.[listener] !== undefined))
    return admission;
  const { fromUntil, slots, ...change } = replaced;
  const lasting = Math.max(now.getTime(), fromUntil?.getTime() ?? 0);
  const until = new Date(lasting + commitMemory);
  const commit: Commit = { rotationId, ...change, at: now, until };
  return { ...admission, commits: withCommit(admission.commits ?? {}, listener, commit, slots) };
}

/** The last commit of a listener stands under its key. What other slots went through last stands beside it. */
function withCommit(
  commits: Readonly<Record<string, Commit>>,
  listener: string,
  commit: Commit,
  slots: readonly Slot[],
): Readonly<Record<string, Commit>> {
  const before = commits[listener];
  const isKept = before !== undefined && !slots.includes(before.slot);
  const others = slots.filter((slot) => slot !== commit.slot);
  const outdated = commitKey(listener, commit.slot);
  return {
    ...Object.fromEntries(Object.entries(commits).filter(([key]) => key !== outdated)),
    ...(isKept ? { [commitKey(listener, before.slot)]: before } : {}),
    ...Object.fromEntries(others.map((slot) => [commitKey(listener, slot), { ...commit, slot }])),
    [listener]: commit,
  };
}

/** The candidate is proven, and this listener is known to hold it whatever the last scan saw. */
function proofs({ candidates, inFlight }: Admission, ended: Ended): Candidates {
  const { candidate, now } = ended;
  const state = candidates[candidate];
  const place = onListener(candidate, ended.listener);
  const proven = { kind: 'proven', since: now } as const;
  const isFirst = inFlight.some(({ rotationId }) => rotationId === ended.rotationId);
  return {
    [candidate]: state?.kind === 'proven' || state?.kind === 'quarantined' ? state : proven,
    [place]: isFirst ? proven : (candidates[place] ?? proven),
  };
}

function quarantined(admission: Admission, ended: Ended): Admission {
  const { candidate, quarantine } = ended;
  return release(
    marked(admission, { [candidate]: avoided(admission.candidates[candidate], ended, quarantine) }),
    ended.rotationId,
  );
}

function rested(admission: Admission, ended: Ended, rest: Millis): Admission {
  const place = onListener(ended.candidate, ended.listener);
  const length = Math.min(rest, ended.quarantine);
  return release(
    marked(admission, { [place]: avoided(admission.candidates[place], ended, length) }),
    ended.rotationId,
  );
}

/** A repeat does not prolong what the same rotation began. */
function avoided(
  state: CandidateState | undefined,
  { rotationId, reason, now }: Ended,
  length: Millis,
): CandidateState {
  if (state?.kind === 'quarantined' && state.rotationId === rotationId) return state;
  const until = new Date(now.getTime() + length);
  return { kind: 'quarantined', since: now, until, rotationId, reason };
}

/** The rotation keeps its place in `inFlight`: that is how others towards the same candidate know that they must pause. */
function held(admission: Admission, { listener, rotationId, reason, now }: Ended): Admission {
  if (admission.holds[listener]?.rotationId === rotationId) return admission;
  const hold = { rotationId, since: now, reason };
  return { ...admission, holds: { ...admission.holds, [listener]: hold } };
}

function marked(admission: Admission, marks: Candidates): Admission {
  return { ...admission, candidates: { ...admission.candidates, ...marks } };
}

function keep(
  candidates: Candidates,
  stays: (state: CandidateState, key: string) => boolean,
): Candidates {
  return Object.fromEntries(Object.entries(candidates).filter(([key, state]) => stays(state, key)));
}
