import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type BackendFactory,
  createPostgresBackend,
  createRedisBackend,
  Queue,
  QueueEvents,
} from 'bullmq';
import type { AnyQueue } from '../../jobs/backend.ts';
import { z } from 'zod';
import { openQueues, type Queues } from '../../jobs/queues.ts';
import { type JobUseCases, startWorkers, type Workers } from '../../jobs/workers.ts';
import { NewleafError } from '../../src/domain/errors.ts';
import type { QueueConnection } from '../../src/ports/queue.ts';
import { quietLog } from '../helpers/store.ts';

/** One call of a use case by a worker, which ends when the test says so. */
export interface Call {
  readonly useCase: keyof JobUseCases;
  readonly payload: unknown;
  readonly signal: AbortSignal;
  finish(result?: unknown): void;
  fail(error: Error): void;
}

/** Use cases that hand each call to the test, in order. */
export function scriptedUseCases() {
  const calls: Call[] = [];
  const readers: ((call: Call) => void)[] = [];
  const script =
    (useCase: keyof JobUseCases) =>
    (payload: unknown, signal: AbortSignal): Promise<unknown> =>
      new Promise((finish, fail) => {
        signal.addEventListener('abort', () => fail(new Error('stopped')));
        const call = { useCase, payload, signal, finish, fail };
        const reader = readers.shift();
        if (reader === undefined) calls.push(call);
        else reader(call);
      });
  const useCases: JobUseCases = {
    scan: script('scan'),
    rotate: script('rotate'),
    deliver: script('deliver'),
    request: script('request'),
    refuseRequest: script('refuseRequest'),
  };
  const next = (): Promise<Call> => {
    const call = calls.shift();
    if (call !== undefined) return Promise.resolve(call);
    return new Promise((resolve) => readers.push(resolve));
  };
  return { useCases, next, waiting: () => calls.length };
}

export interface Bench {
  readonly queues: Queues;
  readonly workers: Workers;
  readonly next: () => Promise<Call>;
  readonly waiting: () => number;
  /** A queue and its events as any other program would open them. */
  readonly foreign: (name: string) => Foreign;
  close(): Promise<void>;
}

interface Foreign {
  readonly queue: AnyQueue;
  /** Resolves when the job, which must have been added, has ended: to its return value or to its reason. */
  readonly ended: (jobId: string) => Promise<{ returned: unknown } | { failed: string }>;
}

export async function openBench(connection: QueueConnection): Promise<Bench> {
  const queues = await openQueues(connection, quietLog);
  const { useCases, next, waiting } = scriptedUseCases();
  const workers = startWorkers(connection, useCases, { log: quietLog, rotations: 2 });
  await workers.ready();
  const closing: (() => Promise<void>)[] = [() => workers.close(0), () => queues.close()];
  return {
    queues,
    workers,
    next,
    waiting,
    foreign: (name) => {
      const opened = openForeign(connection, name);
      closing.unshift(() => opened.close());
      return opened;
    },
    close: async () => {
      for (const close of closing) await close();
    },
  };
}

function openForeign(
  connection: QueueConnection,
  name: string,
): Foreign & { close(): Promise<void> } {
  const factory: BackendFactory =
    connection.kind === 'redis'
      ? createRedisBackend
      : (queue, options, more) =>
          createPostgresBackend(queue, { ...options, connection: connection.pool }, more);
  const options =
    connection.kind === 'redis'
      ? { connection: { url: connection.url }, prefix: connection.prefix }
      : { connection: {} };
  const queue = new Queue(name, options, factory);
  const events = new QueueEvents(name, options, factory);
  queue.on('error', () => undefined);
  events.on('error', () => undefined);
  return {
    queue,
    ended: async (jobId) => {
      const job = await queue.getJob(jobId);
      assert.ok(job, `no job ${jobId}`);
      try {
        return { returned: await job.waitUntilFinished(events) };
      } catch (error) {
        return { failed: error instanceof Error ? error.message : '' };
      }
    },
    close: async () => {
      await events.close();
      await queue.close();
    },
  };
}

const refusal = z.object({ requestId: z.string(), reason: z.string() });

const denied = new NewleafError('cloud.denied', 'list listeners was denied');
const busy = new NewleafError('cloud.busy', 'the load balancer is busy');

/** What the queues promise on every backend. */
export function testJobs(name: string, bench: () => Bench): void {
  test(`${name}: a hint brings its entity to the use case, and a second one meanwhile adds nothing`, async () => {
    const { queues, next, waiting } = bench();
    await queues.rotation('rot-1');
    const first = await next();

    await queues.rotation('rot-1');
    await queues.rotation('rot-2');
    const second = await next();

    assert.deepEqual([first.useCase, first.payload], ['rotate', 'rot-1']);
    assert.deepEqual([second.useCase, second.payload], ['rotate', 'rot-2']);
    first.finish();
    second.finish();
    assert.equal(waiting(), 0);
  });

  test(`${name}: once a job has finished, or failed for good, the next hint is a new generation`, async () => {
    const { queues, next, foreign } = bench();
    const rotations = foreign('newleaf-rotation');
    const runOnce = async (end: (call: Call) => void): Promise<void> => {
      await queues.rotation('rot-again');
      const call = await next();
      const job = await jobOf(rotations.queue, 'rot-again');
      const done = rotations.ended(job);
      end(call);
      await done;
    };

    await runOnce((call) => call.finish());
    await runOnce((call) => call.fail(denied));
    await runOnce((call) => call.finish());
  });

  test(`${name}: a failure that may pass is tried again, another is not`, async () => {
    const { queues, next } = bench();
    await queues.rotation('rot-busy');

    (await next()).fail(busy);
    const again = await next();

    assert.equal(again.payload, 'rot-busy');
    again.finish();
  });

  test(`${name}: news during a delivery gets one delivery more`, async () => {
    const { queues, next, waiting } = bench();
    await queues.delivery('team:chat');
    const first = await next();

    await queues.delivery('team:chat');
    await queues.delivery('team:chat');
    assert.equal(waiting(), 0);
    first.finish();
    const second = await next();

    assert.deepEqual([second.useCase, second.payload], ['deliver', 'team:chat']);
    second.finish();
  });

  test(`${name}: the same scan tick from another replica adds nothing, even when the first is done`, async () => {
    const { queues, next, waiting, foreign } = bench();
    const scans = foreign('newleaf-scan');
    const at = new Date('2026-11-22T00:07:00Z');
    await queues.scan(at);
    const call = await next();
    const done = scans.ended('scan-20261122T000700Z');

    call.finish();
    await done;
    await queues.scan(at);
    await queues.scan(new Date('2026-11-22T06:07:00Z'));
    const later = await next();

    assert.deepEqual(call.payload, at);
    assert.deepEqual(later.payload, new Date('2026-11-22T06:07:00Z'));
    later.finish();
    assert.equal(waiting(), 0);
  });

  test(`${name}: any producer can ask for a rotation and read the answer`, async () => {
    const { next, foreign } = bench();
    const requests = foreign('newleaf-request');
    const payload = { listener: 'lsn-1@443', requestedBy: 'deploy bot', reason: 'new key' };

    await requests.queue.add('rotate', payload, { jobId: 'ask-1' });
    const call = await next();
    const answer = requests.ended('ask-1');
    call.finish({ state: 'open' });

    assert.equal(call.useCase, 'request');
    assert.deepEqual(call.payload, { ...payload, requestId: 'ask-1' });
    assert.deepEqual(await answer, { returned: { state: 'open' } });
  });

  test(`${name}: the job that nobody takes is seen from outside; jobs that run are not`, async () => {
    const { queues, next } = bench();
    const oldest = async () => {
      const looks = await queues.oldestWaiting();
      return looks.find(({ queue }) => queue === 'newleaf-rotation')?.job ?? null;
    };
    await queues.rotation('rot-busy-1');
    await queues.rotation('rot-busy-2');
    const running = [await next(), await next()];
    assert.equal(await oldest(), null);

    await queues.rotation('rot-waits');
    await queues.rotation('rot-later');
    const job = await oldest();

    assert.match(job?.id ?? '', /^rot-waits-/);
    assert.ok(Math.abs(Date.now() - (job?.since.getTime() ?? 0)) < 60_000);
    for (const call of running) call.finish();
    for (const call of [await next(), await next()]) call.finish();
    assert.equal(await oldest(), null);
  });

  test(`${name}: a malformed request is refused in words, and the worker lives on`, async () => {
    const { next, foreign } = bench();
    const requests = foreign('newleaf-request');
    const bad: [string, unknown, RegExp][] = [
      ['rotate', { listener: 7, requestedBy: 'x', reason: 'y' }, /listener: .*string/],
      ['rotate', { listener: 'a', requestedBy: 'x', reason: 'y', force: true }, /"force"/],
      ['rotate', 'not an object', /object/],
      ['explode', {}, /unknown job name explode/],
    ];

    for (const [index, [jobName, data, reason]] of bad.entries()) {
      const jobId = `bad-${index}`;
      await requests.queue.add(jobName, data, { jobId });
      const call = await next();
      const answer = requests.ended(jobId);
      call.finish();

      assert.equal(call.useCase, 'refuseRequest');
      const { requestId, reason: said } = refusal.parse(call.payload);
      assert.equal(requestId, jobId);
      assert.match(said, reason);
      assert.deepEqual(await answer, { failed: `request.invalid: ${said}` });
    }
  });
}

/** The id of the one running job of an entity. */
async function jobOf(queue: AnyQueue, entity: string): Promise<string> {
  const active = await queue.getActive();
  const found = active.find(({ id }) => id?.startsWith(`${entity}-`));
  return found?.id ?? '';
}
