import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasRedis, type TestRedis } from '../helpers/redis.ts';
import { type LanePlan, workFleet } from './fleet.ts';
import { killings, laneOn, redisForAll } from './on-redis.ts';
import { nameOf, type Point } from './points.ts';
import { isWhole, shares } from './shares.ts';

const theRedis = redisForAll();

const third = '15230007-cn-hangzhou';

/** While the cloud works on it, while it is waited for, and just before a person is asked. */
const intrusions: readonly Point[] = [
  { at: 'write', when: 'after', kind: 'write', nth: 1 },
  { at: 'append', when: 'after', kind: 'called', nth: 1 },
  { at: 'append', when: 'before', kind: 'needs-operator', nth: 1 },
];

function strangers(redis: TestRedis): readonly LanePlan[] {
  return intrusions.map((point, at) => ({
    title: `somebody else binds a certificate, and the daemon is killed ${nameOf(point)}`,
    course: 'default',
    options: { config: laneOn(redis, `stranger-${at}`) },
    work: (lane) => lane.yieldTo(third, point),
  }));
}

const title =
  'a daemon on Redis that swaps server certificates may be killed at any point: it ends well, and what is served matches';

test(title, { skip: !hasRedis && 'no redis-server here', concurrency: true }, async (t) => {
  assert.ok(isWhole(), 'every point is taken by one of the stores');
  const redis = theRedis();

  const kills = await workFleet(t, [
    ...killings(redis, 'default', 3),
    ...killings(redis, 'additional', 6),
    ...strangers(redis),
  ]);

  const { default: plain, additional } = shares.redis;
  t.diagnostic(`${kills} daemons were killed`);
  assert.equal(kills, plain.length + additional.length + intrusions.length);
  assert.ok(kills >= 28);
});
