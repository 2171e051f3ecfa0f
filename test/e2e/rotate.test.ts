import { test } from 'node:test';
import { hasRedis, startRedis } from '../helpers/redis.ts';
import { flows } from '../helpers/rotation-flows.ts';

for (const flow of flows) {
  const { title } = flow;
  test(`${title}, with the embedded store`, () => flow.run({}));

  test(`${title}, with Redis`, { skip: !hasRedis && 'no redis-server here' }, async () => {
    const redis = await startRedis();
    try {
      await flow.run({ store: { url: redis.url } });
    } finally {
      await redis.dispose();
    }
  });
}
