import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { loadConfig } from '../../src/config/load.ts';
import { Secret } from '../../src/config/secret.ts';
import { showConfig } from '../../src/config/show.ts';
import { folderWith, load, problems } from './world.ts';

const keys =
  'accounts: [{ name: main, credentials: { accessKeyId: "${AK}", accessKeySecret: "file:sk" } }]';

test('a secret is never shown by printing, logging or serialising it', () => {
  const secret = new Secret('hunter2');

  const shown = [String(secret), JSON.stringify({ secret }), inspect({ secret })].join();

  assert.ok(!shown.includes('hunter2'), shown);
  assert.equal(secret.reveal(), 'hunter2');
});

test('a variable and a file beside the configuration are filled in', (context) => {
  const folder = folderWith(context, { 'newleaf.yaml': keys, sk: 'from the file\n' });

  const config = loadConfig(join(folder, 'newleaf.yaml'), { AK: 'from the environment' });

  const credentials = config.accounts[0]?.credentials;
  assert.equal(credentials?.accessKeyId?.reveal(), 'from the environment');
  assert.equal(credentials?.accessKeySecret?.reveal(), 'from the file');
  assert.equal(credentials?.securityToken, null);
});

test('a variable may be a part of a URL', (context) => {
  const config = load(context, 'store: { url: "rediss://:${PW}@redis:6379/0" }', { PW: 'p' });

  assert.equal(config.store.url?.reveal(), 'rediss://:p@redis:6379/0');
});

test('a missing or empty variable is named', (context) => {
  const yaml = 'heartbeat: { url: "https://x.test/${PATH_KEY}" }';
  const line = '1: heartbeat.url: needs the environment variable PATH_KEY, which is not set';

  assert.deepEqual(problems(context, yaml), [line]);
  assert.deepEqual(problems(context, yaml, { PATH_KEY: '' }), [line]);
});

test('a missing file is named', (context) => {
  assert.deepEqual(
    problems(context, 'http: { tokens: [{ name: t, role: reader, token: "file:gone" }] }'),
    ['1: http.tokens[0].token: names the file gone, which cannot be read (ENOENT)'],
  );
});

test('an empty file is named', (context) => {
  const folder = folderWith(context, { 'newleaf.yaml': keys, sk: '\n' });

  assert.throws(() => loadConfig(join(folder, 'newleaf.yaml'), { AK: 'a' }), {
    code: 'config.invalid',
    message: /accessKeySecret: names the file sk, which is empty$/,
  });
});

test('a secret of the wrong type is not repeated in the error', (context) => {
  const lines = problems(context, 'http: { tokens: [{ name: t, role: reader, token: 12345678 }] }');

  assert.deepEqual(lines, [
    '1: http.tokens[0].token: must be text (${NAME} and file:PATH are filled in)',
  ]);
});

test('the configuration shows no secret, and what it shows is a file again', (context) => {
  const yaml = `
accounts: [{ name: main, credentials: { accessKeyId: AKhunter, accessKeySecret: SKhunter, securityToken: SThunter, ramRole: { arn: "acs:ram::1:role/r", externalId: XThunter } } }]
store: { url: "redis://:PWhunter@127.0.0.1" }
clientIdentities: [{ name: c, certificate: CRThunter, key: KEYhunter, listeners: [lsn-1] }]
sinks: { w: { kind: webhook, url: "https://x.test/URLhunter", secret: MAChunter } }
heartbeat: { url: "https://x.test/BEAThunter" }
http: { tokens: [{ name: t, role: reader, token: TOKhunter }] }
`;
  const config = load(context, yaml);

  const shown = showConfig(config);

  assert.ok(!shown.includes('hunter'), shown);
  assert.ok(!JSON.stringify(config).includes('hunter'));
  assert.ok(!inspect(config, { depth: 20, showHidden: true }).includes('hunter'));
  const again = load(
    context,
    shown
      .replaceAll(/url: "?\[secret\]"?/g, 'url: null')
      .replace(
        / {2}w:\n {4}kind: webhook\n {4}url: null/,
        '  w:\n    kind: webhook\n    url: https://x.test',
      ),
  );
  assert.equal(again.verify.deadline, config.verify.deadline);
});
