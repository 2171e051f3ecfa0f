import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { loadConfig, readEnvironment } from '../../src/config/load.ts';
import { alertRulesFrom } from '../../src/config/alert-rules.ts';
import { rulesFrom } from '../../src/config/rules.ts';
import { configJsonSchema } from '../../src/config/schema.ts';
import { showConfig } from '../../src/config/show.ts';
import { folderWith } from './world.ts';

const productionEnvironment = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: 'id',
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret',
  NEWLEAF_STORE_URL: 'rediss://redis.example.com:6379',
  NEWLEAF_ONCALL_URL: 'https://hooks.example.com/oncall',
  NEWLEAF_ONCALL_SECRET: 'shared',
  NEWLEAF_PAGERDUTY_KEY: '0123456789abcdef0123456789abcdef',
  NEWLEAF_SMTP_USER: 'newleaf',
  NEWLEAF_SMTP_PASSWORD: 'secret',
  NEWLEAF_TEAM_URL: 'https://oapi.dingtalk.com/robot/send?access_token=x',
  NEWLEAF_TEAM_SECRET: 'SEC',
  NEWLEAF_HEARTBEAT_URL: 'https://heartbeat.example.com/newleaf',
  NEWLEAF_READER_TOKEN: 'reader',
  NEWLEAF_OPERATOR_TOKEN: 'operator',
};

test('default.yaml says what the code does without a file', () => {
  const file = loadConfig('config/default.yaml', {});
  const code = loadConfig(null, {});

  assert.deepEqual({ ...file, dataDir: 'data' }, { ...code, dataDir: 'data' });
});

test('default.yaml names every setting', (context) => {
  const shown = folderWith(context, { 'shown.yaml': showConfig(loadConfig(null, {})) });

  const inFile = new Set(keysOf('config/default.yaml'));
  const missing = keysOf(join(shown, 'shown.yaml')).filter(
    (key) => !inFile.has(key) && key !== 'kind',
  );
  assert.deepEqual(missing, []);
});

test('demo.yaml loads, and is quick enough to watch', () => {
  const config = loadConfig('config/demo.yaml', {});

  const rules = rulesFrom(config);
  assert.equal(rules.scanEvery, 10_000);
  assert.ok(rules.verify.deadline + rules.verify.settle <= 15_000);
  assert.deepEqual(rules.policies[0]?.windows, []);
});

test('production.example.yaml loads', () => {
  const config = loadConfig('config/production.example.yaml', productionEnvironment);

  assert.deepEqual(
    rulesFrom(config).policies.map(({ name, mode }) => `${name} ${mode}`),
    ['pilot approve', 'europe auto', 'defaults observe'],
  );
  assert.deepEqual(alertRulesFrom(config).routes, []);
});

test('production.example.yaml names each variable it lacks', () => {
  assert.throws(
    () => loadConfig('config/production.example.yaml', {}),
    (error: Error) => {
      for (const name of Object.keys(productionEnvironment))
        assert.ok(error.message.includes(name), name);
      return true;
    },
  );
});

test('config.schema.json is the schema of this release', () => {
  const committed: unknown = JSON.parse(readFileSync('config/config.schema.json', 'utf8'));

  assert.deepEqual(committed, configJsonSchema());
});

test('an empty file is the defaults', (context) => {
  const folder = folderWith(context, { 'empty.yaml': '# nothing\n' });

  const config = loadConfig(join(folder, 'empty.yaml'), {});

  assert.deepEqual({ ...config, dataDir: '' }, { ...loadConfig(null, {}), dataDir: '' });
});

test('paths are relative to the folder of the file', (context) => {
  const folder = folderWith(context, {
    'n.yaml': 'dataDir: here\nprobe: { roots: [roots/a.pem, /etc/b.pem] }\n',
  });

  const config = loadConfig(join(folder, 'n.yaml'), {});

  assert.equal(config.dataDir, join(folder, 'here'));
  assert.deepEqual(config.probe.roots, [join(folder, 'roots/a.pem'), '/etc/b.pem']);
  assert.equal(loadConfig(null, {}).dataDir, resolve('data'));
});

test('an IPv6 address is listened on, and shown as it was written', (context) => {
  const folder = folderWith(context, { 'n.yaml': 'http: { listen: "[::1]:9877" }\n' });

  const config = loadConfig(join(folder, 'n.yaml'), {});

  assert.deepEqual(config.http.listen, { host: '::1', port: 9877 });
  assert.match(showConfig(config), /listen: "\[::1\]:9877"/);
});

test('a file that is not there is one line naming it', () => {
  assert.throws(() => loadConfig('/nowhere/newleaf.yaml', {}), {
    code: 'config.unreadable',
    message: 'cannot read the configuration file /nowhere/newleaf.yaml (ENOENT)',
  });
});

test('the process is told its file, daemon, token and colour by the environment', () => {
  const given = { NEWLEAF_CONFIG: 'c', NEWLEAF_URL: 'u', NEWLEAF_TOKEN: 't', NO_COLOR: '1' };

  assert.deepEqual(readEnvironment(given), { config: 'c', url: 'u', token: 't', noColor: true });
  assert.deepEqual(readEnvironment({ NO_COLOR: '', NEWLEAF_URL: '' }), {
    config: null,
    url: null,
    token: null,
    noColor: false,
  });
});

function keysOf(path: string): readonly string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => /^\s*(?:- )?([A-Za-z]+):/.exec(line)?.[1] ?? []);
}
