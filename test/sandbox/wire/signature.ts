import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import core, { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core';
import RPCClient from '@alicloud/pop-core';
import { canonicalRequest, sha256Hex, sign } from '../../../src/sandbox/http/signature.ts';
import { signV1, stringToSignV1 } from '../../../src/sandbox/http/signature-v1.ts';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { certificate, codeOf, front, type Reply, smallSandbox } from '../support.ts';
import { sendV1, sendV3 } from '../wire-client.ts';

let sandbox: RunningSandbox;

type Key = { accessKeyId: string; accessKeySecret: string; securityToken?: string };

function popClient(key: Key = sandbox.description) {
  const { accessKeyId, accessKeySecret, securityToken } = key;
  const host = sandbox.description.endpoints['nlb']?.['cn-hangzhou'] ?? '';
  const client = new RPCClient({
    endpoint: `http://${host}`,
    apiVersion: '2022-04-30',
    accessKeyId,
    accessKeySecret,
    ...(securityToken === undefined ? {} : { securityToken }),
  });
  return async (action: string, params: object = {}, options: object = {}): Promise<Reply> =>
    client.request<Reply>(action, params, options);
}

/** The official core, told to sign the older way. */
async function coreV2(action: string, fields: Record<string, unknown>, place: 'query' | 'body') {
  const { session, endpoints } = sandbox.description;
  const client = new core.default(
    new $OpenApiUtil.Config({
      ...session,
      endpoint: endpoints['nlb']?.['cn-hangzhou'] ?? '',
      protocol: 'http',
      signatureAlgorithm: 'v2',
    }),
  );
  const params = new $OpenApiUtil.Params({
    action,
    version: '2022-04-30',
    protocol: 'HTTPS',
    pathname: '/',
    method: 'POST',
    authType: 'AK',
    style: 'RPC',
    reqBodyType: 'formData',
    bodyType: 'json',
  });
  const request = new $OpenApiUtil.OpenApiRequest({ [place]: OpenApiUtil.query(fields) });
  const reply = await client.callApi(params, request, { toMap: () => ({}) });
  const body: Reply = reply['body'];
  return body;
}

export function signatureCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
  });

  after(() => sandbox.close());

  test('the newer signature of a recorded request comes out right', () => {
    const headers = {
      host: '127.0.0.1:37363',
      'x-acs-action': 'PutCustomEvent',
      'x-acs-content-sha256': sha256Hex(''),
      'x-acs-credentials-provider': 'static_ak',
      'x-acs-date': '2026-11-22T09:30:01Z',
      'x-acs-signature-nonce': '72d227c27076b5b7a7b85ac856cf6d0d3ce29741613d1a5e7ed74bd9a682ae02',
      'x-acs-version': '2019-01-01',
    };
    const query = [
      ['EventInfo.1.Content', 'a b+c=1&x\n中文'],
      ['EventInfo.1.EventName', "cert (exp)*'!~"],
      ['EventInfo.1.GroupId', '0'],
      ['EventInfo.1.Time', '1700000000000'],
    ] as const;
    const signed = {
      method: 'POST',
      path: '/',
      query,
      headers,
      signedHeaders: Object.keys(headers).toSorted(),
    };

    const canonical = canonicalRequest(signed);

    assert.equal(
      sha256Hex(canonical),
      '268a3c6dc8e784c76faaad1765e6db58bbaff94bdc255153bf28f3776d5a728a',
    );
    assert.equal(
      sign(signed, 'testsecret'),
      'eceee061d1f6467568638542b85f82a49d56e557afc680ec5fcda8903db0965e',
    );
  });

  test('the older signature of the published example comes out right', () => {
    const parameters = [
      ['Timestamp', '2016-02-23T12:46:24Z'],
      ['Format', 'XML'],
      ['AccessKeyId', 'testid'],
      ['Action', 'DescribeRegions'],
      ['SignatureMethod', 'HMAC-SHA1'],
      ['SignatureNonce', '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf'],
      ['Version', '2014-05-26'],
      ['SignatureVersion', '1.0'],
    ] as const;

    assert.match(
      stringToSignV1('GET', parameters),
      /^GET&%2F&AccessKeyId%3Dtestid%26Action%3DDescribeRegions%26Format%3DXML%26/,
    );
    assert.equal(signV1('GET', parameters, 'testsecret'), 'OLeaidS1JvxuMvnyHOwuJ+uX5qY=');
  });

  for (const method of ['GET', 'POST']) {
    test(`the older client calls by ${method}, lists and odd characters included`, async () => {
      const pop = popClient();

      const found = await pop(
        'ListListeners',
        { ListenerIds: [front, "lsn-of nobody+*'()!~中文"], RegionId: 'cn-hangzhou' },
        { method },
      );

      assert.equal(found['TotalCount'], 1);
    });

    test(`the older client calls by ${method} with a temporary key`, async () => {
      const pop = popClient(sandbox.description.session);

      assert.equal((await pop('ListListeners', {}, { method }))['TotalCount'], 4);
      const { accessKeyId, accessKeySecret } = sandbox.description.session;
      const tokenless = popClient({ accessKeyId, accessKeySecret });
      assert.equal(
        await codeOf(tokenless('ListListeners', {}, { method })),
        'MissingSecurityToken',
      );
    });
  }

  test('the older client may spell an action with a small letter', async () => {
    assert.equal((await popClient()('listListeners'))['TotalCount'], 4);
  });

  test('a wrong secret is refused in the older signature too', async () => {
    const { accessKeyId } = sandbox.description;
    const pop = popClient({ accessKeyId, accessKeySecret: 'no' });

    assert.equal(await codeOf(pop('ListListeners')), 'SignatureDoesNotMatch');
  });

  test('a write repeated with the older signature is the same request: only its signature differs', async () => {
    const pop = popClient();
    const write = {
      ListenerId: front,
      CertificateIds: [(await certificate(sandbox, 'web-2026b')).id],
      ClientToken: 'signed-twice',
    };

    const first = await pop('UpdateListenerAttribute', write, { method: 'POST' });
    const again = await pop('UpdateListenerAttribute', write, { method: 'POST' });

    assert.equal(typeof first['JobId'], 'string');
    assert.equal(again['JobId'], first['JobId']);
    assert.equal(
      await codeOf(pop('UpdateListenerAttribute', { ...write, Cps: 7 }, { method: 'POST' })),
      'IdempotenceSignatureMismatch',
    );
  });

  test('neither signature is written down with the call', async () => {
    await popClient(sandbox.description.session)('ListListeners', { MaxResults: 3 });

    const calls: { params: unknown }[] = JSON.parse(
      await (await fetch(`${sandbox.control}/calls`)).text(),
    );
    assert.deepEqual(calls.at(-1)?.params, { MaxResults: '3' });
  });

  for (const place of ['query', 'body'] as const) {
    test(`the official core signs the older way too, its parameters in the ${place}`, async () => {
      const found = await coreV2('ListListeners', { ListenerIds: [front], MaxResults: 5 }, place);

      assert.equal(found['TotalCount'], 1);
      assert.equal(found['MaxResults'], 5);
    });
  }

  test('both signatures draw on the same nonces, each access key on its own', async () => {
    const nonce = randomBytes(16).toString('hex');
    const { session } = sandbox.description;
    const temporary = {
      id: session.accessKeyId,
      secret: session.accessKeySecret,
      token: session.securityToken,
    };

    assert.equal((await sendV3(sandbox, { nonce })).status, 200);
    assert.equal((await sendV1(sandbox, { nonce })).body['Code'], 'SignatureNonceUsed');
    assert.equal((await sendV1(sandbox, { ...temporary, nonce })).status, 200);
    assert.equal(
      (await sendV3(sandbox, { ...temporary, nonce })).body['Code'],
      'SignatureNonceUsed',
    );
  });

  test('action and version may come as parameters beside the newer signature', async () => {
    const query = { Action: 'ListListeners', Version: '2022-04-30', Format: 'JSON' };

    const reply = await sendV3(sandbox, { action: null, version: null, query });

    assert.equal(reply.body['TotalCount'], 4);
  });

  test('a header of the protocol that is sent and not signed makes the signature incomplete', async () => {
    for (const name of ['host', 'x-acs-action', 'x-acs-date', 'x-acs-content-sha256']) {
      const reply = await sendV3(sandbox, { unsigned: [name] });
      assert.equal(reply.body['Code'], 'IncompleteSignature', name);
    }
    const added = await sendV3(sandbox, {
      headers: { 'x-acs-extra': '1' },
      unsigned: ['x-acs-extra'],
    });

    assert.equal(added.body['Code'], 'IncompleteSignature');
  });
}
