import type { Admission, InFlight } from '../domain/admission.ts';
import { NewleafError } from '../domain/errors.ts';
import type { Inventory } from '../domain/inventory.ts';
import type { CertificateId } from '../domain/certificate.ts';
import { type ListenerRef, listenerKey } from '../domain/listener.ts';
import type { OperatorState } from '../domain/operator.ts';
import { withRequest } from '../domain/operator.ts';
import type { PlanningFacts } from '../domain/planner.ts';
import { objectionToRequest, planRotations } from '../domain/planner.ts';
import type { Wait } from '../domain/planning.ts';
import type { ManualRequest, RotateRequest } from '../domain/request.ts';
import { openTwin } from '../domain/request.ts';
import { running } from '../domain/trial.ts';
import type { AuditTrail } from '../ports/audit.ts';
import type { Entropy } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { noteOnRequest } from './audit/request-note.ts';
import type { FollowDeps } from './follow-requests.ts';
import { followRequests } from './follow-requests.ts';
import type { PlanDeps } from './plan.ts';
import { gatherFacts } from './plan.ts';

export interface RequestDeps extends PlanDeps, FollowDeps {
  readonly entropy: Pick<Entropy, 'id'>;
  readonly audit: Pick<AuditTrail, 'append'>;
  readonly log: Log;
  /** Looks up a CA certificate that a request names, in the store that the listener's region reads. */
  readonly learnAuthority?: ((region: Place, id: CertificateId) => Promise<void>) | undefined;
}

type Place = Pick<ListenerRef, 'account' | 'region'>;

export type Submitted =
  | { readonly kind: 'accepted'; readonly requestId: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Where a request stands. `wait` null: it is about to be let in. */
export type RequestStatus =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'waiting'; readonly wait: Wait | null }
  | { readonly kind: 'rotation'; readonly rotationId: string }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Takes a manual request, or refuses it with a reason for the requester. Accepted means: durable, and as good as due; it may
 * still have to wait for window, approval or others. Repeating a request, by its id or by asking for the same, changes nothing.
 * Rejects with `inventory.empty` before the first scan has ended.
 */
export async function submitRequest(deps: RequestDeps, wanted: RotateRequest): Promise<Submitted> {
  const known = await gatherFacts(deps);
  // Whether the listener exists will be known in a minute: refusing now would lose what was asked while nobody had looked.
  if (known.inventory.takenAt === null)
    throw new NewleafError('inventory.empty', 'no scan has ended yet: ask again in a minute');
  const requestId = wanted.requestId ?? deps.entropy.id();
  const found = findListener(known.inventory, wanted.listener);
  const facts =
    found.kind === 'found' ? await withAuthority(deps, known, wanted, found.ref) : known;
  const listener = found.kind === 'found' ? found.listener : wanted.listener;
  const submitted =
    found.kind === 'found'
      ? await keep(deps, facts, newRequest(wanted, listener, requestId, facts.now))
      : found;
  await deps.audit.append([
    noteOnRequest({ ...wanted, listener, requestId }, submitted, facts.now),
  ]);
  const { requestedBy } = wanted;
  deps.log.info({ requestId, listener, requestedBy, ...submitted }, 'rotation requested');
  return submitted;
}

async function keep(
  { operator }: Pick<RequestDeps, 'operator'>,
  facts: PlanningFacts,
  fresh: ManualRequest,
): Promise<Submitted> {
  return operator.update((current) => submit({ ...facts, operator: current }, fresh));
}

/** What became of a request. Unknown ids are those never accepted, or answered more than 30 days ago. */
export async function requestStatus(deps: RequestDeps, requestId: string): Promise<RequestStatus> {
  await followRequests(deps);
  const facts = await gatherFacts(deps);
  const request = facts.operator.requests.find((each) => each.requestId === requestId);
  switch (request?.state.kind) {
    case undefined:
      return { kind: 'unknown' };
    case 'open':
      return { kind: 'waiting', wait: waitOf(facts, request) };
    case 'admitted':
    case 'finished':
      return { kind: 'rotation', rotationId: request.state.rotationId };
    case 'refused':
      return { kind: 'refused', reason: request.state.reason };
  }
}

/** The facts with the CA certificate that the request names. Scans have no reason to look it up before. */
async function withAuthority(
  deps: RequestDeps,
  facts: PlanningFacts,
  { slot, to }: Pick<RotateRequest, 'slot' | 'to'>,
  place: Place,
): Promise<PlanningFacts> {
  if (slot !== 'ca' || to === undefined || deps.learnAuthority === undefined) return facts;
  const isKnown = facts.inventory.certificates.some(({ certificate }) => certificate.id === to);
  if (isKnown) return facts;
  await deps.learnAuthority(place, to);
  return gatherFacts(deps);
}

type Found =
  | { readonly kind: 'found'; readonly listener: string; readonly ref: ListenerRef }
  | Refused;
type Refused = Extract<Submitted, { kind: 'refused' }>;
type Change = { readonly next: OperatorState; readonly result: Submitted };

function findListener({ listeners }: Inventory, name: string): Found {
  const found = listeners
    .map(({ state }) => state.ref)
    .filter((ref) => ref.listenerId === name || listenerKey(ref) === name);
  const [ref, ...more] = found;
  if (ref === undefined) return refused(`no listener ${name} is known; newleaf scan lists them`);
  if (more.length === 0) return { kind: 'found', listener: listenerKey(ref), ref };
  const keys = found.map(listenerKey).toSorted().join(', ');
  return refused(`${name} names ${found.length} listeners, say which: ${keys}`);
}

function newRequest(
  wanted: RotateRequest,
  listener: string,
  requestId: string,
  at: Date,
): ManualRequest {
  const { slot = 'default', from = null, to = null, ignoreWindow = false } = wanted;
  const { requestedBy, reason, undoes } = wanted;
  const state = { kind: 'open' } as const;
  return {
    requestId,
    listener,
    slot,
    from,
    to,
    ignoreWindow,
    ...(undoes === undefined ? {} : { undoes }),
    requestedBy,
    reason,
    at,
    deferrals: 0,
    state,
  };
}

function submit(facts: PlanningFacts, fresh: ManualRequest): Change {
  const { operator } = facts;
  const earlier = operator.requests.find(({ requestId }) => requestId === fresh.requestId);
  if (earlier !== undefined) return { next: operator, result: answerAgain(earlier, fresh) };
  const joined = underWay(facts, fresh);
  if (joined !== null) {
    const state = { kind: 'admitted', rotationId: joined.rotationId, at: fresh.at } as const;
    return accept(operator, { ...fresh, state });
  }
  const objection = objectionToRequest(facts, fresh);
  if (objection !== null) return { next: operator, result: refused(objection) };
  const twin = openTwin(operator.requests, fresh);
  if (twin === null) return accept(operator, fresh);
  return accept(operator, { ...twin, ignoreWindow: twin.ignoreWindow || fresh.ignoreWindow });
}

function answerAgain(earlier: ManualRequest, again: ManualRequest): Submitted {
  const isSame =
    earlier.listener === again.listener && earlier.slot === again.slot && earlier.to === again.to;
  if (!isSame) return refused(`request id ${again.requestId} was used for another request`);
  return earlier.state.kind === 'refused'
    ? refused(earlier.state.reason)
    : { kind: 'accepted', requestId: earlier.requestId };
}

/** A rotation of this listener that already does what is asked for. */
function underWay(
  { admission, inventory }: { readonly admission: Admission; readonly inventory: Inventory },
  { listener, to }: ManualRequest,
): InFlight | null {
  const wanted = inventory.certificates.find(({ certificate }) => certificate.id === to);
  const found = running(admission).find(
    (entry) =>
      entry.listener === listener &&
      (to === null || entry.candidate === (wanted?.certificate.fingerprint256 ?? to)),
  );
  return found ?? null;
}

function waitOf(facts: PlanningFacts, { listener }: ManualRequest): Wait | null {
  const planned = planRotations(facts).plans.find(({ plan }) => listenerKey(plan.ref) === listener);
  return planned?.waitsFor ?? null;
}

function accept(operator: OperatorState, request: ManualRequest): Change {
  return {
    next: withRequest(operator, request),
    result: { kind: 'accepted', requestId: request.requestId },
  };
}

function refused(reason: string): Refused {
  return { kind: 'refused', reason };
}
