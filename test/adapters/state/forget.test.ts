import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openEmbedded } from '../../../src/adapters/postgres/open.ts';
import { openRedis } from '../../../src/adapters/redis/open.ts';
import type { OpenedStore } from '../../../src/ports/queue.ts';
import { testRetention } from '../../contract/retention.ts';
import { hasRedis, startRedis, type TestRedis } from '../../helpers/redis.ts';
import { memoryStore, quietLog } from '../../helpers/store.ts';

const memory = memoryStore();
let dataDir: string;
let embedded: OpenedStore;
let server: TestRedis | null = null;
let redis: OpenedStore;

before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'newleaf-data-'));
  embedded = await openEmbedded({ dataDir });
  if (!hasRedis) return;
  server = await startRedis();
  redis = await openRedis({ url: server.url, prefix: '{newleaf}', log: quietLog });
});
after(async () => {
  await embedded.close();
  await rm(dataDir, { recursive: true, force: true });
  if (server === null) return;
  await redis.close();
  await server.dispose();
});

testRetention('memory', () => memory);
testRetention('embedded', () => embedded.store);
if (hasRedis) testRetention('redis', () => redis.store);
else test('redis: old rotations are forgotten', { skip: 'no redis-server here' }, () => undefined);
