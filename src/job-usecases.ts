import type { JobUseCases } from '../jobs/workers.ts';
import { type AuditNote, auditNote } from './domain/audit.ts';
import { codeOf } from './domain/errors.ts';
import type { ListenerRef } from './domain/listener.ts';
import type { Parts } from './parts.ts';
import { deliver } from './usecases/deliver.ts';
import { submitRequest } from './usecases/request.ts';
import { executeRotation } from './usecases/rotate/execute.ts';
import { refreshListener } from './usecases/scan/refresh.ts';
import { scan } from './usecases/scan/scan.ts';

/** What each kind of job does, and what is done right after it so that nobody waits for the next minute. */
export function chooseJobs(parts: Parts): JobUseCases {
  const { usecases, log } = parts;
  return {
    scan: async (_at, signal) => {
      await scan(usecases.scan, { probe: true }, signal);
      await catchUp(parts);
    },
    rotate: (rotationId, signal) => rotate(parts, rotationId, signal),
    deliver: (sink, signal) => deliver(usecases.deliver, sink, signal),
    request: async (request) => {
      const submitted = await submitRequest(usecases.request, request);
      await catchUp(parts);
      return submitted;
    },
    refuseRequest: async ({ requestId, reason }) => {
      await parts.infra.audit.append([unreadable(requestId, reason, parts.infra.clock.now())]);
      log.warn({ requestId, reason }, 'unreadable rotation request refused');
    },
  };
}

/** Nobody knows who it was: a payload that does not fit names its requester in no way that could be trusted. */
function unreadable(requestId: string, why: string, at: Date): AuditNote {
  const [actor, action] = ['unknown', 'request.refused'] as const;
  const source = `request/${requestId}/unreadable`;
  return auditNote({ at, actor, action, facts: { requestId, why }, source });
}

async function rotate(parts: Parts, rotationId: string, signal: AbortSignal): Promise<string> {
  const execution = await executeRotation(parts.usecases.rotate, rotationId, signal);
  if (execution.kind === 'busy' || execution.kind === 'unknown') return execution.kind;
  await lookAtNew(parts, execution.rotation.record.plan.ref, signal);
  await catchUp(parts);
  return execution.kind;
}

/** What came of the rotation is in its Journal already: the job has done its work even when this fails. */
async function lookAtNew(
  { usecases, log }: Parts,
  ref: ListenerRef,
  signal: AbortSignal,
): Promise<void> {
  try {
    await refreshListener(usecases.scan, ref, signal);
  } catch (error) {
    signal.throwIfAborted();
    const { listenerId } = ref;
    log.warn(
      { listener: listenerId, code: codeOf(error) },
      'listener not seen again after its rotation: the next scan will',
    );
  }
}

/** Chores report their own failures; as a whole they end only because the daemon stops, which is no fault of the job. */
async function catchUp({ runChores, signal }: Parts): Promise<void> {
  try {
    await runChores();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
