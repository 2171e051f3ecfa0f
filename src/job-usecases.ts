import type { JobUseCases } from '../jobs/workers.ts';
import type { Parts } from './parts.ts';
import { outcomeOf } from './domain/rotation-state.ts';
import { deliver } from './usecases/deliver.ts';
import { submitRequest } from './usecases/request.ts';
import { executeRotation } from './usecases/rotate/execute.ts';
import { refreshListener } from './usecases/scan/refresh.ts';
import { scan } from './usecases/scan/scan.ts';

/** What each kind of job does, and what is done right after it so that nobody waits for the next minute. */
export function chooseJobs(parts: Parts): JobUseCases {
  const { usecases, infra, runChores, log } = parts;
  return {
    scan: async (_at, signal) => {
      const { inventory } = await scan(usecases.scan, { probe: true }, signal);
      if (inventory.takenAt !== null) infra.meter.scanned(inventory.takenAt);
      await runChores();
    },
    rotate: (rotationId, signal) => rotate(parts, rotationId, signal),
    deliver: async (sink, signal) => {
      const result = await deliver(usecases.deliver, sink, signal);
      infra.meter.delivered(sink, result.kind);
      return result;
    },
    request: async (request) => {
      const submitted = await submitRequest(usecases.request, request);
      await runChores();
      return submitted;
    },
    refuseRequest: async ({ requestId, reason }) => {
      log.warn({ requestId, reason }, 'unreadable rotation request refused');
    },
  };
}

async function rotate(parts: Parts, rotationId: string, signal: AbortSignal): Promise<string> {
  const { usecases, infra, runChores } = parts;
  const execution = await executeRotation(usecases.rotate, rotationId, signal);
  if (execution.kind === 'busy' || execution.kind === 'unknown') return execution.kind;
  const { rotation } = execution;
  infra.meter.rotationClosed(outcomeOf(rotation) ?? 'deferred');
  await refreshListener(usecases.scan, rotation.record.plan.ref, signal);
  await runChores();
  return execution.kind;
}
