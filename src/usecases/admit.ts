import type { Admission, InFlight } from '../domain/admission.ts';
import { release, withoutPast } from '../domain/consequence.ts';
import { replay } from '../domain/evolve.ts';
import type { OperatorState, RequestMove } from '../domain/operator.ts';
import { moveRequests, withoutStale } from '../domain/operator.ts';
import type { DraftedPlanning, DraftedRotation, Started } from '../domain/planner.ts';
import { admitAll, planRotations } from '../domain/planner.ts';
import type { RotationRecord } from '../domain/rotation.ts';
import { running } from '../domain/trial.ts';
import type { AuditTrail } from '../ports/audit.ts';
import type { Entropy } from '../ports/clock.ts';
import type { Dispatcher } from '../ports/dispatcher.ts';
import type { Log } from '../ports/log.ts';
import type { Journal } from '../ports/state.ts';
import { noteOnRequest, noted } from './audit/request-note.ts';
import { followRequests, recordGrace, requestRotationId } from './follow-requests.ts';
import type { PlanDeps } from './plan.ts';
import { gatherFacts } from './plan.ts';

export interface AdmitDeps extends PlanDeps {
  readonly journal: Pick<Journal, 'create' | 'read'>;
  readonly dispatcher: Pick<Dispatcher, 'rotation'>;
  readonly entropy: Pick<Entropy, 'id'>;
  readonly audit: Pick<AuditTrail, 'append'>;
  readonly log: Log;
}

/**
 * Lets in every rotation that may start now, and returns their ids. Runs every minute on every replica: the Admission changes
 * by compare and set, so two replicas never let in more than one. A crash after that is repaired by `repairAdmission`.
 */
export async function admitDue(deps: AdmitDeps, signal: AbortSignal): Promise<readonly string[]> {
  await followRequests(deps);
  signal.throwIfAborted();
  const facts = await gatherFacts(deps);
  const salt = deps.entropy.id();
  const idOf = (planned: DraftedRotation): string =>
    rotationIdOf(deps, planned, facts.operator, salt);
  const { planning, start } = await deps.admission.update((admission) => {
    const drafted = planRotations({ ...facts, admission });
    const { next, start: started } = admitAll(drafted, admission, facts.now, idOf);
    return { next, result: { planning: drafted, start: started } };
  });
  for (const started of start) await create(deps, started, facts.now);
  await moveOn(deps, planning, start);
  for (const { rotationId } of start) await deps.dispatcher.rotation(rotationId);
  return start.map(({ rotationId }) => rotationId);
}

/**
 * Takes back what a crash left half done: places in flight whose record was never written, or whose rotation is over; and
 * forgets what has expired. For `reconcile`.
 */
export async function repairAdmission(deps: Omit<AdmitDeps, 'dispatcher'>): Promise<void> {
  const now = deps.clock.now();
  const admission = await deps.admission.read();
  const old = running(admission).filter(
    ({ since }) => since.getTime() + recordGrace <= now.getTime(),
  );
  const lost: InFlight[] = [];
  for (const entry of old) {
    if (await isLost(deps, entry)) lost.push(entry);
  }
  await deps.admission.update((current) => ({ next: repaired(current, lost, now), result: null }));
  for (const { rotationId, listener } of lost) {
    deps.log.warn({ rotationId, listener }, 'admission taken back');
  }
}

function repaired(current: Admission, lost: readonly InFlight[], now: Date): Admission {
  const left = lost.reduce((before, { rotationId }) => release(before, rotationId), current);
  return withoutPast(left, now);
}

/** One that waits for an operator is not asked about: it is not running. */
async function isLost(
  { journal }: Pick<AdmitDeps, 'journal'>,
  { rotationId }: InFlight,
): Promise<boolean> {
  const stored = await journal.read(rotationId);
  if (stored === null) return true;
  return replay(stored.record, stored.entries).closed;
}

/** A request's rotation is named after the request, so that a repeat finds it; a scheduled one after its plan and admission. */
function rotationIdOf(
  { sha256 }: Pick<AdmitDeps, 'sha256'>,
  { plan, trigger }: DraftedRotation,
  { requests }: OperatorState,
  salt: string,
): string {
  if (trigger.kind === 'schedule') return sha256(`${plan.hash} ${salt}`).slice(0, 16);
  const deferrals = requests.find(({ requestId }) => requestId === trigger.requestId)?.deferrals;
  return requestRotationId(sha256, { requestId: trigger.requestId, deferrals: deferrals ?? 0 });
}

async function create(
  { journal, log }: Pick<AdmitDeps, 'journal' | 'log'>,
  { rotationId, planned }: Started,
  admittedAt: Date,
): Promise<void> {
  const { plan, trigger, policy, canary, listener } = planned;
  const record: RotationRecord = {
    id: rotationId,
    plan,
    trigger,
    policy,
    canary,
    admittedAt,
    listener,
  };
  await journal.create(record);
  log.info(
    {
      rotationId,
      listener: plan.ref.listenerId,
      from: plan.from.fingerprint256,
      to: plan.to.fingerprint256,
      trigger: trigger.kind,
      canary,
    },
    'rotation admitted',
  );
}

/** Writes down what became of the requests, and drops what nobody will ask for again. */
async function moveOn(
  { operator, clock, audit }: Pick<AdmitDeps, 'operator' | 'clock' | 'audit'>,
  { refusedRequests }: DraftedPlanning,
  start: readonly Started[],
): Promise<void> {
  const at = clock.now();
  const moves = new Map<string, RequestMove>();
  for (const [requestId, reason] of refusedRequests) {
    moves.set(requestId, { from: 'open', to: { kind: 'refused', reason, at } });
  }
  for (const { rotationId, planned } of start) {
    if (planned.trigger.kind !== 'manual') continue;
    const to = { kind: 'admitted', rotationId, at } as const;
    moves.set(planned.trigger.requestId, { from: 'open', to });
  }
  const refused = await operator.update((state) => ({
    next: withoutStale(moveRequests(state, moves), at),
    result: state.requests.filter(
      ({ requestId, state: { kind } }) => kind === 'open' && refusedRequests.has(requestId),
    ),
  }));
  await audit.append(
    refused.map((request) => {
      const reason = refusedRequests.get(request.requestId) ?? '';
      return noteOnRequest(noted(request), { kind: 'refused', reason }, at);
    }),
  );
}
