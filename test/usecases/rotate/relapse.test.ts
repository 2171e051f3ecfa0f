import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListenerState } from '../../../src/domain/listener.ts';
import { RotationWorld } from '../../helpers/rotation-world.ts';

/** Shows the listener as `wrong` has it, for one reading, once the restore has settled. */
function lagging(world: RotationWorld, wrong: (state: ListenerState) => ListenerState): void {
  let done = false;
  let since = 0;
  world.readAs((state) => {
    const restored = world.entries.some(
      (entry) => entry.kind === 'settled' && entry.direction === 'restore',
    );
    if (restored) since += 1;
    // The first two readings open the proof; the third is the watch between two rounds.
    if (since !== 3 || done) return state;
    done = true;
    return wrong(state);
  });
}

test('one reading that lags while a rollback is watched does not spoil it', async () => {
  const world = new RotationWorld({ untrusted: true });
  lagging(world, (state) => ({
    ...state,
    bound: [{ slot: 'default', id: world.cloud.fresh.id, state: 'bound' }],
  }));

  await world.run();

  assert.equal(world.outcome(), 'rolled-back');
});

test('a late write that is still landing while a rollback is watched is waited for and undone', async () => {
  const world = new RotationWorld({ calls: { 1: 'late' }, swaps: 'lost-before' });
  const { old, fresh } = world.cloud;
  let landing = 0;
  world.readAs((state) => {
    const landed = state.bound[0]?.id === fresh.id && landing < 8;
    if (!landed) return state;
    landing += 1;
    return {
      ...state,
      status: 'changing',
      bound: [
        { slot: 'default', id: old.id, state: 'unbinding' },
        { slot: 'default', id: fresh.id, state: 'binding' },
      ],
    };
  });

  await world.run();

  assert.equal(world.outcome(), 'rolled-back');
  assert.equal(world.cloud.bound(), old.id);
  assert.ok(world.entries.some(({ kind }) => kind === 'relapsed'));
});
