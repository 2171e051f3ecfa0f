import type { Admission } from './admission.ts';
import type { StartFacts } from './admit.ts';
import { startBlocker } from './admit.ts';
import type { ListenerState } from './listener.ts';
import type { PassedOver } from './explain.ts';
import { listenerKey } from './listener.ts';
import type { Wait, WaitReason } from './planning.ts';
import { matches } from './policy.ts';
import { candidateOf, loadBalancerKey, trialOf } from './trial.ts';
import type { Timing } from './when.ts';
import { isEmergency, isPressing, startsAt } from './when.ts';

/** A plan that wants to start, with everything its listener's policy says about it. */
export interface Draft extends Pick<Timing, 'plan' | 'policy' | 'trigger'> {
  readonly listener: ListenerState;
  /** The certificates that were passed over; left out where nobody asks. */
  readonly others?: readonly PassedOver[] | undefined;
}

/** What the line decided about one draft. */
export interface Place {
  readonly draft: Draft;
  /** Null: it starts now. */
  readonly wait: Wait | null;
  /** It tries its candidate first, or will unless another one may start before it. */
  readonly canary: boolean;
  readonly emergency: boolean;
  readonly startsAt: Date | null;
}

/** The facts that are the same for every draft. */
export type LineFacts = Pick<
  StartFacts,
  'freezes' | 'approvals' | 'identities' | 'admission' | 'skewMs' | 'now'
>;

/** Waits that pass without anybody's doing: a designated canary that only waits so is worth waiting for. */
const passing: ReadonlySet<WaitReason> = new Set(['window', 'load-balancer-busy', 'concurrency']);

/** Waits that no clock ends. */
const personal: ReadonlySet<WaitReason> = new Set(['hold', 'observe-mode', 'approval', 'paused']);

/**
 * Lets the drafts start one after another, each in the light of those before it: emergencies first, then the earliest end.
 * Every draft gets a place, and whoever does not start gets a reason. Pure: the same facts give the same line.
 */
export function lineUp(drafts: readonly Draft[], facts: LineFacts): readonly Place[] {
  const line = byUrgency(drafts, facts.now);
  const designated = designatedCanaries(line, facts);
  const places: Place[] = [];
  let { admission } = facts;
  for (const draft of line) {
    const before = { ...facts, admission };
    const wait =
      startBlocker({ ...before, ...draft }) ?? waitForDesignated(draft, before, designated);
    places.push(placeOf(draft, wait, before));
    if (wait === null) admission = admitted(admission, draft, draft.plan.hash, facts.now);
  }
  return withComingCanaries(places, facts);
}

/** The Admission once this draft has started: its place in flight, and the canary's role if its candidate is untested. */
export function admitted(
  admission: Admission,
  { plan, policy }: Pick<Draft, 'plan'> & { readonly policy: { readonly name: string } },
  rotationId: string,
  now: Date,
): Admission {
  const candidate = candidateOf(plan);
  const isUntested = trialOf(admission, candidate, now) === null;
  return {
    ...admission,
    inFlight: [
      ...admission.inFlight,
      {
        rotationId,
        listener: listenerKey(plan.ref),
        loadBalancer: loadBalancerKey(plan.ref),
        candidate,
        policy: policy.name,
        since: now,
      },
    ],
    candidates: isUntested
      ? { ...admission.candidates, [candidate]: { kind: 'canary', rotationId } }
      : admission.candidates,
  };
}

function byUrgency(drafts: readonly Draft[], now: Date): readonly Draft[] {
  const ranked = drafts.map((draft) => ({
    draft,
    rank: isEmergency({ ...draft, now }) ? 0 : 1,
    end: draft.plan.from.notAfter?.getTime() ?? 0,
    key: listenerKey(draft.plan.ref),
  }));
  return ranked
    .toSorted((a, b) => a.rank - b.rank || a.end - b.end || (a.key < b.key ? -1 : 1))
    .map(({ draft }) => draft);
}

/**
 * For each policy and candidate the listener that the policy names as canary and that could start by itself. Null: none
 * can (it is refused, held, or waits for a person), so the role passes on.
 */
function designatedCanaries(
  drafts: readonly Draft[],
  facts: LineFacts,
): (draft: Draft) => Draft | null {
  const known = new Map<string, Draft | null>();
  const isReady = (draft: Draft): boolean => {
    const wait = startBlocker({ ...facts, ...draft });
    return wait === null || passing.has(wait.reason);
  };
  return ({ plan, policy }) => {
    const { canary } = policy;
    if (canary === null) return null;
    const key = `${candidateOf(plan)} ${policy.name}`;
    const seen = known.get(key);
    if (seen !== undefined) return seen;
    const found = drafts.find(
      (each) =>
        candidateOf(each.plan) === candidateOf(plan) &&
        matches(canary.match, each.listener) &&
        isReady(each),
    );
    known.set(key, found ?? null);
    return found ?? null;
  };
}

function waitForDesignated(
  draft: Draft,
  facts: LineFacts,
  designated: (draft: Draft) => Draft | null,
): Wait | null {
  const { plan, policy } = draft;
  if (policy.canary === null || matches(policy.canary.match, draft.listener)) return null;
  if (trialOf(facts.admission, candidateOf(plan), facts.now) !== null) return null;
  // A canary that waits for its window must not let this certificate end meanwhile.
  if (isPressing({ ...draft, now: facts.now })) return null;
  const canary = designated(draft);
  if (canary === null) return null;
  const detail = `${plan.to.id} is tried on ${canary.plan.ref.listenerId} first`;
  return { reason: 'canary', detail, until: null };
}

function placeOf(draft: Draft, wait: Wait | null, facts: LineFacts): Place {
  const { now } = facts;
  return {
    draft,
    wait,
    canary: wait === null && trialOf(facts.admission, candidateOf(draft.plan), now) === null,
    emergency: isEmergency({ ...draft, now }),
    startsAt: startOf(draft, wait, facts),
  };
}

function startOf(draft: Draft, wait: Wait | null, facts: LineFacts): Date | null {
  if (wait === null) return facts.now;
  if (personal.has(wait.reason)) return null;
  return startsAt({ ...facts, ...draft }, wait.until ?? facts.now);
}

/** Where no canary runs or starts, the first in line that only waits for time is going to be the one. */
function withComingCanaries(places: readonly Place[], facts: LineFacts): readonly Place[] {
  const taken = new Set(
    places.filter(({ canary }) => canary).map(({ draft }) => candidateOf(draft.plan)),
  );
  return places.map((place) => {
    const candidate = candidateOf(place.draft.plan);
    const waits = place.wait !== null && place.wait.reason !== 'canary' && place.startsAt !== null;
    const isUntested = trialOf(facts.admission, candidate, facts.now) === null;
    if (!waits || !isUntested || taken.has(candidate)) return place;
    taken.add(candidate);
    return { ...place, canary: true };
  });
}
