import type { Admission, InFlight } from './admission.ts';
import { approvalWantedBy } from './approval.ts';
import type { Millis } from './certificate.ts';
import { listenerKey } from './listener.ts';
import type { Approval } from './operator.ts';
import { approvalOf } from './operator.ts';
import type { Wait, WaitReason } from './planning.ts';
import type { Rules } from './rules.ts';
import { candidateOf, heldTowards, loadBalancerKey, running, trialOf } from './trial.ts';
import type { Timing } from './when.ts';
import { freezeOver, isEmergency, notDueUntil, plus, windowStart } from './when.ts';

/** Everything that decides whether a rotation may start at this instant. */
export interface StartFacts extends Timing {
  readonly approvals: readonly Approval[];
  /** The configured client identities: without one a change of a CA certificate cannot be proven. */
  readonly identities: Rules['identities'];
  readonly admission: Admission;
  /** How far our clock is from the store's and the cloud's; null or left out when not known. */
  readonly skewMs?: Millis | null | undefined;
  /** Set once admitted: its own place in the Admission does not stand in its way, but it must still have one. */
  readonly rotationId?: string | undefined;
}

type Blocker = (facts: StartFacts) => Wait | null;

/** A clock that is further off may be in another window, or another day of the certificate. */
const worstSkew: Millis = 60_000;

const holdOnListener: Blocker = ({ plan, admission }) => {
  const hold = admission.holds[listenerKey(plan.ref)];
  if (hold === undefined) return null;
  return wait('hold', `rotation ${hold.rotationId} needs an operator: ${hold.reason}`);
};

/** An entry goes missing when the admission was taken back, because nobody wrote the rotation's record in time. */
const admissionTakenBack: Blocker = ({ admission, rotationId }) => {
  if (rotationId === undefined) return null;
  return admission.inFlight.some((entry) => entry.rotationId === rotationId)
    ? null
    : wait('paused', 'the rotation is not admitted any more');
};

const observeMode: Blocker = ({ policy }) =>
  policy.mode === 'observe' ? wait('observe-mode', `policy ${policy.name} only observes`) : null;

const notDue: Blocker = (facts) => {
  const due = notDueUntil(facts);
  return due === null ? null : wait('not-due', `is renewed from ${iso(due)}`, due);
};

const approvalMissing: Blocker = (facts) => {
  const { plan, policy, approvals, now } = facts;
  const who = approvalWantedBy(plan, policy, facts);
  if (who === null || approvalOf(approvals, plan.hash, now) !== null) return null;
  return wait('approval', `${who} wants an approval of plan ${plan.hash.slice(0, 12)}`);
};

const candidatePaused: Blocker = ({ plan, admission, now }) => {
  const candidate = candidateOf(plan);
  const held = heldTowards(admission, candidate);
  if (held !== null)
    return wait('paused', `rotation ${held.rotationId} to ${plan.to.id} needs an operator`);
  const trial = trialOf(admission, candidate, now);
  if (trial?.kind !== 'quarantined') return null;
  const why = `rotation ${trial.rotationId} to ${plan.to.id} was rolled back: ${trial.reason}`;
  return wait('paused', why, trial.until);
};

const frozen: Blocker = (facts) => {
  const freeze = freezeOver(facts);
  if (freeze === null) return null;
  return wait('freeze', `freeze ${freeze.name} ends ${iso(freeze.until)}`, freeze.until);
};

const clockSkewed: Blocker = ({ skewMs }) =>
  Math.abs(skewMs ?? 0) <= worstSkew
    ? null
    : wait('clock-skew', `the clock is off by ${Math.round(Math.abs(skewMs ?? 0) / 1000)} s`);

const windowClosed: Blocker = (facts) => {
  const start = windowStart(facts);
  if (start !== null && start <= facts.now) return null;
  const names = facts.policy.windows.map(({ name }) => name).join(', ');
  return start === null
    ? wait('window', `no window of ${names} ever opens`)
    : wait('window', `starts ${iso(start)} (${names})`, start);
};

const loadBalancerBusy: Blocker = (facts) => {
  const name = loadBalancerKey(facts.plan.ref);
  const busy = others(facts).find((entry) => entry.loadBalancer === name);
  if (busy === undefined) return null;
  const place = busy.listener === listenerKey(facts.plan.ref) ? 'listener' : 'load balancer';
  return wait('load-balancer-busy', `rotation ${busy.rotationId} is under way on this ${place}`);
};

/** Soaking waits for hidden faults to show; that is worth nothing once the old certificate ends before it is over. */
const candidateOnTrial: Blocker = (facts) => {
  const { plan, policy, admission, rotationId, now } = facts;
  const trial = trialOf(admission, candidateOf(plan), now);
  if (trial?.kind === 'canary' && trial.rotationId !== rotationId)
    return wait('canary', `rotation ${trial.rotationId} is trying ${plan.to.id} first`);
  if (trial?.kind !== 'proven' || policy.canary === null || isEmergency(facts)) return null;
  const soaked = plus(trial.since, policy.canary.soak);
  return soaked > now ? wait('soak', `${plan.to.id} soaks until ${iso(soaked)}`, soaked) : null;
};

const concurrencyReached: Blocker = (facts) => {
  const { policy } = facts;
  const busy = others(facts).filter((entry) => entry.policy === policy.name).length;
  return busy < policy.maxConcurrent
    ? null
    : wait('concurrency', `${busy} of ${policy.maxConcurrent} rotations are under way`);
};

/** What needs a person first, then what ends by itself; the first that applies is the one the operator reads. */
const blockers: readonly Blocker[] = [
  holdOnListener,
  admissionTakenBack,
  observeMode,
  notDue,
  approvalMissing,
  candidatePaused,
  frozen,
  clockSkewed,
  windowClosed,
  loadBalancerBusy,
  candidateOnTrial,
  concurrencyReached,
];

/** Why the rotation may not start at this instant; null: it may. */
export function startBlocker(facts: StartFacts): Wait | null {
  for (const blocker of blockers) {
    const found = blocker(facts);
    if (found !== null) return found;
  }
  return null;
}

function others({ admission, rotationId }: StartFacts): readonly InFlight[] {
  return running(admission).filter((entry) => entry.rotationId !== rotationId);
}

function wait(reason: WaitReason, detail: string, until: Date | null = null): Wait {
  return { reason, detail, until };
}

function iso(instant: Date): string {
  return `${instant.toISOString().slice(0, 16)}Z`;
}
