import { after, before, test } from 'node:test';
import { openRedis } from '../../../src/adapters/redis/open.ts';
import type { OpenedStore } from '../../../src/ports/queue.ts';
import { testStreams, testValues } from '../../contract/store.ts';
import { hasRedis, startRedis, type TestRedis } from '../../helpers/redis.ts';
import { quietLog } from '../../helpers/store.ts';

if (hasRedis) {
  let server: TestRedis;
  let opened: OpenedStore;

  before(async () => {
    server = await startRedis();
    opened = await openRedis({ url: server.url, prefix: '{newleaf}', log: quietLog });
  });
  after(async () => {
    await opened.close();
    await server.dispose();
  });

  testStreams('redis', () => opened.store);
  testValues('redis', () => opened.store);
} else {
  test('redis: the store keeps its contract', { skip: 'no redis-server here' }, () => undefined);
}
