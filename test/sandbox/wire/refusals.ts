import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { gatewayErrors } from '../../../src/sandbox/http/gateway-errors.ts';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { front, smallSandbox, stateOfSandbox } from '../support.ts';
import { by, type Heard, type Sent, sendV1, sendV3 } from '../wire-client.ts';

let sandbox: RunningSandbox;

const keys = async () => (await stateOfSandbox(sandbox)).credentials;

const v3 = async (sent: Sent) => sendV3(sandbox, sent);

const tooDeep = 'A.1.B.2.C.3.D.4';

/** How each refusal of the gateway comes about. Every code that arises by itself has at least one. */
const refusals: readonly {
  readonly code: (typeof gatewayErrors)[number]['code'];
  readonly what: string;
  readonly call: () => Promise<Heard>;
}[] = [
  { code: 'SignatureDoesNotMatch', what: 'a wrong secret', call: () => v3({ secret: 'no' }) },
  {
    code: 'SignatureDoesNotMatch',
    what: 'a body other than the signed one',
    call: () => v3({ body: 'a=1', claimedBody: 'a=2' }),
  },
  {
    code: 'SignatureDoesNotMatch',
    what: 'a query other than the signed one',
    call: () => v3({ query: { MaxResults: '1' }, rawQuery: '0' }),
  },
  { code: 'InvalidAccessKeyId.NotFound', what: 'an unknown key', call: () => v3({ id: 'nobody' }) },
  {
    code: 'InvalidAccessKeyId.Inactive',
    what: 'a disabled key',
    call: async () => v3(by((await keys()).inactive)),
  },
  {
    code: 'IncompleteSignature',
    what: 'another kind of signature',
    call: () => v3({ authorization: 'Basic eDp5' }),
  },
  { code: 'IncompleteSignature', what: 'no signature', call: () => v3({ authorization: null }) },
  {
    code: 'IncompleteSignature',
    what: 'an older signature by another method',
    call: () => sendV1(sandbox, {}, { SignatureMethod: 'HMAC-SHA256' }),
  },
  { code: 'MissingAccessKeyId', what: 'nobody named', call: () => sendV1(sandbox, { id: null }) },
  {
    code: 'InvalidTimeStamp.Expired',
    what: 'a clock 16 minutes ahead',
    call: () => v3({ skewMillis: 960_000 }),
  },
  {
    code: 'InvalidTimeStamp.Expired',
    what: 'a clock 16 minutes behind',
    call: () => sendV1(sandbox, { skewMillis: -960_000 }),
  },
  {
    code: 'InvalidTimeStamp.Format',
    what: 'a time with milliseconds',
    call: () => v3({ time: new Date().toISOString() }),
  },
  {
    code: 'InvalidTimeStamp.Format',
    what: 'a time that cannot be',
    call: () => sendV1(sandbox, { time: '2026-13-45T99:00:00Z' }),
  },
  { code: 'MissingTimestamp', what: 'no time', call: () => v3({ time: null }) },
  { code: 'MissingTimestamp', what: 'no time, older', call: () => sendV1(sandbox, { time: null }) },
  { code: 'MissingSignatureNonce', what: 'no nonce', call: () => v3({ nonce: null }) },
  {
    code: 'SignatureNonceUsed',
    what: 'a nonce used before',
    call: async () => {
      const nonce = randomBytes(16).toString('hex');
      assert.equal((await v3({ nonce })).status, 200);
      return v3({ nonce });
    },
  },
  {
    code: 'MissingSecurityToken',
    what: 'a temporary key alone',
    call: () => {
      const { accessKeyId, accessKeySecret } = sandbox.description.session;
      return v3(by({ accessKeyId, accessKeySecret }));
    },
  },
  {
    code: 'InvalidSecurityToken.Malformed',
    what: 'a token that is none',
    call: () => v3({ ...by(sandbox.description.session), token: 'x' }),
  },
  {
    code: 'InvalidSecurityToken.MismatchWithAccessKey',
    what: 'the token of another key',
    call: () => v3({ token: sandbox.description.session.securityToken }),
  },
  {
    code: 'InvalidSecurityToken.Expired',
    what: 'a temporary key that has run out',
    call: async () => v3(by((await keys()).expiredSession)),
  },
  { code: 'MissingAction', what: 'no action', call: () => v3({ action: null }) },
  { code: 'MissingVersion', what: 'no version', call: () => v3({ version: null }) },
  { code: 'InvalidVersion', what: 'another version', call: () => v3({ version: '2014-05-15' }) },
  {
    code: 'InvalidAction.NotFound',
    what: 'an unknown action',
    call: () => v3({ action: 'constructor' }),
  },
  {
    code: 'MissingListenerId',
    what: 'a required parameter left out',
    call: () => v3({ action: 'GetListenerAttribute' }),
  },
  { code: 'InvalidParameter', what: 'a bad encoding', call: () => v3({ rawQuery: '&a=%E0%A4%A' }) },
  {
    code: 'InvalidParameter',
    what: 'a name nested too deeply',
    call: () => v3({ query: { [tooDeep]: '1' } }),
  },
  {
    code: 'UnsupportedHTTPMethod',
    what: 'a write by GET',
    call: () => v3({ method: 'GET', action: 'StopListener', query: { ListenerId: front } }),
  },
  { code: 'UnsupportedHTTPMethod', what: 'a PUT', call: () => v3({ method: 'PUT' }) },
  {
    code: 'RequestEntityTooLarge',
    what: 'a body of three megabytes',
    call: () => v3({ body: 'x'.repeat(3_000_000) }),
  },
  {
    code: 'Throttling.User',
    what: 'more calls than allowed',
    call: async () => {
      const flood = Array.from({ length: 120 }, () => v3({ action: 'DescribeRegions' }));
      const replies = await Promise.all(flood);
      return replies.find((reply) => reply.status !== 200) ?? v3({});
    },
  },
  {
    code: 'Forbidden.RAM',
    what: 'the private key asked for by a key that may only read',
    call: () =>
      v3({
        ...by(sandbox.description.readOnly),
        product: 'cas',
        version: '2020-04-07',
        action: 'GetUserCertificateDetail',
        query: { CertId: '1' },
      }),
  },
];

export function refusalsCases(): void {
  before(async () => {
    sandbox = await smallSandbox({ rateLimits: 'documented' });
  });

  after(() => sandbox.close());

  for (const { code, what, call } of refusals) {
    test(`${what} is refused with ${code}`, async () => {
      const reply = await call();

      const documented = gatewayErrors.find((each) => each.code === code);
      assert.equal(reply.body['Code'], code);
      assert.equal(reply.status, documented?.status);
      assert.equal(reply.body['Message'], documented?.message);
      assert.match(String(reply.body['HostId']), /^(nlb\.cn-hangzhou|cas)\.aliyuncs\.com$/);
      assert.match(String(reply.body['RequestId']), /^[0-9A-F-]{36}$/);
      assert.match(
        String(reply.body['Recommend']),
        new RegExp(`^https://api\\.aliyun\\.com/troubleshoot\\?q=${code}&product=`),
      );
    });
  }

  test('every refusal of the gateway that arises by itself is brought about here', () => {
    const documented = gatewayErrors.filter(({ arises }) => arises === 'state');

    assert.deepEqual(
      [...new Set(refusals.map(({ code }) => code))].toSorted(),
      documented.map(({ code }) => code).toSorted(),
    );
  });
}
