import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NewleafError } from '../../../src/domain/errors.ts';
import { after } from '../../helpers/facts.ts';
import { RotationWorld } from '../../helpers/rotation-world.ts';

test('a crash before the first write and a window that closed meanwhile: it is deferred, not started', async () => {
  // The first boundary is the append of the baseline.
  const world = new RotationWorld({}, { at: 1, when: 'after' });
  world.adjust = (deps) => ({
    ...deps,
    startBlocker: async () =>
      world.entries.length === 0
        ? null
        : { reason: 'window', detail: 'opens at 02:00', until: null },
  });

  const rotation = await world.run();

  assert.equal(rotation.ending?.entry.kind, 'deferred');
  assert.equal(world.cloud.writes.length, 0);
  assert.equal(world.open, false);
});

test('a baseline from before a long outage is not compared with: it is deferred and planned anew', async () => {
  const world = new RotationWorld({}, { at: 1, when: 'after' });
  let turns = 0;
  world.adjust = (deps) => {
    turns += 1;
    const [baseline] = world.entries;
    if (turns === 2 && baseline !== undefined)
      world.entries[0] = { ...baseline, at: after(baseline.at, -11 * 60_000) };
    return deps;
  };

  const rotation = await world.run();

  assert.equal(rotation.ending?.entry.kind, 'deferred');
  assert.equal(world.cloud.writes.length, 0);
});

test('what is under way is carried on, whatever the window says', async () => {
  const world = new RotationWorld();
  world.adjust = (deps) => ({
    ...deps,
    startBlocker: async () =>
      world.cloud.writes.length === 0
        ? null
        : { reason: 'window', detail: 'opens at 02:00', until: null },
  });

  await world.run();

  assert.equal(world.outcome(), 'committed');
});

test('a store that forgot the first write does not make a rotation of a listener that was swapped put off', async () => {
  const world = new RotationWorld();
  let isLost = false;
  world.adjust = (deps) => ({
    ...deps,
    startBlocker: async () =>
      isLost ? { reason: 'window', detail: 'opens at 02:00', until: null } : null,
    journal: {
      ...deps.journal,
      append: async (id, event, place) => {
        const entry = await deps.journal.append(id, event, place);
        if (event.kind !== 'settled' || isLost) return entry;
        isLost = true;
        world.entries.splice(1);
        throw new NewleafError('store.unavailable', 'the store went away and lost its last second');
      },
    },
  });

  await world.run();

  assert.equal(world.outcome(), 'committed');
  assert.equal(world.cloud.writes.length, 1);
});
