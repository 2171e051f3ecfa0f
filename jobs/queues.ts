import { type DefaultJobOptions, Queue } from 'bullmq';
import { NewleafError } from '../src/domain/errors.ts';
import type { Dispatcher } from '../src/ports/dispatcher.ts';
import type { Log } from '../src/ports/log.ts';
import type { QueueLook, WaitingJob } from '../src/ports/queue-look.ts';
import type { QueueConnection } from '../src/ports/queue.ts';
import { abortable } from './abortable.ts';
import { type AnyQueue, backendOf, prepareBackend } from './backend.ts';
import { keepFailed, keepFinished, queueNames } from './names.ts';

/** How long putting one hint on a queue may take, in milliseconds. */
const hintDeadline = 5000;

const neverAborted = new AbortController().signal;

const defaults: DefaultJobOptions = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 2000 },
  removeOnComplete: keepFinished,
  removeOnFail: keepFailed,
};

/** The open queues: where hints go, and what the queue board shows. */
export interface Queues extends Dispatcher, QueueLook {
  /** For the read-only board. */
  readonly board: readonly Queue[];
  close(): Promise<void>;
}

/**
 * Opens the queues, making their tables first where the backend has tables: waits for the PostgreSQL server then, until `signal`
 * aborts. On Redis it does not wait, and hints reject while the server is away.
 */
export async function openQueues(
  connection: QueueConnection,
  log: Log,
  signal: AbortSignal = neverAborted,
): Promise<Queues> {
  await abortable(inWords('prepare the queues', prepareBackend(connection)), signal);
  const backend = backendOf(connection);
  const open = (name: string): AnyQueue => {
    const queue = backend.queue(name, { defaultJobOptions: defaults });
    queue.on('error', (error) => log.debug({ queue: name, reason: error.message }, 'queue error'));
    return queue;
  };
  const queues = {
    scan: open(queueNames.scan),
    rotation: open(queueNames.rotation),
    delivery: open(queueNames.delivery),
    request: open(queueNames.request),
  };
  const all: readonly AnyQueue[] = Object.values(queues);
  // A queue that has lost its session at this point would stay deaf: better no start than that.
  if (connection.kind === 'postgres')
    await inTime('open the queues', Promise.all(all.map((queue) => queue.waitUntilReady())));
  return {
    ...dispatcher(queues),
    oldestWaiting: () =>
      inTime(
        'look at the queues',
        Promise.all(all.map(async (queue) => ({ queue: queue.name, job: await oldestIn(queue) }))),
      ),
    // A queue is one class whatever it runs on; its type names the backend.
    board: all.filter((queue): queue is AnyQueue & Queue => queue instanceof Queue),
    close: async () => {
      await Promise.all(all.map((queue) => queue.close()));
    },
  };
}

/** So many jobs from either end: backends do not agree which end of a listing is the oldest. */
const lookedAt = 100;

async function oldestIn(queue: AnyQueue): Promise<WaitingJob | null> {
  const ends = await Promise.all([
    queue.getJobs(['waiting'], 0, lookedAt, true),
    queue.getJobs(['waiting'], 0, lookedAt, false),
  ]);
  const [oldest] = ends.flat().toSorted((one, other) => one.timestamp - other.timestamp);
  return oldest === undefined ? null : { id: oldest.id ?? '', since: new Date(oldest.timestamp) };
}

function dispatcher(queues: Record<'scan' | 'rotation' | 'delivery', AnyQueue>): Dispatcher {
  return {
    scan: (at) => inTime('hint at a scan', hintAtScan(queues.scan, at)),
    rotation: async (rotationId) => {
      const options = generationOf(rotationId);
      await inTime('hint at a rotation', queues.rotation.add('rotate', { rotationId }, options));
    },
    delivery: async (sink) => {
      const { jobId, deduplication } = generationOf(sink);
      // News that comes during a delivery may have come too late for it: it gets one more job of its own.
      const options = { jobId, deduplication: { ...deduplication, keepLastIfActive: true } };
      await inTime('hint at a delivery', queues.delivery.add('deliver', { sink }, options));
    },
  };
}

/**
 * One name per instant: the job is kept for an hour, so the same tick of another replica adds nothing. While a scan waits or runs
 * another one would see nothing new. Looked up instead of left to the queue's own deduplication, which on PostgreSQL takes a kept
 * job of the same name for a live one and then blocks every later scan.
 */
async function hintAtScan(queue: AnyQueue, at: Date): Promise<void> {
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed');
  if (Object.values(counts).some((count) => count > 0)) return;
  const instant = at.toISOString();
  const jobId = `scan-${instant.replaceAll(/[-:]|\.\d+/g, '')}`;
  await queue.add('scan', { at: instant }, { jobId });
}

/**
 * A hint is ignored while a job of its entity waits, runs or waits to be repeated. Once that one has finished or failed for good the
 * next hint is a new generation: the queue ignores the id of a job that it still keeps, so each generation has an id of its own.
 */
function generationOf(entity: string) {
  const id = encodeURIComponent(entity);
  return { jobId: `${id}-${Date.now()}`, deduplication: { id } };
}

/** The queue package waits for its connection for ever; a hint does not. */
async function inTime<T>(doing: string, work: Promise<T>, deadline = hintDeadline): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new NewleafError('store.unavailable', `${doing}: no answer in time`);
    timer = setTimeout(reject, deadline, error);
  });
  try {
    return await inWords(doing, Promise.race([work, late]));
  } finally {
    clearTimeout(timer);
  }
}

async function inWords<T>(doing: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw unavailable(doing, error);
  }
}

function unavailable(doing: string, error: unknown): NewleafError {
  if (error instanceof NewleafError) return error;
  const said = error instanceof Error ? error.message : 'unknown failure';
  return new NewleafError('store.unavailable', `${doing}: ${said}`);
}
