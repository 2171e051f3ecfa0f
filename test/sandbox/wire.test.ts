import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { canonicalRequest, sha256Hex, sign } from '../../src/sandbox/http/signature.ts';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { caller, nlbCaller, smallSandbox, stateOfSandbox } from './support.ts';

let sandbox: RunningSandbox;
before(async () => {
  sandbox = await smallSandbox();
});
after(() => sandbox.close());

test('the signature of the published example comes out right', () => {
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

interface Tweak {
  readonly secret?: string;
  readonly id?: string;
  readonly skewMillis?: number;
  readonly nonce?: string;
  readonly body?: string;
  readonly claimedBody?: string;
  readonly token?: string;
  readonly version?: string;
  readonly action?: string;
  readonly authorization?: string;
}

/** A client of its own, sharing no code with the sandbox. */
async function send(tweak: Tweak = {}) {
  const { accessKeyId, accessKeySecret, endpoints } = sandbox.description;
  const host = endpoints['nlb']?.['cn-hangzhou'] ?? '';
  const headers = headersFor(host, tweak);
  const names = Object.keys(headers).toSorted();
  const lines = names.map((name) => `${name}:${headers[name] ?? ''}\n`).join('');
  const canonical = ['POST', '/', '', lines, names.join(';'), headers['x-acs-content-sha256']].join(
    '\n',
  );
  const signature = createHmac('sha256', tweak.secret ?? accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${hashOf(canonical)}`)
    .digest('hex');
  const authorization =
    tweak.authorization ??
    `ACS3-HMAC-SHA256 Credential=${tweak.id ?? accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`;
  return exchange(host, { ...headers, authorization }, tweak.body ?? '');
}

function headersFor(host: string, tweak: Tweak): Record<string, string> {
  const time = new Date(Date.now() + (tweak.skewMillis ?? 0));
  return {
    host,
    'x-acs-action': tweak.action ?? 'ListListeners',
    'x-acs-version': tweak.version ?? '2022-04-30',
    'x-acs-date': time.toISOString().replace(/\.\d+Z/, 'Z'),
    'x-acs-signature-nonce': tweak.nonce ?? randomBytes(16).toString('hex'),
    'x-acs-content-sha256': hashOf(tweak.claimedBody ?? tweak.body ?? ''),
    ...(tweak.token === undefined ? {} : { 'x-acs-security-token': tweak.token }),
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function exchange(host: string, headers: Record<string, string>, body: string) {
  return new Promise<{ status: number; date: string; body: Record<string, unknown> }>(
    (resolve, reject) => {
      const [hostname, port] = host.split(':');
      const call = request({ hostname, port, path: '/', method: 'POST', headers }, (reply) => {
        let text = '';
        reply.on('data', (chunk) => {
          text += String(chunk);
        });
        reply.on('end', () => {
          const answer: Record<string, unknown> = JSON.parse(text);
          resolve({ status: reply.statusCode ?? 0, date: reply.headers.date ?? '', body: answer });
        });
      });
      call.on('error', reject);
      call.end(body);
    },
  );
}

test('a signed call is answered with a request id and the time', async () => {
  const reply = await send();

  assert.equal(reply.status, 200);
  assert.match(String(reply.body['RequestId']), /^[0-9A-F-]{36}$/);
  assert.ok(Math.abs(Date.parse(reply.date) - Date.now()) < 5000);
});

const refusals: readonly { what: string; tweak: Tweak; status: number; code: string }[] = [
  { what: 'a wrong secret', tweak: { secret: 'no' }, status: 403, code: 'SignatureDoesNotMatch' },
  {
    what: 'an unknown access key',
    tweak: { id: 'nobody' },
    status: 404,
    code: 'InvalidAccessKeyId.NotFound',
  },
  {
    what: 'no signature',
    tweak: { authorization: 'Basic eDp5' },
    status: 400,
    code: 'IncompleteSignature',
  },
  {
    what: 'a clock 16 minutes ahead',
    tweak: { skewMillis: 960_000 },
    status: 400,
    code: 'InvalidTimeStamp.Expired',
  },
  {
    what: 'a clock 16 minutes behind',
    tweak: { skewMillis: -960_000 },
    status: 400,
    code: 'InvalidTimeStamp.Expired',
  },
  {
    what: 'a body other than the signed one',
    tweak: { body: 'a=1', claimedBody: 'a=2' },
    status: 403,
    code: 'SignatureDoesNotMatch',
  },
  {
    what: 'a security token of somebody else',
    tweak: { token: `CAIS${'A'.repeat(60)}` },
    status: 400,
    code: 'InvalidSecurityToken.MismatchWithAccessKey',
  },
  {
    what: 'an unknown action',
    tweak: { action: 'NoSuchThing' },
    status: 404,
    code: 'InvalidAction.NotFound',
  },
  {
    what: 'another version',
    tweak: { version: '2014-05-15' },
    status: 400,
    code: 'InvalidVersion',
  },
];

for (const { what, tweak, status, code } of refusals) {
  test(`${what} is refused with ${code}`, async () => {
    const reply = await send(tweak);

    assert.equal(reply.status, status);
    assert.equal(reply.body['Code'], code);
    assert.equal(reply.body['HostId'], 'nlb.cn-hangzhou.aliyuncs.com');
    assert.match(String(reply.body['Recommend']), /^https:\/\/api\.aliyun\.com\/troubleshoot\?q=/);
    assert.equal(typeof reply.body['Message'], 'string');
  });
}

test('a nonce is good once', async () => {
  const nonce = randomBytes(16).toString('hex');

  const first = await send({ nonce });
  const second = await send({ nonce });

  assert.equal(first.status, 200);
  assert.equal(second.body['Code'], 'SignatureNonceUsed');
});

test('a temporary key needs its token and works with it', async () => {
  const { session } = sandbox.description;
  const key = { id: session.accessKeyId, secret: session.accessKeySecret };

  assert.equal((await send(key)).body['Code'], 'MissingSecurityToken');
  assert.equal((await send({ ...key, token: session.securityToken })).status, 200);
});

test('whatever bytes arrive, the servers stay up', async () => {
  const { endpoints, control } = sandbox.description;
  const ports = [endpoints['nlb']?.['cn-hangzhou'], control.slice('http://'.length)].map((host) =>
    Number(host?.split(':')[1]),
  );
  const deep = `GET /?${'A.1.'.repeat(2000)}B=1 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`;
  const seeds = [
    'GET /?a=%E0%A4%A&__proto__.x=1 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n',
    deep,
    'POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 5\r\n\r\n{"a"',
  ];
  const junk = Array.from({ length: 60 }, (_, index) => randomBytes(1 + index * 7));

  for (const bytes of [...seeds.map((text) => Buffer.from(text)), ...junk]) {
    for (const port of ports) assert.doesNotMatch(await blurt(port, bytes), /^HTTP\/1\.1 5/);
  }

  assert.equal((await send()).status, 200);
  assert.equal((await stateOfSandbox(sandbox)).seed, 'small');
});

async function blurt(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
    });
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(heard));
  });
}

test('parameters may come in the query or in the form', async () => {
  const nlb = nlbCaller(sandbox);

  const inQuery = await nlb('ListListeners', { ListenerProtocol: 'TCP' });
  const inForm = await nlb('ListListeners', { ListenerProtocol: 'TCP' }, 'body');

  assert.equal(inQuery['TotalCount'], 1);
  assert.deepEqual(inForm['Listeners'], inQuery['Listeners']);
});

test('the token service says who is calling', async () => {
  const sts = caller(sandbox, { product: 'sts', version: '2015-04-01', region: 'cn-hangzhou' });

  const identity = await sts('GetCallerIdentity');

  assert.equal(identity['IdentityType'], 'RAMUser');
  assert.equal(identity['Arn'], `acs:ram::${String(identity['AccountId'])}:user/sandbox`);
});
