import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FaultBook } from '../../src/sandbox/faults/book.ts';
import { Jobs } from '../../src/sandbox/nlb/jobs.ts';
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

test('a job of a world that is thrown away never ends, and keeps no process waiting', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const jobs = new Jobs(new FaultBook(), 50);
  const ended: string[] = [];
  const start = (listenerId: string) =>
    jobs.start({
      region: 'cn-hangzhou',
      action: 'StopListener',
      listenerId,
      finish: () => ended.push(listenerId),
      abandon: () => undefined,
    });

  start('lsn-done');
  context.mock.timers.tick(50);
  start('lsn-before');
  jobs.close();
  start('lsn-after');
  context.mock.timers.tick(50);

  assert.deepEqual(ended, ['lsn-done']);
});
