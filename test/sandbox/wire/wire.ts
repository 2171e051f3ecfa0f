import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { caller, codeOf, front, nlbCaller, smallSandbox, stateOfSandbox } from '../support.ts';
import { by, type Sent, sendV1, sendV3 } from '../wire-client.ts';

let sandbox: RunningSandbox;

const v3 = async (sent: Sent) => sendV3(sandbox, sent);

async function listenerStatus(): Promise<unknown> {
  const reply = await nlbCaller(sandbox)('GetListenerAttribute', { ListenerId: front });
  return reply['ListenerStatus'];
}

export function wireCases(): void {
  before(async () => {
    sandbox = await smallSandbox({ rateLimits: 'documented' });
  });

  after(() => sandbox.close());

  test('a signed call is answered with a request id and the time', async () => {
    const reply = await sendV3(sandbox);

    assert.equal(reply.status, 200);
    assert.match(String(reply.body['RequestId']), /^[0-9A-F-]{36}$/);
    assert.equal(reply.headers['x-acs-request-id'], reply.body['RequestId']);
    assert.equal(reply.headers['content-type'], 'application/json;charset=utf-8');
    assert.ok(Math.abs(Date.parse(reply.date) - Date.now()) < 5000);
  });

  test('parameters may come in the query or in the form', async () => {
    const nlb = nlbCaller(sandbox);

    const inQuery = await nlb('ListListeners', { ListenerProtocol: 'TCP' });
    const inForm = await nlb('ListListeners', { ListenerProtocol: 'TCP' }, 'body');

    assert.equal(inQuery['TotalCount'], 1);
    assert.deepEqual(inForm['Listeners'], inQuery['Listeners']);
  });

  test('a parameter without a value is as if it were not there, by either signature', async () => {
    const { TotalCount } = await nlbCaller(sandbox)('ListListeners', { NextToken: '' });
    const older = await sendV1(sandbox, { query: { NextToken: '', ListenerProtocol: '' } });
    const required = await sendV3(sandbox, {
      action: 'GetListenerAttribute',
      query: { ListenerId: '' },
    });
    const cas = caller(sandbox, { product: 'cas', version: '2020-04-07', region: 'cn-hangzhou' });
    const certificates = await cas('ListUserCertificateOrder', { OrderType: 'CERT', Status: '' });

    assert.equal(TotalCount, 4);
    assert.equal(older.body['TotalCount'], 4);
    assert.equal(required.body['Code'], 'MissingListenerId');
    assert.equal(certificates['TotalCount'], 7);
  });

  test('no private key is written down, wherever a client puts it', async () => {
    const key = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
    const upload = { product: 'cas', version: '2020-04-07', action: 'UploadUserCertificate' };
    const certificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    const query = { Name: 'n', Cert: `${certificate}${key}`, PrivateKey: key, 'Tags.1.Value': key };

    await sendV3(sandbox, { ...upload, query });

    const text = await (await fetch(`${sandbox.control}/calls`)).text();
    assert.doesNotMatch(text, /PRIVATE KEY/);
    const calls: { params: unknown }[] = JSON.parse(text);
    assert.deepEqual(calls.at(-1)?.params, {
      Name: 'n',
      Cert: '[withheld]',
      PrivateKey: '[withheld]',
      Tags: [{ Value: '[withheld]' }],
    });
  });

  test('a call by GET is as good as one by POST where the action allows it', async () => {
    assert.equal((await sendV3(sandbox, { method: 'GET' })).status, 200);
    const posted = await sendV3(sandbox, { action: 'StopListener', query: { ListenerId: 'none' } });
    assert.notEqual(posted.body['Code'], 'UnsupportedHTTPMethod');
  });

  test('the token service says who is calling', async () => {
    const sts = caller(sandbox, { product: 'sts', version: '2015-04-01', region: 'cn-hangzhou' });

    const identity = await sts('GetCallerIdentity');

    assert.equal(identity['IdentityType'], 'RAMUser');
    assert.equal(identity['Arn'], `acs:ram::${String(identity['AccountId'])}:user/sandbox`);
  });

  test('a key that may only read lists, gets and describes, and is told why it may not write', async () => {
    const key = by(sandbox.description.readOnly);

    assert.equal((await v3({ ...key, action: 'ListLoadBalancers' })).status, 200);
    assert.equal(
      (await v3({ ...key, action: 'GetListenerAttribute', query: { ListenerId: front } })).status,
      200,
    );
    const write = await v3({ ...key, action: 'StopListener', query: { ListenerId: front } });

    assert.equal(write.status, 403);
    assert.match(String(write.body['Code']), /^Forbidden/);
    assert.deepEqual(write.body['AccessDeniedDetail'], {
      AuthAction: 'nlb:StopListener',
      AuthPrincipalDisplayName: '210000000000000002',
      AuthPrincipalOwnerId: '1000000000000001',
      AuthPrincipalType: 'SubUser',
      EncodedDiagnosticMessage: 'cmVhZGVyIFN0b3BMaXN0ZW5lciAxMDAwMDAwMDAwMDAwMDAx',
      NoPermissionType: 'ImplicitDeny',
      PolicyType: 'AccountLevelIdentityBasedPolicy',
    });
    assert.equal(await listenerStatus(), 'Running');
  });

  test('a key without rights may not even read', async () => {
    const reply = await v3(by((await stateOfSandbox(sandbox)).credentials.noRights));

    assert.equal(reply.status, 403);
    assert.match(String(reply.body['Code']), /^Forbidden/);
  });

  test('the official client hands on what the refusal of a right says', async () => {
    const reader = {
      ...sandbox,
      description: { ...sandbox.description, ...sandbox.description.readOnly },
    };

    const refused = nlbCaller(reader)('StopListener', { ListenerId: front }, 'body');

    await assert.rejects(
      refused,
      (error: Error & { accessDeniedDetail?: { AuthAction?: string } }) => {
        assert.equal(error.accessDeniedDetail?.AuthAction, 'nlb:StopListener');
        return true;
      },
    );
    assert.match(
      await codeOf(nlbCaller(reader)('StopListener', { ListenerId: front }, 'body')),
      /^Forbidden/,
    );
  });
}
