import { z } from 'zod';
import { codeOf, NewleafError } from '../src/domain/errors.ts';
import type { RotateRequest } from '../src/domain/request.ts';
import { type JobKind, parsePayload } from './job.ts';

/** Takes a manual request. What it resolves to is the job's return value, which the requester can read. */
export type RequestUseCase = (request: RotateRequest, signal: AbortSignal) => Promise<unknown>;

/** A request that could not even be read. */
interface UnreadableRequest {
  readonly requestId: string;
  readonly reason: string;
}

/** Writes down that a request was refused before it was one. */
export type RefuseUseCase = (request: UnreadableRequest, signal: AbortSignal) => Promise<unknown>;

const line = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\r\n]*$/, 'must be a single line');

const Payload: z.ZodType<RotateRequest> = z.strictObject({
  listener: line,
  slot: z.enum(['default', 'additional', 'ca']).optional(),
  from: line.optional(),
  to: line.optional(),
  ignoreWindow: z.boolean().optional(),
  requestedBy: line,
  reason: line,
  requestId: line.optional(),
});

/** Answers of the requester's store may take a while to come back: a request is not lost for a short outage. */
const patience = 3_600_000;

/** Manual requests from any producer: job name `rotate`, and the job's id stands in for a request id. */
export function requestJob(request: RequestUseCase, refuse: RefuseUseCase): JobKind {
  return {
    patience,
    run: async (job, signal) => {
      const read = readRequest(job.name, job.data);
      const id = requestIdOf(job);
      if (read.kind === 'refused') {
        await refuse({ requestId: id, reason: read.reason }, signal);
        throw new NewleafError('request.invalid', read.reason);
      }
      return request({ ...read.request, requestId: read.request.requestId ?? id }, signal);
    },
  };
}

/**
 * Ids that the queue gives are counted, and counting begins anew in another store: an old answer must not be taken for one to a new
 * request. Whoever chooses an id of its own chooses no number, because the queue refuses that.
 */
function requestIdOf({ id = '', timestamp }: Parameters<JobKind['run']>[0]): string {
  return /^\d+$/.test(id) ? `queue-${id}-${timestamp}` : id;
}

function readRequest(name: string, data: unknown) {
  if (name !== 'rotate')
    return { kind: 'refused', reason: `unknown job name ${name}: only rotate is taken` } as const;
  try {
    return { kind: 'read', request: parsePayload(Payload, data) } as const;
  } catch (error) {
    if (codeOf(error) !== 'request.invalid' || !(error instanceof Error)) throw error;
    return { kind: 'refused', reason: error.message } as const;
  }
}
