import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Clients, endpointOf } from '../../../src/adapters/alibaba/clients.ts';
import { openCloudServer } from './cloud-server.ts';
import { attemptMs, never, openTestAccount } from './parts.ts';

const identity = { json: { AccountId: '1', Arn: 'acs:ram::1:user/a' } };

function at(client: { readonly _endpoint: string; readonly _protocol: string }): string {
  return `${client._protocol}://${client._endpoint}`;
}

test('plain HTTP is spoken only where it was asked for, or to this machine', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['127.0.0.1:18080', '127.0.0.1:18080', 'http'],
    ['localhost:18080', 'localhost:18080', 'http'],
    ['http://sandbox:18080/', 'sandbox:18080', 'http'],
    ['https://127.0.0.1:18443', '127.0.0.1:18443', 'https'],
    ['nlb.cn-hangzhou.aliyuncs.com', 'nlb.cn-hangzhou.aliyuncs.com', 'https'],
    ['127.0.0.1.example.com', '127.0.0.1.example.com', 'https'],
    ['nlb-vpc.example:8080', 'nlb-vpc.example:8080', 'https'],
  ];

  for (const [host, endpoint, protocol] of cases) {
    assert.deepEqual(endpointOf(host), { endpoint, protocol }, host);
  }
});

test('without configured endpoints every product has its public one, certificates by site', () => {
  const clients = new Clients({ credentials: { kind: 'chain' }, endpoints: {}, attemptMs });
  assert.equal(at(clients.nlb('eu-central-1')), 'https://nlb.eu-central-1.aliyuncs.com');
  assert.equal(at(clients.cas('cn-hangzhou')), 'https://cas.aliyuncs.com');
  assert.equal(at(clients.cas('ap-southeast-1')), 'https://cas.ap-southeast-1.aliyuncs.com');
  assert.equal(at(clients.sts()), 'https://sts.aliyuncs.com');
  const { _connectTimeout, _readTimeout, _retryOptions } = clients.cas('cn-hangzhou');
  assert.deepEqual(
    [_connectTimeout, _readTimeout, _retryOptions],
    [attemptMs, attemptMs, undefined],
  );
});

test('a temporary key travels with its token', async (t) => {
  const server = await openCloudServer(t);
  server.on('GetCallerIdentity', identity);
  const keys = { accessKeyId: 'STS.id', accessKeySecret: 'b', securityToken: 'token-1' };
  const { account } = openTestAccount(server.host, { credentials: { kind: 'keys', ...keys } });

  const found = await account.identity(never);

  assert.deepEqual(found, { accountId: '1', arn: 'acs:ram::1:user/a' });
  assert.equal(server.calls[0]?.version, '2015-04-01');
  assert.equal(server.calls[0].headers['x-acs-security-token'], 'token-1');
});

test('without keys the default chain is asked, and what it lacks is told without its details', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'newleaf-credentials-'));
  const before = { ...process.env };
  t.after(async () => {
    process.env = before;
    await rm(home, { recursive: true });
  });
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('ALIBABA_CLOUD_')) delete process.env[name];
  }
  Object.assign(process.env, { HOME: home, ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' });
  const server = await openCloudServer(t);
  server.on('GetCallerIdentity', identity);

  const { account: none } = openTestAccount(server.host, { credentials: { kind: 'chain' } });
  await assert.rejects(none.identity(never), (error: unknown) => {
    assert.match(String(error), /GetCallerIdentity in global failed: no cloud credentials found/);
    assert.ok(!JSON.stringify(error).includes(home));
    return true;
  });
  assert.equal(server.calls.length, 0);

  Object.assign(process.env, {
    ALIBABA_CLOUD_ACCESS_KEY_ID: 'from-env',
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'b',
  });
  const { account: found } = openTestAccount(server.host, { credentials: { kind: 'chain' } });
  await found.identity(never);
  assert.match(server.calls[0]?.headers.authorization ?? '', /Credential=from-env,/);
});
