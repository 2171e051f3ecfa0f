import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { markStore, refuseLeftRotations } from '../../src/store-mark.ts';
import { openFolder, runCli } from '../helpers/cli.ts';

test('state export and import move an embedded store; files and stores that are there are not overwritten', async () => {
  await using one = await openFolder();
  await using two = await openFolder();
  const [from, to] = [
    await one.config({ dataDir: join(one.dir, 'data') }),
    await two.config({ dataDir: join(two.dir, 'data') }),
  ];
  const file = join(one.dir, 'state.ndjson');

  const exported = await runCli(['-c', from, 'state', 'export', file]);
  const again = await runCli(['-c', from, 'state', 'export', file]);
  const imported = await runCli(['-c', to, 'state', 'import', file, '--json']);
  const missing = await runCli(['-c', to, 'state', 'import', join(one.dir, 'nothing')]);

  assert.deepEqual([exported.code, exported.out], [0, `2 lines written to ${file}\n`]);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.deepEqual([again.code, again.err], [1, `newleaf: cannot use ${file} (EEXIST)\n`]);
  assert.deepEqual(JSON.parse(imported.out), { values: 0, entries: 0 });
  assert.match(missing.err, /^newleaf: cannot use .*nothing \(ENOENT\)\n$/);
});

test('a folder whose last store was left with open rotations takes no other store', async () => {
  await using folder = await openFolder();
  const dataDir = folder.dir;
  const load = async (store: Readonly<Record<string, string>>) =>
    loadConfig(await folder.config({ dataDir, store }));
  const redis = await load({ url: 'redis://kim:hush@db.example.com:6379/2' });
  markStore(redis, ['r-2', 'r-1']);
  const embedded = loadConfig(await folder.config({ dataDir }));

  assert.throws(() => refuseLeftRotations(embedded), {
    code: 'config.invalid',
    message: `the store redis://db.example.com:6379/2 {newleaf} was left with 2 rotations open (r-1, r-2): let them end there, or move everything with newleaf state export and import; if that store is lost, remove ${join(dataDir, 'store.json')}`,
  });
  refuseLeftRotations(redis);
  assert.doesNotMatch(await readFile(join(dataDir, 'store.json'), 'utf8'), /hush|kim/);
  markStore(redis, []);
  refuseLeftRotations(embedded);
  await writeFile(join(dataDir, 'store.json'), 'torn');
  refuseLeftRotations(embedded);
});
