import { certificateDocument } from '../api/certificate.ts';
import type { LifeDocument } from '../api/health.ts';
import { type PlanDocument, planDocument } from '../api/plan.ts';
import type { RequestDocument, RotateBody } from '../api/requests.ts';
import { lostRotationDocument, rotationDocument, rotationSummary } from '../api/rotation.ts';
import { scanDocument } from '../api/scan.ts';
import type { UseCases } from '../build-usecases.ts';
import type { Infra } from '../compose.ts';
import { auditNote } from '../domain/audit.ts';
import { knownFreezes } from '../domain/freezes.ts';
import { replay } from '../domain/evolve.ts';
import { planRotations } from '../domain/planner.ts';
import type { Dispatcher } from '../ports/dispatcher.ts';
import { findCertificates } from '../usecases/certificate.ts';
import { followJournals } from '../usecases/audit/follow.ts';
import { approvePlan } from '../usecases/approve.ts';
import { gatherFacts, type PlanDeps } from '../usecases/plan.ts';
import { requestStatus, type Submitted, submitRequest } from '../usecases/request.ts';
import { requestRollback } from '../usecases/rollback.ts';
import { resolveRotation } from '../usecases/rotate/resolve.ts';
import { alertDesk } from './alert-desk.ts';
import type { Answer, Caller, Desk } from './desk.ts';
import { openAuditDesk } from './audit.ts';
import { openFreezeDesk } from './freezes.ts';
import { openQuarantineDesk } from './quarantine.ts';
import { openSinkTestDesk } from './sink-test.ts';
import { healthOf, type HealthParts } from './health.ts';

export interface DeskParts {
  readonly infra: Infra;
  readonly usecases: UseCases;
  readonly dispatcher: Dispatcher;
  readonly health: HealthParts;
  readonly life: () => LifeDocument;
  /** Does what the minute does, now: a request need not wait for it. */
  readonly runChores: () => Promise<void>;
}

/** The HTTP API over the use cases. */
export function openDesk(parts: DeskParts): Desk {
  const { infra, usecases } = parts;
  return {
    ...openFreezeDesk(usecases.request, parts.runChores),
    ...openQuarantineDesk(usecases.request, parts.runChores),
    ...openAuditDesk({ ...usecases.plan, audit: infra.audit }, () => followJournals(infra)),
    life: parts.life,
    health: () => healthOf(parts.health),
    metrics: () => infra.meter.expose(),
    status: async () => scanDocument(await usecases.stock()),
    certificate: async (id) => {
      const found = await findCertificates({ ...usecases.plan, accounts: infra.accounts }, id);
      return found.views.length === 0 ? null : certificateDocument(found);
    },
    plan: () => planNow(usecases.plan),
    rotations: async (limit) => {
      const ids = await infra.journal.recent(limit);
      const stored = await Promise.all(ids.map((id) => infra.journal.read(id)));
      const rotations = stored.flatMap((found) =>
        found === null ? [] : [rotationSummary(replay(found.record, found.entries))],
      );
      return { rotations };
    },
    rotation: async (id) => {
      const found = await infra.journal.read(id);
      if (found === null) return null;
      return rotationDocument(replay(found.record, found.entries), found.entries);
    },
    rotate: (caller, body) => rotate(parts, caller, body),
    rollback: (...ask) => rollback(parts, ...ask),
    request: (id) => requestDocument(parts, id),
    approve: (caller, hash) => approve(parts, caller, hash),
    resolve: (caller, rotationId, body, signal) =>
      resolve(parts, { rotationId, by: caller.name, ...body }, signal),
    ...alertDesk(usecases.alerts, infra.audit),
    ...openSinkTestDesk(usecases.deliver, infra.audit),
    scanSoon: (caller) => scanSoon(parts, caller),
  };
}

async function scanSoon({ infra, dispatcher }: DeskParts, { name }: Caller): Promise<void> {
  const at = infra.clock.now();
  const source = `scan/${name}/${at.toISOString()}`;
  await infra.audit.append([auditNote({ at, actor: name, action: 'scan.ordered', source })]);
  await dispatcher.scan(at);
}

async function planNow(deps: PlanDeps): Promise<PlanDocument> {
  const facts = await gatherFacts(deps);
  const { inventory, operator, rules, now } = facts;
  const freezes = knownFreezes(rules.freezes, operator.freezes, now);
  return planDocument(planRotations(facts), inventory, freezes);
}

async function rotate(
  parts: DeskParts,
  caller: Caller,
  body: RotateBody,
): Promise<RequestDocument> {
  const requestedBy = nameOf(caller, body);
  const submitted = await submitRequest(parts.usecases.request, { ...body, requestedBy });
  return answerTo(parts, submitted, body.requestId ?? null);
}

async function rollback(
  parts: DeskParts,
  ...[caller, rotationId, body]: Parameters<Desk['rollback']>
): ReturnType<Desk['rollback']> {
  const { reason, ignoreWindow = false } = body;
  const wanted = { rotationId, reason, ignoreWindow, requestedBy: nameOf(caller, body) };
  const submitted = await requestRollback(parts.usecases.request, wanted);
  return submitted === null ? null : answerTo(parts, submitted, null);
}

/** The token vouches for its name; whatever else the body claims is kept beside it. */
function nameOf(caller: Caller, { requestedBy }: { readonly requestedBy: string }): string {
  return requestedBy === caller.name ? caller.name : `${requestedBy} (${caller.name})`;
}

async function answerTo(
  parts: DeskParts,
  submitted: Submitted,
  asked: string | null,
): Promise<RequestDocument> {
  if (submitted.kind === 'refused') {
    return { state: 'refused', requestId: asked, reason: submitted.reason };
  }
  await parts.runChores();
  const { requestId } = submitted;
  return (await requestDocument(parts, requestId)) ?? { state: 'waiting', requestId, reason: null };
}

async function requestDocument(
  parts: DeskParts,
  requestId: string,
): Promise<RequestDocument | null> {
  const status = await requestStatus(parts.usecases.request, requestId);
  switch (status.kind) {
    case 'unknown':
      return null;
    case 'waiting':
      return { state: 'waiting', requestId, reason: status.wait?.detail ?? null };
    case 'rotation':
      return { state: 'rotation', requestId, rotationId: status.rotationId };
    case 'refused':
      return { state: 'refused', requestId, reason: status.reason };
  }
}

async function approve(
  parts: DeskParts,
  caller: Caller,
  hash: string,
): ReturnType<Desk['approve']> {
  const approved = await approvePlan(parts.usecases.request, { hash, by: caller.name });
  if (approved.kind === 'refused') return refusal(approved.reason);
  await parts.runChores();
  return { kind: 'done', document: await planNow(parts.usecases.plan) };
}

async function resolve(
  parts: DeskParts,
  resolution: Parameters<typeof resolveRotation>[1],
  signal: AbortSignal,
): ReturnType<Desk['resolve']> {
  const { journal } = parts.infra;
  const { rotationId } = resolution;
  const resolved = await resolveRotation(parts.usecases.rotate, resolution, signal);
  if (resolved.kind === 'refused') return refusal(resolved.reason);
  if (resolved.kind === 'released') {
    await parts.runChores();
    return { kind: 'done', document: lostRotationDocument(rotationId, resolved) };
  }
  const found = resolved.kind === 'unknown' ? null : await journal.read(rotationId);
  if (found === null) {
    const message = `no rotation is called ${rotationId}: newleaf rotations lists them`;
    return { kind: 'refused', error: { code: 'not-found', message } };
  }
  await parts.runChores();
  const rotation = replay(found.record, found.entries);
  return { kind: 'done', document: rotationDocument(rotation, found.entries) };
}

function refusal(message: string): Answer<never> {
  return { kind: 'refused', error: { code: 'request.invalid', message } };
}
