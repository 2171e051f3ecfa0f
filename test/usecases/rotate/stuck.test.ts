import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NewleafError, type ErrorCode } from '../../../src/domain/errors.ts';
import { executeRotation } from '../../../src/usecases/rotate/execute.ts';
import { RotationWorld } from '../../helpers/rotation-world.ts';

const signal = new AbortController().signal;

/** After the swap was taken the cloud answers every reading like this, until `heal` is called. */
function cutOff(code: ErrorCode): { world: RotationWorld; heal: () => void } {
  const world = new RotationWorld();
  let isCut = true;
  world.readAs((state) => {
    if (isCut && world.cloud.writes.length > 0) throw new NewleafError(code, 'no answer');
    return state;
  });
  return { world, heal: () => void (isCut = false) };
}

async function goesOn(world: RotationWorld): Promise<void> {
  await executeRotation(world.adjust(world.deps()), world.record.id, signal);
}

test('a swap that can be neither proven nor undone is told at once when that will not pass', async () => {
  const { world } = cutOff('cloud.denied');

  await assert.rejects(goesOn(world), { code: 'cloud.denied' });

  const [problem] = world.problems.values();
  assert.equal(problem?.severity, 'critical');
  assert.match(JSON.stringify(problem?.facts), /cannot go on \(cloud\.denied\)/);
});

test('a cloud that is away for a moment is no news, for minutes it is, and the outcome replaces it', async () => {
  const { world, heal } = cutOff('cloud.unavailable');
  await assert.rejects(goesOn(world), { code: 'cloud.unavailable' });
  assert.equal(world.problems.size, 0);

  await world.clock.sleep(6 * 60_000, signal);
  await assert.rejects(goesOn(world), { code: 'cloud.unavailable' });
  assert.deepEqual(
    [...world.problems.values()].map(({ severity }) => severity),
    ['critical'],
  );

  heal();
  await world.run();
  assert.equal(world.outcome(), 'committed');
  assert.deepEqual(
    [...world.problems.values()].map(({ severity }) => severity),
    ['info'],
  );
});

test('what keeps a rotation from starting is not told as a listener in danger', async () => {
  const world = new RotationWorld();
  world.readAs(() => {
    throw new NewleafError('cloud.denied', 'no answer');
  });

  await assert.rejects(goesOn(world), { code: 'cloud.denied' });

  assert.equal(world.problems.size, 0);
});

test('an account that was taken out of the configuration in mid-rotation is told', async () => {
  const { world } = cutOff('cloud.denied');
  await assert.rejects(goesOn(world));
  world.problems.clear();
  world.adjust = (deps) => ({ ...deps, accounts: new Map() });

  await assert.rejects(goesOn(world), { code: 'not-found' });

  assert.equal(world.problems.size, 1);
});
