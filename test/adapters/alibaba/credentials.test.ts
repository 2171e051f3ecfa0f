import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { CredentialSource } from '../../../src/adapters/alibaba/credentials.ts';
import { type Answer, type CloudServer, openCloudServer, refused } from './cloud-server.ts';
import { never, openTestAccount, secret } from './parts.ts';

const keys = { accessKeyId: 'asker', accessKeySecret: secret, securityToken: null };
const role: Extract<CredentialSource, { kind: 'ram-role' }> = {
  kind: 'ram-role',
  arn: 'acs:ram::2:role/newleaf',
  keys,
  sessionName: 'newleaf',
  externalId: 'only-us',
  durationSeconds: 1800,
};

/** A session as STS hands it out. */
function session(id: string, lives = 3_600_000): Answer {
  return {
    json: {
      RequestId: 'req-1',
      AssumedRoleUser: {
        Arn: 'acs:ram::2:assumed-role/newleaf/newleaf',
        AssumedRoleId: '3:newleaf',
      },
      Credentials: {
        AccessKeyId: id,
        AccessKeySecret: `${secret}-of-${id}`,
        SecurityToken: `token-of-${id}`,
        Expiration: new Date(Date.now() + lives).toISOString().replace(/\.\d+Z$/, 'Z'),
      },
    },
  };
}

async function stage(t: TestContext): Promise<CloudServer> {
  const server = await openCloudServer(t);
  server.on('GetCallerIdentity', { json: { AccountId: '2', Arn: 'acs:ram::2:role/newleaf' } });
  server.on('DescribeRegions', { json: { Regions: [{ RegionId: 'cn-hangzhou' }] } });
  return server;
}

function sent(server: CloudServer, action: string) {
  return server.calls.filter((call) => call.action === action);
}

test('a role of another account is assumed once for calls that come together, and signs them', async (t) => {
  const server = await stage(t);
  server.on('AssumeRole', session('STS.1'));
  const { account } = openTestAccount(server.host, { credentials: role });

  await Promise.all([account.identity(never), account.listeners.regions(never)]);
  await account.identity(never);

  const [asked, ...more] = sent(server, 'AssumeRole');
  assert.equal(more.length, 0);
  assert.equal(asked?.version, '2015-04-01');
  const { RoleArn, RoleSessionName, ExternalId, DurationSeconds, AccessKeyId } = asked.params;
  assert.deepEqual(
    { RoleArn, RoleSessionName, ExternalId, DurationSeconds, AccessKeyId },
    {
      RoleArn: role.arn,
      RoleSessionName: 'newleaf',
      ExternalId: 'only-us',
      DurationSeconds: '1800',
      AccessKeyId: 'asker',
    },
  );
  const calls = [...sent(server, 'GetCallerIdentity'), ...sent(server, 'DescribeRegions')];
  assert.equal(calls.length, 3);
  for (const { headers } of calls) {
    assert.match(headers.authorization ?? '', /Credential=STS\.1,/);
    assert.equal(headers['x-acs-security-token'], 'token-of-STS.1');
  }
});

test('a session is renewed before it ends', async (t) => {
  const server = await stage(t);
  server.on('AssumeRole', session('STS.1', 60_000), session('STS.2'));
  const { account } = openTestAccount(server.host, { credentials: role });

  await account.identity(never);
  await account.identity(never);

  const used = sent(server, 'GetCallerIdentity').map(({ headers }) => headers.authorization ?? '');
  assert.match(used.at(-1) ?? '', /Credential=STS\.2,/);
});

test('a Kubernetes token is exchanged for the keys of a role, and read again each time', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'newleaf-rrsa-'));
  t.after(() => rm(folder, { recursive: true }));
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, 'ey.first');
  const server = await stage(t);
  server.on('AssumeRoleWithOIDC', session('STS.1', 60_000), session('STS.2'));
  const providerArn = 'acs:ram::1:oidc-provider/ack';
  const { account } = openTestAccount(server.host, {
    credentials: { kind: 'rrsa', roleArn: role.arn, providerArn, tokenFile, sessionName: 'pod' },
  });

  await account.identity(never);
  await writeFile(tokenFile, 'ey.second');
  await account.identity(never);

  const asked = sent(server, 'AssumeRoleWithOIDC').map(({ params }) => params);
  assert.deepEqual(
    asked.map(({ OIDCToken, OIDCProviderArn, RoleArn }) => [OIDCToken, OIDCProviderArn, RoleArn]),
    [
      ['ey.first', providerArn, role.arn],
      ['ey.second', providerArn, role.arn],
    ],
  );
});

const failures: Readonly<Record<string, readonly [answer: Answer, code: string, message: RegExp]>> =
  {
    'a role that may not be assumed': [
      refused(403, 'NoPermission', `you sent ${secret}`),
      'cloud.credentials',
      /GetCallerIdentity in global failed: assuming the role acs:ram::2:role\/newleaf failed with NoPermission$/,
    ],
    'a key that STS does not know': [
      refused(404, 'InvalidAccessKeyId.NotFound', `asker ${secret}`),
      'cloud.credentials',
      /failed with InvalidAccessKeyId\.NotFound$/,
    ],
    'STS that has too much to do': [
      refused(400, 'Throttling.User'),
      'cloud.throttled',
      /failed with Throttling\.User$/,
    ],
    'STS that hangs up': ['reset', 'cloud.unavailable', /got no answer$/],
    'an answer without keys': [
      { json: { RequestId: 'r' } },
      'cloud.credentials',
      /assuming the role acs:ram::2:role\/newleaf failed$/,
    ],
  };
for (const [what, [answer, code, message]] of Object.entries(failures)) {
  test(`${what} is told without any secret`, async (t) => {
    const server = await stage(t);
    server.on('AssumeRole', answer);
    const { account } = openTestAccount(server.host, { credentials: role });

    await assert.rejects(account.identity(never), (error: unknown) => {
      assert.ok(error instanceof Error);
      assert.equal('code' in error ? error.code : null, code);
      assert.match(error.message, message);
      const whole = `${error.stack} ${String(error.cause)} ${JSON.stringify(error)}`;
      assert.ok(!whole.includes(secret), whole);
      assert.ok(!whole.includes('only-us'), whole);
      return true;
    });
    assert.equal(sent(server, 'GetCallerIdentity').length, 0);
  });
}

test('a token file that is not there is a mistake in the configuration', async (t) => {
  const server = await stage(t);
  const { account } = openTestAccount(server.host, {
    credentials: {
      kind: 'rrsa',
      roleArn: role.arn,
      providerArn: 'acs:ram::1:oidc-provider/ack',
      tokenFile: '/nonexistent/token',
      sessionName: 'pod',
    },
  });

  await assert.rejects(account.identity(never), {
    code: 'cloud.credentials',
    message: /token file/,
  });
  assert.equal(server.calls.length, 0);
});

test('without keys of its own the role is asked for by the default chain', async (t) => {
  const before = { ...process.env };
  t.after(() => {
    process.env = before;
  });
  process.env['ALIBABA_CLOUD_ACCESS_KEY_ID'] = 'from-env';
  process.env['ALIBABA_CLOUD_ACCESS_KEY_SECRET'] = secret;
  const server = await stage(t);
  server.on('AssumeRole', session('STS.1'));
  const { account } = openTestAccount(server.host, { credentials: { ...role, keys: null } });

  await account.identity(never);

  assert.equal(sent(server, 'AssumeRole')[0]?.params['AccessKeyId'], 'from-env');
});
