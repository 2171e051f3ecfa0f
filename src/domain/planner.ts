import type { Admission } from './admission.ts';
import type { Millis } from './certificate.ts';
import type { Drafted } from './draft.ts';
import { draftListener } from './draft.ts';
import { type DraftFacts, draftFacts } from './draft-facts.ts';
import type { Inventory, KnownListener } from './inventory.ts';
import { type ListenerRef, listenerKey } from './listener.ts';
import type { Place } from './line.ts';
import { admitted, lineUp } from './line.ts';
import type { OperatorState } from './operator.ts';
import type { Digest } from './plan.ts';
import type { PlannedRotation, Planning } from './planning.ts';
import { draftRequest } from './request-check.ts';
import type { ManualRequest } from './request.ts';
import { openRequestFor } from './request.ts';
import type { RotationRecord, Trigger } from './rotation.ts';
import type { Rules } from './rules.ts';
import { onFailure, whyChosen } from './explain.ts';
import { listenerOf } from './trial.ts';

/** Everything a planning is made from: the same facts give the same planning. */
export interface PlanningFacts {
  readonly inventory: Inventory;
  readonly rules: Pick<Rules, 'policies' | 'freezes' | 'identities' | 'caReplacements' | 'pins'>;
  /** How many additional certificates a load balancer may hold; null where nobody tells. */
  readonly additionalLimit: (ref: ListenerRef) => number | null;
  readonly admission: Admission;
  readonly operator: OperatorState;
  /** The worst clock difference known, in milliseconds; null when none is. */
  readonly skewMs: Millis | null;
  readonly now: Date;
  readonly sha256: Digest;
}

/** A planned rotation with what its record will say. */
export interface DraftedRotation extends PlannedRotation {
  readonly trigger: Trigger;
  readonly listener: RotationRecord['listener'];
}

/** A planning in the order in which its rotations start, with what became of requests that cannot be met. */
export interface DraftedPlanning extends Planning {
  readonly plans: readonly DraftedRotation[];
  readonly refusedRequests: ReadonlyMap<string, string>;
}

/** A rotation that was let in. */
export interface Started {
  readonly rotationId: string;
  readonly planned: DraftedRotation;
}

/**
 * One plan for every listener that has something to replace its certificate with, and the reason for every binding that has
 * no plan but needs one. A plan without `waitsFor` may start now, together with all those before it.
 */
export function planRotations(facts: PlanningFacts): DraftedPlanning {
  const { drafted, refusedRequests } = draftAll(facts);
  const places = lineUp(
    drafted.flatMap(({ draft }) => draft ?? []),
    {
      freezes: [...facts.rules.freezes, ...facts.operator.freezes],
      approvals: facts.operator.approvals,
      identities: facts.rules.identities,
      admission: facts.admission,
      skewMs: facts.skewMs,
      now: facts.now,
    },
  );
  return {
    plans: places.map((place) => plannedFrom(place, facts.now)),
    refused: drafted.flatMap(({ refused }) => refused),
    refusedRequests,
  };
}

/**
 * Lets in every plan that may start. Pure; `planning` must have been made from this very Admission. `idOf` names the rotation.
 */
export function admitAll(
  planning: Pick<DraftedPlanning, 'plans'>,
  admission: Admission,
  now: Date,
  idOf: (planned: DraftedRotation) => string,
): { readonly next: Admission; readonly start: readonly Started[] } {
  const start = planning.plans
    .filter(({ waitsFor }) => waitsFor === null)
    .map((planned) => ({ rotationId: idOf(planned), planned }));
  const next = start.reduce(
    (before, { rotationId, planned: { plan, policy } }) =>
      admitted(before, { plan, policy: { name: policy } }, rotationId, now),
    admission,
  );
  return { next, start };
}

/** Why a request cannot be met as things stand, as a sentence; null when it can start or wait. */
export function objectionToRequest(facts: PlanningFacts, request: ManualRequest): string | null {
  const known = facts.inventory.listeners.find(
    ({ state }) => listenerKey(state.ref) === request.listener,
  );
  if (known === undefined) return 'the listener is gone';
  if (isOutdated(known, committedSince(facts.admission)))
    return 'the listener was rotated just now and no scan has looked at it since';
  const requested = draftRequest(sharedFacts(facts), known.state, request);
  return requested.kind === 'refused' ? requested.reason : null;
}

interface Drafts {
  readonly drafted: readonly Drafted[];
  readonly refusedRequests: ReadonlyMap<string, string>;
}

function draftAll(facts: PlanningFacts): Drafts {
  const shared = sharedFacts(facts);
  const since = committedSince(facts.admission);
  const refusedRequests = new Map(orphaned(facts));
  const drafted = facts.inventory.listeners
    .filter((known) => known.state.status !== 'gone' && !isOutdated(known, since))
    .map(({ state }) => {
      const request = openRequestFor(facts.operator.requests, listenerKey(state.ref));
      if (request === null) return draftListener(shared, state, null);
      const requested = draftRequest(shared, state, request);
      if (requested.kind === 'drafted') return requested.drafted;
      refusedRequests.set(request.requestId, requested.reason);
      return draftListener(shared, state, null);
    });
  return { drafted, refusedRequests };
}

/** Open requests whose listener is no longer known. */
function orphaned({ inventory, operator }: PlanningFacts): readonly (readonly [string, string])[] {
  const known = new Set(inventory.listeners.map(({ state }) => listenerKey(state.ref)));
  return operator.requests
    .filter(({ state, listener }) => state.kind === 'open' && !known.has(listener))
    .map(({ requestId }) => [requestId, 'the listener is gone'] as const);
}

function sharedFacts(facts: PlanningFacts): DraftFacts {
  const { inventory, rules, admission, sha256, now, additionalLimit } = facts;
  const { policies, caReplacements, pins = [] } = rules;
  return draftFacts({
    inventory,
    policies,
    caReplacements,
    pins,
    admission,
    sha256,
    now,
    additionalLimit,
  });
}

/** What the scan saw of it is older than our last commit there: the slot holds the new certificate already. */
function isOutdated(known: KnownListener, since: ReadonlyMap<string, Date>): boolean {
  const committed = since.get(listenerKey(known.state.ref));
  return committed !== undefined && committed >= known.seenAt;
}

function committedSince({ candidates, commits }: Admission): ReadonlyMap<string, Date> {
  const since = new Map(Object.entries(commits ?? {}).map(([listener, { at }]) => [listener, at]));
  for (const [key, state] of Object.entries(candidates)) {
    const listener = listenerOf(key);
    if (listener === null || state.kind !== 'proven') continue;
    const other = since.get(listener);
    if (other === undefined || other < state.since) since.set(listener, state.since);
  }
  return since;
}

function plannedFrom(
  { draft, wait, canary, emergency, startsAt }: Place,
  now: Date,
): DraftedRotation {
  const { plan, policy, trigger, listener } = draft;
  const { loadBalancerName, description, port, tags } = listener;
  return {
    plan,
    policy: policy.name,
    mode: policy.mode,
    waitsFor: wait,
    startsAt,
    emergency,
    canary,
    because: whyChosen(plan, trigger),
    onFailure: onFailure(plan, policy, now),
    others: draft.others ?? [],
    trigger: trigger.kind === 'schedule' ? { kind: 'schedule', emergency } : trigger,
    listener: {
      loadBalancerName,
      description,
      port,
      ...(Object.keys(tags).length === 0 ? {} : { tags }),
    },
  };
}
