import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import {
  apps,
  certificate,
  front,
  jobEnd,
  listenerState,
  mutual,
  type Nlb,
  nlbCaller,
  post,
  smallSandbox,
  until,
} from './support.ts';

let sandbox: RunningSandbox;
let nlb: Nlb;
before(async () => {
  sandbox = await smallSandbox({ propagationMillis: 0 });
  nlb = nlbCaller(sandbox);
});
after(() => sandbox.close());

/** What `openssl s_client` prints, both streams, after a request that the server answers or refuses. */
async function openssl(listenerId: string, ...options: readonly string[]): Promise<string> {
  const [point] = (await listenerState(sandbox, listenerId)).serving;
  assert.ok(point);
  const connect = ['-connect', `${point.address}:${point.port}`];
  const verify = ['-CAfile', sandbox.description.rootCaFile];
  return new Promise((resolve) => {
    const child = execFile(
      'openssl',
      ['s_client', ...connect, ...verify, '-showcerts', '-ign_eof', ...options],
      { timeout: 10_000 },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end('GET / HTTP/1.0\r\n\r\n');
  });
}

function identityOf({ description }: RunningSandbox): readonly string[] {
  return ['-cert', description.clientCertificateFile, '-key', description.clientKeyFile];
}

async function leafServed(listenerId: string, ...options: readonly string[]): Promise<string> {
  return fingerprintIn(await openssl(listenerId, ...options));
}

function fingerprintIn(printed: string): string {
  const [leaf] = chainIn(printed);
  return leaf?.fingerprint256.replaceAll(':', '').toLowerCase() ?? 'none';
}

function chainIn(printed: string): readonly X509Certificate[] {
  const blocks = printed.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((pem) => new X509Certificate(pem));
}

async function fingerprintOf(name: string): Promise<string> {
  return (await certificate(sandbox, name)).fingerprint256;
}

async function write(action: string, fields: Record<string, unknown>): Promise<void> {
  assert.equal(await jobEnd(nlb, await nlb(action, fields, 'body')), 'Succeeded');
}

/** Gives a listener another TLS policy and waits until the change is live. */
async function speakBy(listenerId: string, policy: string): Promise<void> {
  await write('UpdateListenerAttribute', { ListenerId: listenerId, SecurityPolicyId: policy });
  const speaks13 = policy.endsWith('with_1_3');
  await until(async () => {
    const printed = await openssl(listenerId, '-tls1_3');
    return chainIn(printed).length > 0 === speaks13 ? true : null;
  });
}

test('without a name openssl sees the default certificate', async () => {
  assert.equal(await leafServed(apps, '-noservername'), await fingerprintOf('portal'));
});

test('by its name openssl sees an additional certificate', async () => {
  const seen = await leafServed(apps, '-servername', 'static.example.com');

  assert.equal(seen, await fingerprintOf('static'));
});

test('by a name below it openssl sees a wildcard certificate', async () => {
  const seen = await leafServed(apps, '-servername', 'any.apps.example.com');

  assert.equal(seen, await fingerprintOf('apps-wildcard'));
});

test('a certificate that names a host exactly comes before a wildcard that was bound first', async () => {
  const ordered = await post(sandbox, '/certificates', { names: ['one.apps.example.com'] });
  const byName = ['-servername', 'one.apps.example.com'];
  assert.equal(await leafServed(apps, ...byName), await fingerprintOf('apps-wildcard'));

  await write('AssociateAdditionalCertificatesWithListener', {
    ListenerId: apps,
    AdditionalCertificateIds: [ordered.body['id']],
  });

  const exact = ordered.body['fingerprint256'];
  await until(async () => ((await leafServed(apps, ...byName)) === exact ? true : null));
});

for (const keyType of ['rsa', 'ecdsa'] as const) {
  test(`a chain with ${keyType} keys verifies from the leaf up to the root`, async () => {
    const ordered = await post(sandbox, '/certificates', { names: ['www.example.com'], keyType });
    await post(sandbox, '/faults', {
      kind: 'rebind',
      listenerId: front,
      certificateId: ordered.body['id'],
    });
    const printed = await until(async () => {
      const output = await openssl(front, '-verify_hostname', 'www.example.com');
      return fingerprintIn(output) === ordered.body['fingerprint256'] ? output : null;
    });

    const chain = chainIn(printed);

    assert.match(printed, /Verify return code: 0 \(ok\)/);
    assert.equal(chain.length, 2);
    const kinds = chain.map((each) => each.publicKey.asymmetricKeyType);
    assert.deepEqual(kinds, keyType === 'rsa' ? ['rsa', 'rsa'] : ['ec', 'ec']);
  });
}

test('a listener that does not ask for client certificates names no authority', async () => {
  assert.match(await openssl(front), /No client certificate CA names sent/);
});

const refusals: readonly { policy: string; version: string; alert: number; when: string }[] = [
  { policy: 'tls_cipher_policy_1_2', version: '-tls1_2', alert: 40, when: 'in the handshake' },
  {
    policy: 'tls_cipher_policy_1_2_strict_with_1_3',
    version: '-tls1_3',
    alert: 116,
    when: 'after it',
  },
];

for (const { policy, version, alert, when } of refusals) {
  test(`with ${version} a client without a certificate is refused ${when}`, async () => {
    await speakBy(mutual, policy);
    const without = await openssl(mutual, version);
    const withOne = await openssl(mutual, ...identityOf(sandbox), version);

    assert.match(
      without,
      /Acceptable client certificate CA names\nC = CN, O = newleaf sandbox, CN = Sandbox Client CA/,
    );
    assert.match(without, new RegExp(`SSL alert number ${alert}`));
    assert.doesNotMatch(without, /HTTP\/1.1 200 OK/);
    assert.match(withOne, /HTTP\/1.1 200 OK/);
  });

  test(`with ${version} a client with a certificate of another authority is refused`, async () => {
    await speakBy(mutual, policy);
    const other = await smallSandbox();
    try {
      const stranger = await openssl(mutual, ...identityOf(other), version);

      assert.ok(chainIn(stranger).length > 0, 'it came as far as seeing who serves');
      assert.doesNotMatch(stranger, /HTTP\/1.1 200 OK/);
    } finally {
      await other.close();
    }
  });
}

test('with client verification off nobody is asked, although a CA stays bound', async () => {
  await write('UpdateListenerAttribute', { ListenerId: mutual, CaEnabled: false });

  const printed = await until(async () => {
    const output = await openssl(mutual);
    return /No client certificate CA names sent/.test(output) ? output : null;
  });

  assert.match(printed, /HTTP\/1.1 200 OK/);
  assert.notEqual((await listenerState(sandbox, mutual)).slots.ca, null);
  await write('UpdateListenerAttribute', { ListenerId: mutual, CaEnabled: true });
});

const weak = ['-cipher', 'ALL:@SECLEVEL=0'];
/** The versions each policy speaks, of those from 1.0 to 1.3. */
const policies: readonly { policy: string; speaks: readonly string[] }[] = [
  { policy: 'tls_cipher_policy_1_0', speaks: ['-tls1', '-tls1_1', '-tls1_2'] },
  { policy: 'tls_cipher_policy_1_1', speaks: ['-tls1_1', '-tls1_2'] },
  { policy: 'tls_cipher_policy_1_2', speaks: ['-tls1_2'] },
  { policy: 'tls_cipher_policy_1_2_strict', speaks: ['-tls1_2'] },
  { policy: 'tls_cipher_policy_1_2_strict_with_1_3', speaks: ['-tls1_2', '-tls1_3'] },
  { policy: 'tls-sandbox13only0001', speaks: ['-tls1_3'] },
  { policy: 'tls-sandboxlegacy001', speaks: ['-tls1', '-tls1_1', '-tls1_2', '-tls1_3'] },
];

for (const { policy, speaks } of policies) {
  test(`${policy} speaks ${speaks.join(' ')} and nothing else`, async () => {
    await write('UpdateListenerAttribute', { ListenerId: apps, SecurityPolicyId: policy });

    await until(async () => (isDeepStrictEqual(await versionsOf(apps), speaks) ? true : null));
  });
}

/** The versions a listener answers in; the others have to be refused for their version. */
async function versionsOf(listenerId: string): Promise<readonly string[]> {
  const asked = ['-tls1', '-tls1_1', '-tls1_2', '-tls1_3'];
  const answered = await Promise.all(
    asked.map(async (version) => {
      const printed = await openssl(listenerId, version, ...weak);
      if (chainIn(printed).length > 0) return [version];
      assert.match(printed, /SSL alert number 70/, version);
      return [];
    }),
  );
  return answered.flat();
}

test('a cipher the policy leaves out is refused', async () => {
  const ordered = await post(sandbox, '/certificates', {
    names: ['www.example.com'],
    keyType: 'rsa',
  });
  await post(sandbox, '/faults', {
    kind: 'rebind',
    listenerId: front,
    certificateId: ordered.body['id'],
  });
  const withoutForwardSecrecy = ['-tls1_2', '-cipher', 'AES128-SHA:@SECLEVEL=0'];

  await speakBy(front, 'tls_cipher_policy_1_2_strict');
  assert.match(await openssl(front, ...withoutForwardSecrecy), /SSL alert number 40/);

  await write('UpdateListenerAttribute', {
    ListenerId: front,
    SecurityPolicyId: 'tls_cipher_policy_1_2',
  });
  await until(async () => {
    const printed = await openssl(front, ...withoutForwardSecrecy);
    return /Cipher is AES128-SHA/.test(printed) ? true : null;
  });
});

const offers: readonly { policy: string; offered: string; chosen: RegExp }[] = [
  { policy: 'HTTP1Only', offered: 'h2,http/1.1', chosen: /ALPN protocol: http\/1\.1/ },
  { policy: 'HTTP2Only', offered: 'http/1.1,h2', chosen: /ALPN protocol: h2/ },
  { policy: 'HTTP2Preferred', offered: 'http/1.1,h2', chosen: /ALPN protocol: h2/ },
  { policy: 'HTTP2Optional', offered: 'h2,http/1.1', chosen: /ALPN protocol: http\/1\.1/ },
];

for (const { policy, offered, chosen } of offers) {
  test(`${policy} chooses from ${offered} as its name says`, async () => {
    await write('UpdateListenerAttribute', {
      ListenerId: apps,
      AlpnEnabled: true,
      AlpnPolicy: policy,
    });

    await until(async () => (chosen.test(await openssl(apps, '-alpn', offered)) ? true : null));
  });
}

test('with ALPN off no protocol is chosen', async () => {
  await write('UpdateListenerAttribute', { ListenerId: apps, AlpnEnabled: false });

  await until(async () =>
    /No ALPN negotiated/.test(await openssl(apps, '-alpn', 'h2,http/1.1')) ? true : null,
  );
});
