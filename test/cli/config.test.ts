import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/start.ts';
import { openFolder, runCli } from '../helpers/cli.ts';
import { openSandboxCli } from '../helpers/sandbox-cli.ts';

let sandbox: RunningSandbox;

before(async () => {
  sandbox = await startSandbox({ seed: 'small' });
});
after(() => sandbox.close());

const listener = 'lsn-smallweb0000001@8443';

test('config schema prints exactly the schema that editors find beside the defaults', async () => {
  const { code, out } = await runCli(['config', 'schema']);

  assert.equal(code, 0);
  assert.equal(out, await readFile('config/config.schema.json', 'utf8'));
});

test('config check says that nothing is wrong, in words and as a document', async () => {
  await using folder = await openFolder();
  const file = await folder.config({ dataDir: 'data' });

  const words = await runCli(['config', 'check', '-c', file]);
  const json = await runCli(['config', 'check', '--json', '-c', file]);

  assert.deepEqual([words.code, json.code], [0, 0]);
  assert.match(words.out, /the configuration is valid\n$/);
  assert.equal(JSON.parse(json.out).valid, true);
  assert.ok(Array.isArray(JSON.parse(json.out).notes));
});

test('config check lists everything that is wrong, one line each, and ends with 1', async () => {
  await using folder = await openFolder();
  const file = await folder.config('dataDir: 7\nschedul: {}\n');

  const words = await runCli(['config', 'check', '-c', file]);
  const json = await runCli(['config', 'check', '--json', '-c', file]);

  assert.deepEqual([words.code, json.code], [1, 1]);
  assert.equal(words.out.trimEnd().split('\n').length, 2);
  assert.match(words.out, /dataDir: .*\n.*schedul: unknown key; did you mean schedule\?/);
  const { valid, problems } = JSON.parse(json.out);
  assert.deepEqual([valid, problems], [false, words.out.trimEnd().split('\n')]);
});

test('config show fills in the defaults, hides the secrets and reads back as itself', async () => {
  await using folder = await openFolder();
  const token = 'a-token-that-nobody-may-see';
  const file = await folder.config({
    accounts: [{ name: 'main', credentials: { accessKeyId: 'AKhush', accessKeySecret: 'hush' } }],
    store: { url: 'redis://:hush@localhost:6379' },
    http: { tokens: [{ name: 'grafana', role: 'reader', token }] },
  });

  const { code, out } = await runCli(['config', 'show', '-c', file]);

  assert.equal(code, 0);
  assert.doesNotMatch(out, /hush|nobody-may-see/);
  const shown = parse(out);
  assert.equal(shown.accounts[0].name, 'main');
  const defaults = loadConfig(null);
  assert.equal(shown.http.listen, '127.0.0.1:9877');
  assert.equal(shown.defaults.mode, defaults.defaults.mode);
  assert.equal(shown.retention.journal, '400d');
});

test('config explain tells which policy a listener falls under, and why not an earlier one', async () => {
  await using cli = await openSandboxCli(sandbox, {
    policies: [
      { name: 'stage', match: { regions: ['eu-central-1'] }, mode: 'auto' },
      { name: 'pilot', match: { regions: ['cn-hangzhou'] }, mode: 'approve', windows: [] },
      { name: 'rest', match: {} },
    ],
  });

  const words = await cli.run('config', 'explain', listener);
  const json = await cli.run('config', 'explain', listener, '--json');
  const unknown = await cli.run('config', 'explain', 'lsn-none');

  assert.equal(
    words.out,
    [
      'stage does not match: regions is cn-hangzhou, not eu-central-1',
      'pilot applies: mode approve, windows any time',
      'rest matches too, but comes later',
      'defaults matches too, but comes later',
      '',
    ].join('\n'),
  );
  const { policy, alsoMatching } = JSON.parse(json.out);
  assert.deepEqual([policy.name, alsoMatching], ['pilot', ['rest', 'defaults']]);
  assert.equal(unknown.code, 1);
  assert.match(unknown.error ?? '', /no listener lsn-none is found: newleaf scan lists them/);
});
