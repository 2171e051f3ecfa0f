import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import type { z } from 'zod';
import { codeOf, isRetryable, NewleafError } from '../src/domain/errors.ts';

/** One kind of job: what its payload looks like and the one use case it calls. */
export interface JobKind {
  /** Runs the job. What it resolves to is kept with the job for whoever asked. */
  run(
    job: Pick<Job<unknown>, 'id' | 'name' | 'data' | 'timestamp'>,
    signal: AbortSignal,
  ): Promise<unknown>;
  /** How long a failure that may pass is tried again beyond the job's own attempts, in milliseconds from when it was added. */
  readonly patience: number;
}

const pause = 5000;

/** The payload in our words; what does not fit is `request.invalid` with a reason that a person can read. */
export function parsePayload<T>(shape: z.ZodType<T>, data: unknown): T {
  const parsed = shape.safeParse(data);
  if (parsed.success) return parsed.data;
  const said = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new NewleafError('request.invalid', `the payload does not fit: ${said.join('; ')}`);
}

/** Runs one job and says to the queue what a failure means: hand over, try again, or never again. */
export async function perform(
  kind: JobKind,
  job: Job<unknown>,
  token: string | undefined,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return (await kind.run(job, signal)) ?? null;
  } catch (error) {
    if (signal.aborted) {
      // We are stopping: another replica, or we after the restart, takes it up where the Journal says.
      await job.moveToWait(token);
      throw new WaitingError();
    }
    if (!isRetryable(error)) throw new UnrecoverableError(reasonOf(error));
    if (Date.now() - job.timestamp < kind.patience) {
      await job.moveToDelayed(Date.now() + pause, token);
      throw new DelayedError();
    }
    throw error;
  }
}

/** What the requester reads in the job. */
function reasonOf(error: unknown): string {
  return `${codeOf(error)}: ${error instanceof Error ? error.message : String(error)}`;
}
