import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { isDefinite } from '../../../src/adapters/alibaba/errors.ts';
import { NewleafError } from '../../../src/domain/errors.ts';
import { openCloudServer, refused } from './cloud-server.ts';
import { never, openTestAccount, secret } from './parts.ts';
import { replaceDefault, stateOf } from './shapes.ts';

const regions = { json: { RequestId: 'r', Regions: [{ RegionId: 'cn-hangzhou' }] } };

async function failure(work: Promise<unknown>): Promise<NewleafError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof NewleafError, `expected a NewleafError, got ${inspect(error)}`);
  return error;
}

test('an HTML 502, an empty 503 and a reset are tried again, and the answer after them counts', async (t) => {
  const server = await openCloudServer(t);
  const html = { status: 502, raw: '<html><body>Bad Gateway</body></html>' };
  server.on('DescribeRegions', html, { status: 503, raw: '' }, 'reset', regions);
  const { account, records } = openTestAccount(server.host);

  const found = await account.listeners.regions(never);

  assert.deepEqual(found, ['cn-hangzhou']);
  assert.deepEqual(
    records.map(({ code }) => code),
    ['cloud.unreadable', 'cloud.unreadable', 'cloud.unavailable', null],
  );
  assert.equal(server.calls.at(-1)?.params['ServiceCode'], 'nlb');
});

test('five failed attempts of a read are enough, and each pause is at least as long as the one before', async (t) => {
  const server = await openCloudServer(t);
  server.on('DescribeRegions', refused(503, 'ServiceUnavailable'));
  const { account, clock } = openTestAccount(server.host);

  const error = await failure(account.listeners.regions(never));

  assert.equal(error.code, 'cloud.unavailable');
  assert.equal(server.calls.length, 5);
  assert.deepEqual(clock.pauses, [200, 400, 800, 1600]);
});

test('the pause that the cloud asks for is kept, in milliseconds', async (t) => {
  const server = await openCloudServer(t);
  const throttled = {
    status: 400,
    headers: { 'x-acs-retry-after': '2750' },
    json: { Code: 'Throttling.User', Message: 'slow', RequestId: 'req-2' },
  };
  server.on('DescribeRegions', throttled, regions);
  const { account, clock, records } = openTestAccount(server.host);

  await account.listeners.regions(never);

  assert.deepEqual(clock.pauses, [2750]);
  assert.equal(records[0]?.code, 'Throttling.User');
  assert.equal(records[0]?.requestId, 'req-2');
});

test('a pause longer than the call may take ends the call, and the pause is passed on', async (t) => {
  const server = await openCloudServer(t);
  server.on('DescribeRegions', {
    status: 400,
    headers: { 'x-acs-retry-after': '61000' },
    json: { Code: 'Throttling.Api', Message: 'slow', RequestId: 'req-2' },
  });
  const { account } = openTestAccount(server.host);

  const error = await failure(account.listeners.regions(never));

  assert.equal(error.code, 'cloud.throttled');
  assert.equal(error.retryAfterMs, 61_000);
  assert.equal(server.calls.length, 1);
});

test('a call that hangs past its deadline fails as a time-out', async (t) => {
  const server = await openCloudServer(t);
  server.on('DescribeRegions', 'hang');
  const { account, clock } = openTestAccount(server.host);
  clock.deadlines = 'pass';

  const error = await failure(account.listeners.regions(never));

  assert.equal(error.code, 'cloud.timeout');
  assert.match(error.message, /got no reply within 5000 ms/);
  assert.equal(isDefinite(error), false);
});

test('an abort ends a hanging call with the reason of the signal', async (t) => {
  const server = await openCloudServer(t);
  server.on('DescribeRegions', 'hang');
  const { account, records } = openTestAccount(server.host);
  const stopping = new AbortController();
  const arrived = server.nextCall();

  const reading = account.listeners.regions(stopping.signal);
  await arrived;
  stopping.abort(new Error('stopping'));

  await assert.rejects(reading, /stopping/);
  assert.deepEqual(records, []);
});

test('an abort before the call sends nothing', async (t) => {
  const server = await openCloudServer(t);
  const { account } = openTestAccount(server.host);

  await assert.rejects(
    account.listeners.regions(AbortSignal.abort(new Error('stopped'))),
    /stopped/,
  );

  assert.equal(server.calls.length, 0);
});

test('codes mean the same in any letter case', async (t) => {
  const server = await openCloudServer(t);
  const meanings: readonly (readonly [number, string, string])[] = [
    [403, 'forbidden.nopermission', 'cloud.denied'],
    [403, 'NoPermission', 'cloud.denied'],
    [404, 'INVALIDACCESSKEYID.NOTFOUND', 'cloud.credentials'],
    [400, 'signaturedoesnotmatch', 'cloud.credentials'],
    [400, 'InvalidTimeStamp.Expired', 'cloud.clock'],
    [400, 'resourcenotfound.certificate', 'cloud.certificate-not-found'],
    [404, 'ResourceNotFound.Something', 'cloud.not-found'],
    [400, 'QuotaExceeded.LoadBalancerCertificatesNum', 'cloud.quota'],
    [400, 'IdempotenceSignatureMismatch', 'cloud.token-mismatch'],
    [400, 'DryRunOperation', 'cloud.dry-run-passed'],
    [400, 'resourcealreadyassociated.CERTIFICATE', 'cloud.already-associated'],
    [400, 'ResourceNotAssociated.Certificate', 'cloud.not-associated'],
    [400, 'OperationDenied.Protocol', 'cloud.refused'],
  ];
  const { account } = openTestAccount(server.host);

  for (const [status, cloudCode, code] of meanings) {
    server.on('DescribeRegions', refused(status, cloudCode));
    const error = await failure(account.listeners.regions(never));
    assert.equal(error.code, code, cloudCode);
    assert.deepEqual(
      { ...error.fields },
      {
        action: 'DescribeRegions',
        region: 'cn-hangzhou',
        cloudCode,
        requestId: 'req-1',
        status,
        definite: true,
        detail: code === 'cloud.credentials' ? null : 'no',
      },
    );
  }
});

test('nothing of the request and no secret gets into an error', async (t) => {
  const server = await openCloudServer(t);
  const pem = `-----BEGIN PRIVATE KEY-----\n${'QUJD'.repeat(20)}\n-----END PRIVATE KEY-----`;
  const echo = `bad call to http://${server.host}/?Key=${encodeURIComponent(pem)} by ${secret}: ${pem} at lsn-1`;
  const answers = [
    refused(400, 'IllegalParam', echo),
    refused(
      403,
      'SignatureDoesNotMatch',
      `server string to sign is POST&ServiceCode=nlb&${secret}`,
    ),
    { status: 502, raw: echo },
    'reset' as const,
    'hang' as const,
    { json: { Regions: pem } },
  ];
  const { account, clock } = openTestAccount(server.host);
  clock.deadlines = 'pass';

  for (const answer of answers) {
    server.on('DescribeRegions', answer);
    const error = await failure(account.listeners.regions(never));
    const told = inspect(
      { error, cause: error.cause, fields: error.fields },
      { depth: 10, showHidden: true },
    );
    const said = told.replaceAll(/^\s+at .*$/gm, '');
    for (const banned of [secret, 'PRIVATE KEY', 'QUJDQUJD', server.host, 'ServiceCode', '?Key=']) {
      assert.ok(!said.includes(banned), `${banned} in ${said}`);
    }
  }
});

test('a reply that is not the documented shape names the action and the place', async (t) => {
  const server = await openCloudServer(t);
  server.on('DescribeRegions', {
    json: { RequestId: 'req-9', Regions: [{ RegionId: 'a' }, { Name: 'b' }] },
  });
  const { account } = openTestAccount(server.host);

  const error = await failure(account.listeners.regions(never));

  assert.equal(error.code, 'cloud.unreadable');
  assert.match(error.message, /DescribeRegions in cn-hangzhou .*regions\.1\.regionId/);
  assert.equal(error.fields['requestId'], 'req-9');
});

test('JSON that is no object, with any status, is an unreadable reply', async (t) => {
  const server = await openCloudServer(t);
  const { account } = openTestAccount(server.host);

  for (const status of [200, 400, 500]) {
    server.on('DescribeRegions', { status, raw: 'null' });
    const error = await failure(account.listeners.regions(never));
    assert.equal(error.code, 'cloud.unreadable');
  }
});

test('a write goes out once, and its repeat carries the same client token and the same parameters', async (t) => {
  const server = await openCloudServer(t);
  const done = { json: { RequestId: 'r', JobId: 'job-1' } };
  server.on('UpdateListenerAttribute', 'reset', refused(400, 'Throttling'), done);
  const { account } = openTestAccount(server.host);
  const start = () => account.writer.start(stateOf({}), replaceDefault, 'token-1', never);

  for (const code of ['cloud.unavailable', 'cloud.throttled']) {
    const before = server.calls.length;
    assert.equal((await failure(start())).code, code);
    assert.equal(server.calls.length, before + 1);
  }
  assert.deepEqual(await start(), { job: 'job-1', requestId: 'r' });

  for (const { params } of server.calls) {
    assert.deepEqual(params, server.calls[0]?.params);
    assert.equal(params['ClientToken'], 'token-1');
  }
});

test('a write that may have landed is never told as certainly refused', async (t) => {
  const server = await openCloudServer(t);
  const { account } = openTestAccount(server.host);
  const start = () => failure(account.writer.start(stateOf({}), replaceDefault, 'token-1', never));

  server.on('UpdateListenerAttribute', refused(400, 'IllegalParam'));
  assert.equal(isDefinite(await start()), true);

  server.on('UpdateListenerAttribute', 'reset');
  const lost = await start();
  assert.equal(lost.code, 'cloud.unavailable');
  assert.equal(isDefinite(lost), false);
});

test('a write is not sent again into a listener that somebody else is changing', async (t) => {
  const server = await openCloudServer(t);
  const { account } = openTestAccount(server.host);

  for (const code of [
    'IncorrectStatus.listener',
    'Conflict.Lock',
    'ResourceInConfiguring.Listener',
  ]) {
    const before = server.calls.length;
    server.on('UpdateListenerAttribute', refused(400, code));
    const error = await failure(account.writer.start(stateOf({}), replaceDefault, 't', never));
    assert.equal(error.code, 'cloud.conflict');
    assert.equal(isDefinite(error), true);
    assert.equal(server.calls.length, before + 1);
  }
});

test('a server that cannot be reached has certainly not written anything', async () => {
  const { account } = openTestAccount('127.0.0.1:1');

  const error = await failure(account.writer.start(stateOf({}), replaceDefault, 't', never));

  assert.equal(error.code, 'cloud.unavailable');
  assert.equal(isDefinite(error), true);
});
