import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasRedis, type TestRedis } from '../helpers/redis.ts';
import { type LanePlan, workFleet } from './fleet.ts';
import { killings, laneOn, redisForAll } from './on-redis.ts';
import { shares } from './shares.ts';

const theRedis = redisForAll();
const theRestarted = redisForAll();
const thePaused = redisForAll();

function outages(restarted: TestRedis, paused: TestRedis): readonly LanePlan[] {
  const restart = async (): Promise<void> => {
    await restarted.kill();
    await restarted.start();
  };
  return [
    {
      title: 'the store is killed and started in mid-rotation',
      course: 'additional',
      options: { config: laneOn(restarted, 'alive') },
      work: (lane) => lane.outlive('called', restart),
    },
    {
      title: 'the store is killed and started while the daemon is dead too',
      course: 'additional',
      options: { config: laneOn(restarted, 'dead'), meanwhile: restart },
      work: (lane) => lane.run({ at: 'append', when: 'after', kind: 'called', nth: 1 }),
    },
    {
      title: 'the store is paused in mid-rotation',
      course: 'additional',
      options: { config: laneOn(paused, 'paused') },
      work: (lane) =>
        lane.outlive('settled', async (daemon) => {
          paused.freeze();
          await daemon.logged('store connection failed');
          paused.thaw();
        }),
    },
  ];
}

const title =
  'a daemon on Redis that swaps a CA or goes back may be killed at any point, and so may Redis: it ends well, and what is served matches';

test(title, { skip: !hasRedis && 'no redis-server here', concurrency: true }, async (t) => {
  const redis = theRedis();

  const kills = await workFleet(t, [
    ...killings(redis, 'ca', 4),
    ...killings(redis, 'restore', 5),
    ...outages(theRestarted(), thePaused()),
  ]);

  t.diagnostic(`${kills} daemons were killed`);
  assert.equal(kills, shares.redis.ca.length + shares.redis.restore.length + 1);
  assert.ok(kills >= 27);
});
