import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LanePlan, workFleet } from './fleet.ts';
import { nameOf } from './points.ts';
import { type Course, cut, shares } from './shares.ts';

function killings(course: Course): readonly LanePlan[] {
  return cut(shares.embedded[course], 1).map((points) => ({
    title: `${course}: killed ${points.map(nameOf).join(', ')}`,
    course,
    options: { config: {} },
    work: async (lane) => {
      for (const point of points) await lane.run(point);
    },
  }));
}

test('a daemon on the embedded store may be killed at any point of a rotation: it ends well, and what is served matches', {
  concurrency: true,
}, async (t) => {
  const kills = await workFleet(t, [...killings('default'), ...killings('additional')]);

  t.diagnostic(`${kills} daemons were killed on the embedded store`);
  assert.equal(kills, Object.values(shares.embedded).flat().length);
});
