import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openQueues } from '../../jobs/queues.ts';
import { openRedis } from '../../src/adapters/redis/open.ts';
import type { OpenedStore } from '../../src/ports/queue.ts';
import { freePort, hasRedis, startRedis, type TestRedis } from '../helpers/redis.ts';
import { quietLog } from '../helpers/store.ts';
import { type Bench, openBench, testJobs } from './suite.ts';

if (hasRedis) {
  let server: TestRedis;
  let infra: OpenedStore;
  let bench: Bench;

  before(async () => {
    server = await startRedis(['--maxmemory-policy', 'noeviction']);
    infra = await openRedis({ url: server.url, prefix: '{newleaf}', log: quietLog });
    bench = await openBench(infra.queue);
  });
  after(async () => {
    await bench.close();
    await infra.close();
    await server.dispose();
  });

  testJobs('redis', () => bench);

  test('redis: hints fail while the server is away, and work goes on once it is back', async () => {
    await server.kill();
    await assert.rejects(bench.queues.rotation('rot-away'), { code: 'store.unavailable' });
    await assert.rejects(infra.store.get('anything'), { code: 'store.unavailable' });

    await server.start();
    while (!(await succeeds(() => bench.queues.rotation('rot-back')))) await delay(20);
    const call = await bench.next();

    assert.equal(call.payload, 'rot-back');
    call.finish();
  });

  test('redis: the queues open without a server, and never put the URL in an error', async () => {
    const url = `redis://user:s3cret@127.0.0.1:${await freePort()}`;
    const queues = await openQueues({ kind: 'redis', url, prefix: '{newleaf}' }, quietLog);

    const error = await queues.rotation('rot').then(
      () => null,
      (reason: unknown) => reason,
    );
    await queues.close();

    assert.ok(error instanceof Error);
    assert.doesNotMatch(error.message, /s3cret/);
  });
} else {
  test('redis: jobs', { skip: 'no redis-server here' }, () => undefined);
}

async function succeeds(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch {
    return false;
  }
}
