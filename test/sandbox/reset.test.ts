import assert from 'node:assert/strict';
import { test } from 'node:test';
import { front, listenerState, post, shake, smallSandbox, until } from './support.ts';

test('resets ordered at once take turns, and the listeners answer after the last', async () => {
  const sandbox = await smallSandbox();
  try {
    const resets = await Promise.all([1, 2, 3].map(() => post(sandbox, '/reset', {})));

    assert.deepEqual(
      resets.map(({ status, body }) => [status, body]),
      resets.map(() => [200, { reset: true }]),
    );
    const [point] = (await listenerState(sandbox, front)).serving;
    assert.ok(point !== undefined);
    assert.equal((await shake(point)).error, null);
  } finally {
    await sandbox.close();
  }
});

test('a sandbox closed while resets are under way leaves nothing open', async () => {
  const sandbox = await smallSandbox();
  const [point] = (await listenerState(sandbox, front)).serving;
  assert.ok(point !== undefined);

  const resets = [1, 2, 3, 4].map(() => post(sandbox, '/reset', {}).catch(() => null));
  await until(async () => ((await shake(point)).error === 'ECONNREFUSED' ? true : null));
  await sandbox.close();
  await Promise.all(resets);

  assert.equal((await shake(point)).error, 'ECONNREFUSED');
});
