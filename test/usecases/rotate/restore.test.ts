import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NewleafError, type ErrorCode } from '../../../src/domain/errors.ts';
import { RotationWorld } from '../../helpers/rotation-world.ts';

/** The candidate is broken, and the cloud answers the first `times` restores with this code: nothing was written. */
function refusing(code: ErrorCode, times: number): RotationWorld {
  const world = new RotationWorld({ untrusted: true });
  const account = world.cloud.account();
  let left = times;
  const writer: typeof account.writer = {
    ...account.writer,
    start: async (was, step, token, signal) => {
      const restores = step.kind === 'replace' && step.to === world.cloud.old.id;
      if (restores && left > 0) {
        left -= 1;
        throw new NewleafError(code, 'the cloud said no', { fields: { definite: true } });
      }
      return account.writer.start(was, step, token, signal);
    },
  };
  world.adjust = (deps) => ({ ...deps, accounts: new Map([['main', { ...account, writer }]]) });
  return world;
}

for (const code of ['cloud.conflict', 'cloud.throttled', 'cloud.busy'] as const) {
  test(`a restore answered with ${code} is tried again, under the same token`, async () => {
    const world = refusing(code, 4);

    await world.run();

    assert.equal(world.outcome(), 'rolled-back');
    assert.equal(world.cloud.bound(), world.cloud.old.id);
    const tokens = world.entries.flatMap((entry) =>
      entry.kind === 'intended' && entry.direction === 'restore' ? [entry.token] : [],
    );
    assert.deepEqual(
      world.cloud.writes.slice(1).map(({ token }) => token),
      tokens,
    );
  });
}

test('a restore that the cloud keeps putting off reaches a person in the end', async () => {
  const world = refusing('cloud.conflict', 1000);

  await world.run();

  assert.equal(world.outcome(), 'needs-operator');
  assert.equal(world.entries.filter(({ kind }) => kind === 'call-failed').length, 10);
});

test('a restore that is not allowed reaches a person at once', async () => {
  const world = refusing('cloud.denied', 1000);

  await world.run();

  assert.equal(world.outcome(), 'needs-operator');
  assert.equal(world.entries.filter(({ kind }) => kind === 'call-failed').length, 1);
});
