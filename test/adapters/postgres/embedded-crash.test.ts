import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { openEmbedded } from '../../../src/adapters/postgres/open.ts';

test('the embedded store loses nothing it said yes to when its process is killed', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'newleaf-data-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  const source = new URL('../../../src/adapters/postgres/open.ts', import.meta.url);
  const script = `
    const { openEmbedded } = await import(${JSON.stringify(source.href)});
    const { store } = await openEmbedded({ dataDir: ${JSON.stringify(dataDir)} });
    for (let after = 0; ; after += 1) {
      await store.append('journal/r', { id: 'e' + after, value: 'x'.repeat(2000) }, after);
      console.log(after + 1);
    }`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let saidYes = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    saidYes = Number(line);
    if (saidYes === 200) child.kill('SIGKILL');
  }

  const { store, close } = await openEmbedded({ dataDir });
  t.after(close);
  const entries = await store.read('journal/r', 0);

  assert.ok(saidYes >= 200);
  assert.ok(entries.length >= saidYes, `${entries.length} of ${saidYes}`);
  assert.deepEqual(
    entries.map(({ id }) => id),
    entries.map((_, index) => `e${index}`),
  );
  await store.append('journal/r', { id: 'next', value: '' }, entries.length);
  const durability = await store.durability();
  assert.equal(durability.survivesProcess, true);
  assert.equal(durability.survivesMachine, false);
});
