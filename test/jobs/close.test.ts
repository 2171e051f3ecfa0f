import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openQueues } from '../../jobs/queues.ts';
import { startWorkers } from '../../jobs/workers.ts';
import { openEmbedded } from '../../src/adapters/postgres/open.ts';
import type { OpenedStore, QueueConnection } from '../../src/ports/queue.ts';
import { hasRedis, startRedis, type TestRedis } from '../helpers/redis.ts';
import { quietLog } from '../helpers/store.ts';
import { scriptedUseCases } from './suite.ts';

async function daemon(connection: QueueConnection) {
  const queues = await openQueues(connection, quietLog);
  const { useCases, next } = scriptedUseCases();
  const workers = startWorkers(connection, useCases, { log: quietLog, rotations: 2 });
  await workers.ready();
  return { queues, workers, next };
}

function testClosing(name: string, open: () => QueueConnection): void {
  test(`${name}: closing waits for a running job and takes no new one`, async () => {
    const one = await daemon(open());
    await one.queues.rotation('rot-running');
    const running = await one.next();

    const closed = one.workers.close(10_000);
    await one.queues.rotation('rot-new');
    running.finish();
    await closed;
    const two = await daemon(open());
    const next = await two.next();

    assert.equal(running.signal.aborted, false);
    assert.equal(next.payload, 'rot-new');
    next.finish();
    await two.workers.close(1000);
    await Promise.all([one.queues.close(), two.queues.close()]);
  });

  test(`${name}: after the grace a running job is aborted and handed to the next replica at once`, async () => {
    const one = await daemon(open());
    await one.queues.rotation('rot-long');
    const call = await one.next();
    const two = await daemon(open());

    await one.workers.close(50);
    const handed = await two.next();

    assert.equal(call.signal.aborted, true);
    assert.equal(handed.payload, 'rot-long');
    handed.finish();
    await two.workers.close(1000);
    await Promise.all([one.queues.close(), two.queues.close()]);
  });
}

if (hasRedis) {
  let server: TestRedis;
  before(async () => {
    server = await startRedis();
  });
  after(() => server.dispose());

  testClosing('redis', () => ({ kind: 'redis', url: server.url, prefix: '{newleaf}' }));
} else {
  test('redis: closing', { skip: 'no redis-server here' }, () => undefined);
}

let dataDir: string;
let embedded: OpenedStore;
before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'newleaf-data-'));
  embedded = await openEmbedded({ dataDir });
});
after(async () => {
  await embedded.close();
  await rm(dataDir, { recursive: true, force: true });
});

testClosing('embedded', () => embedded.queue);
