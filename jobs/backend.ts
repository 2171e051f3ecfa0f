import {
  type BackendFactory,
  type ConnectionOptions,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  type Processor,
  Queue,
  type QueueOptions,
  runMigrations,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import type { QueueConnection } from '../src/ports/queue.ts';

/** A queue and a worker whatever they run on. */
export type AnyQueue = Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend>;
export type AnyWorker = Worker<unknown, unknown, string, IQueueBackend>;

/** Makes queues and workers on one connection. */
export interface Backend {
  queue(name: string, options: Omit<QueueOptions, 'connection'>): AnyQueue;
  worker(
    name: string,
    processor: Processor<unknown, unknown>,
    options: Omit<WorkerOptions, 'connection'>,
  ): AnyWorker;
}

/** Brings the queue tables up to date where there are tables; several replicas may do it at once. */
export async function prepareBackend(connection: QueueConnection): Promise<void> {
  if (connection.kind === 'redis') return;
  const client = await connection.pool.connect();
  try {
    await runMigrations(client, 'bullmq');
  } finally {
    client.release();
  }
}

export function backendOf(connection: QueueConnection): Backend {
  return connection.kind === 'redis' ? onRedis(connection) : onPostgres(connection);
}

function onRedis({ url, prefix }: Extract<QueueConnection, { kind: 'redis' }>): Backend {
  const factory: BackendFactory = createRedisBackend;
  // A hint that cannot be sent now fails at once: reconcile adds it later. A worker waits for as long as it takes.
  const producing: ConnectionOptions = { url, retryStrategy, enableOfflineQueue: false };
  const consuming: ConnectionOptions = { url, retryStrategy, maxRetriesPerRequest: null };
  return {
    queue: (name, options) =>
      new Queue(name, { ...options, prefix, connection: producing }, factory),
    worker: (name, processor, options) =>
      new Worker(name, processor, { ...options, prefix, connection: consuming }, factory),
  };
}

/** Milliseconds before the next attempt to connect; the package's own choice grows to 20 s. */
function retryStrategy(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt, 6), 2000);
}

function onPostgres({ pool }: Extract<QueueConnection, { kind: 'postgres' }>): Backend {
  const factory: BackendFactory = (name, options, factoryOptions) =>
    createPostgresBackend(name, { ...options, connection: pool }, factoryOptions);
  // The factory has the pool already; the option only has to be there.
  const connection: ConnectionOptions = {};
  return {
    queue: (name, options) => new Queue(name, { ...options, connection }, factory),
    worker: (name, processor, options) =>
      new Worker(name, processor, { ...options, connection }, factory),
  };
}
