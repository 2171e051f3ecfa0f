import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sink } from '../../src/ports/sink.ts';
import { createAlerts } from '../../src/usecases/announce.ts';
import { deliver } from '../../src/usecases/deliver.ts';
import { alertWorld, missing, steady } from '../helpers/alerts.ts';

/** A sink that forgets after a while and takes two hundred at once; `told` holds what it was told, by key. */
function forgetful(): Sink & { readonly told: string[] } {
  const told: string[] = [];
  return {
    told,
    name: 'wall',
    kind: 'alertmanager',
    style: 'state',
    refreshEvery: 120_000,
    limits: { bytes: 1_000_000, perMinute: 6_000 },
    deliver: async ({ announcements }) => {
      const taken = announcements.slice(0, 200);
      told.push(...taken.map(({ key }) => key));
      return { kind: 'accepted', taken: taken.length };
    },
  };
}

test('a sink that forgets is told again of everything that fires, however much that is', async () => {
  const sink = forgetful();
  const world = alertWorld([sink]);
  const problems = Array.from({ length: 620 }, (_, index) => missing(`action-${index}`));
  await createAlerts(world).update(problems, { covers: () => true });

  for (let round = 0; round < 3; round += 1) {
    sink.told.length = 0;
    await deliver(world, 'wall', steady);
    assert.equal(new Set(sink.told).size, 620, `round ${round}`);
    await world.clock.sleep(120_000, steady);
  }
});
