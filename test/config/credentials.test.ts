import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { credentialSource } from '../../src/credential-source.ts';
import { folderWith, load, problems } from './world.ts';

function yamlOf(credentials: string): string {
  return `accounts: [{ name: main, credentials: ${credentials} }]`;
}

const key = 'accessKeyId: a, accessKeySecret: b';
const role = 'ramRole: { arn: "acs:ram::2:role/newleaf", externalId: "${EXTERNAL}" }';
const rrsa =
  'rrsa: { roleArn: "acs:ram::1:role/pod", providerArn: "acs:ram::1:oidc-provider/ack", tokenFile: token }';

test('each way to get keys becomes what the cloud adapter takes', (context) => {
  const source = (credentials: string) =>
    credentialSource(
      load(context, yamlOf(credentials), { EXTERNAL: 'x' }).accounts[0]?.credentials ?? null,
    );
  const keys = { accessKeyId: 'a', accessKeySecret: 'b', securityToken: null };
  const assumed = {
    kind: 'ram-role',
    arn: 'acs:ram::2:role/newleaf',
    sessionName: 'newleaf',
    externalId: 'x',
    durationSeconds: 3600,
  };

  assert.deepEqual(source('null'), { kind: 'chain' });
  assert.deepEqual(source(`{ ${key} }`), { kind: 'keys', ...keys });
  assert.deepEqual(source(`{ ${key}, securityToken: t }`), {
    kind: 'keys',
    ...keys,
    securityToken: 't',
  });
  assert.deepEqual(source(`{ ${role} }`), { ...assumed, keys: null });
  assert.deepEqual(source(`{ ${key}, ${role} }`), { ...assumed, keys });
  assert.deepEqual(source('{ ecsRole: reader }'), { kind: 'ecs-role', name: 'reader' });
  assert.deepEqual(source('{ ecsRole: null }'), { kind: 'ecs-role', name: null });
});

test('the token file is relative to the configuration file', (context) => {
  const path = join(folderWith(context, { 'newleaf.yaml': yamlOf(`{ ${rrsa} }`) }), 'newleaf.yaml');

  const [account] = loadConfig(path, {}).accounts;

  assert.deepEqual(credentialSource(account?.credentials ?? null), {
    kind: 'rrsa',
    roleArn: 'acs:ram::1:role/pod',
    providerArn: 'acs:ram::1:oidc-provider/ack',
    tokenFile: join(dirname(path), 'token'),
    sessionName: 'newleaf',
  });
});

const refused: Readonly<Record<string, readonly [credentials: string, line: string]>> = {
  'half a key': [
    '{ accessKeyId: a }',
    '.accessKeySecret: is missing; a key has an id and a secret',
  ],
  'a token without a key': [
    '{ ecsRole: null, securityToken: t, accessKeySecret: b }',
    '.accessKeyId: is missing; a key has an id and a secret',
  ],
  'nothing at all': [
    '{}',
    ': must hold one of accessKeyId, ramRole, rrsa, ecsRole; left out as a whole it is the default chain',
  ],
  'a key beside an instance role': [
    `{ ${key}, ecsRole: null }`,
    ': accessKeyId and ecsRole exclude each other',
  ],
  'two roles': [`{ ${rrsa}, ecsRole: r }`, ': rrsa and ecsRole exclude each other'],
  'a role by its name': [
    '{ ramRole: { arn: newleaf } }',
    '.ramRole.arn: must be the ARN of a role such as acs:ram::123456789012:role/newleaf, not "newleaf"',
  ],
  'a session that is too short': [
    '{ ramRole: { arn: "acs:ram::2:role/r", durationSeconds: 60 } }',
    '.ramRole.durationSeconds: must be a whole number from 1800 to 43200, not 60',
  ],
};
for (const [what, [credentials, line]] of Object.entries(refused)) {
  test(`${what} is refused`, (context) => {
    assert.deepEqual(problems(context, yamlOf(credentials)), [`1: accounts[0].credentials${line}`]);
  });
}
