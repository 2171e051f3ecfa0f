import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { stringify } from 'yaml';
import { accessTokens, knownHostsOf, makeDataDir } from '../src/access.ts';
import { loadConfig } from '../src/config/load.ts';
import type { Config } from '../src/config/schema.ts';

let dir: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'newleaf-access-'));
});
after(() => rm(dir, { recursive: true, force: true }));

async function configOf(settings: Readonly<Record<string, unknown>>): Promise<Config> {
  const file = join(dir, 'newleaf.yaml');
  await writeFile(file, stringify(settings));
  return loadConfig(file);
}

test('the first start makes a token that only its own user may read, and later ones keep it', async () => {
  const config = await configOf({ dataDir: 'first/data' });
  const file = join(dir, 'first/data/token');

  makeDataDir(config.dataDir);
  const [local, ...others] = accessTokens(config);

  assert.deepEqual([local?.name, local?.role, others], ['local', 'operator', []]);
  assert.match(local?.token ?? '', /^[\w-]{43}$/);
  assert.equal((await readFile(file, 'utf8')).trim(), local?.token);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(join(dir, 'first/data'))).mode & 0o777, 0o700);
  await chmod(file, 0o644);
  assert.equal(accessTokens(config)[0]?.token, local?.token);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
});

test('a start that died before it had written the token leaves none that is empty', async () => {
  const config = await configOf({ dataDir: '.' });
  await writeFile(join(dir, 'token'), '');

  const [local] = accessTokens(config);

  assert.match(local?.token ?? '', /^[\w-]{43}$/);
  assert.equal(accessTokens(config)[0]?.token, local?.token);
});

test('a folder that cannot be written to is named', async () => {
  const { dataDir } = await configOf({ dataDir: 'newleaf.yaml/data' });

  assert.throws(() => makeDataDir(dataDir), {
    code: 'config.unreadable',
    message: `cannot use ${dir}/newleaf.yaml/data as dataDir (ENOTDIR): it must be a folder that newleaf may write to`,
  });
});

test('named tokens come with their roles', async () => {
  const tokens = [{ name: 'grafana', role: 'reader', token: 'long enough to be a token' }];
  const config = await configOf({ dataDir: '.', http: { tokens } });

  assert.deepEqual(accessTokens(config)[0], tokens[0]);
});

test('the server is known by its own address, loopback and the names configured, in any case', async () => {
  const config = await configOf({
    http: { listen: '[fd00::1]:9877', hosts: ['Newleaf.Example.com'] },
  });

  assert.deepEqual(
    [...knownHostsOf(config)],
    ['[fd00::1]', '127.0.0.1', 'localhost', '[::1]', 'newleaf.example.com'],
  );
});
