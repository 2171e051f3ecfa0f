import { setTimeout as delay } from 'node:timers/promises';
import type { Millis } from '../src/domain/certificate.ts';
import type { Log } from '../src/ports/log.ts';
import type { QueueConnection } from '../src/ports/queue.ts';
import { type AnyWorker, type Backend, backendOf } from './backend.ts';
import { type DeliverUseCase, deliverJob } from './deliver.ts';
import { type JobKind, perform } from './job.ts';
import { keepFailed, keepFinished, queueNames } from './names.ts';
import { type RefuseUseCase, type RequestUseCase, requestJob } from './request.ts';
import { type RotateUseCase, rotateJob } from './rotate.ts';
import { type ScanUseCase, scanJob } from './scan.ts';

/** The use cases that jobs call. */
export interface JobUseCases {
  readonly scan: ScanUseCase;
  readonly rotate: RotateUseCase;
  readonly deliver: DeliverUseCase;
  readonly request: RequestUseCase;
  readonly refuseRequest: RefuseUseCase;
}

export interface WorkerOptions {
  readonly log: Log;
  /** Rotations that this process carries at once; admission decides how many there are in all. */
  readonly rotations: number;
}

export interface Workers {
  /** Resolves once every worker has its connection. */
  ready(): Promise<void>;
  /**
   * Takes no more jobs and lets the running ones end. Those still running after `grace` are aborted and go back to their queue;
   * resolves at the latest 5 s after that, whatever a use case does.
   */
  close(grace: Millis): Promise<void>;
}

const neverAborted = new AbortController().signal;

/** Time that an aborted use case has to hand over. */
const handOver = 5000;

/** Starts one worker per queue. The queues must have been opened before. */
export function startWorkers(
  connection: QueueConnection,
  useCases: JobUseCases,
  { log, rotations }: WorkerOptions,
): Workers {
  const backend = backendOf(connection);
  const { scan, rotate, deliver, request, refuseRequest } = useCases;
  const start = (name: string, kind: JobKind, concurrency: number): AnyWorker =>
    startWorker(backend, { name, kind, concurrency }, log);
  const workers = [
    start(queueNames.scan, scanJob(scan), 1),
    start(queueNames.rotation, rotateJob(rotate), rotations),
    start(queueNames.delivery, deliverJob(deliver), 4),
    start(queueNames.request, requestJob(request, refuseRequest), 2),
  ];
  return {
    ready: async () => {
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    },
    close: (grace) => close(workers, grace, log),
  };
}

interface WorkerPlan {
  readonly name: string;
  readonly kind: JobKind;
  readonly concurrency: number;
}

function startWorker(backend: Backend, plan: WorkerPlan, log: Log): AnyWorker {
  const { name, kind, concurrency } = plan;
  const worker = backend.worker(
    name,
    // Three parameters without defaults: the queue package makes a signal only for a processor that counts three.
    (job, token, signal) => perform(kind, job, token, signal ?? neverAborted),
    {
      concurrency,
      // A job of a replica that died is taken over within about 15 s: a rotation in its middle should not wait for longer. Taken
      // from one that is only slow it does no harm, because the lease decides who works. Three times, then reconcile adds a new one.
      lockDuration: 10_000,
      stalledInterval: 5_000,
      maxStalledCount: 3,
      removeOnComplete: keepFinished,
      removeOnFail: keepFailed,
    },
  );
  worker.on('error', (error) => log.debug({ queue: name, reason: error.message }, 'worker error'));
  worker.on('failed', (job, error) => {
    log.warn({ queue: name, jobId: job?.id, reason: error.message }, 'job failed');
  });
  return worker;
}

async function close(workers: readonly AnyWorker[], grace: Millis, log: Log): Promise<void> {
  const waiting = new AbortController();
  const closed = Promise.all(workers.map((worker) => worker.close())).finally(() =>
    waiting.abort(),
  );
  const late = giveUp(workers, grace, waiting.signal);
  if ((await Promise.race([closed.then(() => 'closed'), late])) === 'late')
    log.warn({ grace }, 'a job did not stop when told to');
}

async function giveUp(workers: readonly AnyWorker[], grace: Millis, signal: AbortSignal) {
  try {
    await delay(grace, undefined, { signal });
    for (const worker of workers) worker.cancelAllJobs();
    await delay(handOver, undefined, { signal });
    return 'late';
  } catch {
    return 'closed';
  }
}
