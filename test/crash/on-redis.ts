import { after, before } from 'node:test';
import { hasRedis, startRedis, type TestRedis } from '../helpers/redis.ts';
import type { LanePlan } from './fleet.ts';
import { nameOf } from './points.ts';
import { type Course, cut, shares } from './shares.ts';

/** A Redis for the tests of a file; starting it is left out where the machine has none. */
export function redisForAll(): () => TestRedis {
  let redis: TestRedis | undefined;
  before(async () => {
    if (hasRedis) redis = await startRedis();
  });
  after(() => redis?.dispose());
  return () => {
    if (redis === undefined) throw new Error('no Redis was started');
    return redis;
  };
}

/** The store of one lane: its keys are its own. */
export function laneOn({ url }: TestRedis, lane: string) {
  return { store: { url, prefix: `{${lane}}` } };
}

/** Lanes that share the points of one course; in the first of them a second replica takes over. */
export function killings(redis: TestRedis, course: Course, lanes: number): readonly LanePlan[] {
  return cut(shares.redis[course], lanes).map((points, at) => ({
    title: `${course}: killed ${points.map(nameOf).join(', ')}${at === 0 ? ', a replica takes over' : ''}`,
    course,
    options: { config: laneOn(redis, `${course}-${at}`), replica: at === 0 },
    work: async (lane) => {
      for (const point of points) await lane.run(point);
    },
  }));
}
