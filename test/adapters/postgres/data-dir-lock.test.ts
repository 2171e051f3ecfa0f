import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { lockDataDir } from '../../../src/adapters/postgres/data-dir-lock.ts';

const locked = { code: 'data-dir.locked' };

async function aFolder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'newleaf-lock-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** A process that takes the folder and says `held` or `refused`. */
async function contender(t: TestContext, dir: string) {
  const source = new URL('../../../src/adapters/postgres/data-dir-lock.ts', import.meta.url);
  const script = `
    const { lockDataDir } = await import(${JSON.stringify(source.href)});
    await lockDataDir(${JSON.stringify(dir)}).then(
      () => console.log('held'),
      (error) => console.log('refused', error.code),
    );
    setInterval(() => {}, 1000);`;
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  t.after(() => child.kill('SIGKILL'));
  assert.ok(child.stdout !== null);
  const [said] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, said: String(said) };
}

test('a second holder is refused and told who has the folder, until it is released', async (t) => {
  const dir = join(await aFolder(t), 'made', 'here');
  const lock = await lockDataDir(dir);

  await assert.rejects(lockDataDir(dir), (error: Error & { fields?: Record<string, unknown> }) => {
    assert.match(
      error.message,
      new RegExp(`process ${process.pid} on ${hostname()} holds it since 20`),
    );
    assert.equal(error.fields?.['pid'], process.pid);
    return true;
  });
  await lock.release();
  const again = await lockDataDir(dir);
  await again.release();

  assert.deepEqual(await readdir(dir), []);
});

test('another process is refused, and takes over once the holder was killed', async (t) => {
  const dir = await aFolder(t);
  const { child, said } = await contender(t, dir);
  assert.equal(said, 'held');

  await assert.rejects(lockDataDir(dir), new RegExp(`process ${child.pid} on`));
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  const lock = await lockDataDir(dir);

  assert.equal((await readdir(dir)).length, 1, 'the socket left over is tidied away');
  await lock.release();
});

test('a holder that is stopped still holds', async (t) => {
  const dir = await aFolder(t);
  const { child } = await contender(t, dir);
  child.kill('SIGSTOP');

  await assert.rejects(lockDataDir(dir), /a process that does not answer holds it/);
});

test('of many that start together exactly one gets the folder', async (t) => {
  const dir = await aFolder(t);

  const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataDir(dir)));

  const held = results.filter((result) => result.status === 'fulfilled');
  assert.equal(held.length, 1);
  for (const result of results)
    if (result.status === 'rejected') assert.equal(result.reason.code, 'data-dir.locked');
  for (const { value } of held) await value.release();
});

test('a folder with a long path can be locked', async (t) => {
  const dir = join(await aFolder(t), 'x'.repeat(60), 'y'.repeat(60));
  const lock = await lockDataDir(dir);

  await assert.rejects(lockDataDir(dir), locked);

  await lock.release();
});
