import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { before, suite, test, type TestContext } from 'node:test';
import type { TlsOptions } from 'node:tls';
import type { ClientAuth } from '../../../src/domain/observation.ts';
import type { Prober } from '../../../src/ports/prober.ts';
import { type Issued, makeIntermediate, makeLeaf, makeRoot } from '../../helpers/pki.ts';
import { certified, fail, probeAt, see, serveTcp, serveTls, testProber } from './servers.ts';

function identity(...chain: [Issued, ...Issued[]]) {
  const { cert, key } = certified(...chain);
  return { certificate: cert, key };
}

/** Passes on the first flight of the server behind it, and swallows whatever that says to the client's answer. */
function serveMute(t: TestContext, behind: number): Promise<number> {
  return serveTcp(t, (client) => {
    const server = connect(behind, '127.0.0.1').on('error', () => undefined);
    let flights = 0;
    client.on('data', (chunk) => {
      flights += 1;
      server.write(chunk);
    });
    server.on('data', (chunk) => flights === 1 && client.write(chunk));
    client.on('close', () => server.destroy());
  });
}

suite('client authentication', () => {
  let clientRoot: Issued;
  let leaf: Issued;
  let rsaLeaf: Issued;
  let prober: Prober;

  before(async () => {
    clientRoot = await makeRoot({ name: 'Clients' });
    const below = await makeIntermediate(clientRoot, { name: 'Clients below' });
    const root = await makeRoot({ name: 'Root' });
    leaf = await makeLeaf(root, { name: 'a.test' });
    rsaLeaf = await makeLeaf(root, { name: 'a.test', keyType: 'rsa' });
    const right = await makeLeaf(clientRoot, { name: 'right', use: 'client' });
    const rightRsa = await makeLeaf(clientRoot, { name: 'rsa', use: 'client', keyType: 'rsa' });
    const chained = await makeLeaf(below, { name: 'chained', use: 'client' });
    const wrong = await makeLeaf(root, { name: 'wrong', use: 'client' });
    prober = testProber({
      roots: [root.pem],
      answerWaitMs: 150,
      identities: new Map([
        ['right', identity(right)],
        ['right-rsa', identity(rightRsa)],
        ['chained', identity(chained, below)],
        ['wrong', identity(wrong)],
      ]),
    });
  });

  const serveMutual = (t: TestContext, options: TlsOptions) =>
    serveTls(t, { ...certified(leaf), ca: clientRoot.pem, requestCert: true, ...options });

  const expectations: readonly (readonly [string | null, boolean, ClientAuth])[] = [
    [null, true, 'required'],
    ['wrong', true, 'required'],
    ['right', true, 'requested'],
    ['right-rsa', true, 'requested'],
    ['chained', true, 'requested'],
    [null, false, 'requested'],
    ['wrong', false, 'requested'],
  ];

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const [name, insists, expected] of expectations) {
      const server = insists ? 'insists' : 'only asks';
      test(`${version}: a server that ${server} and identity ${name}: ${expected}`, async (t) => {
        const port = await serveMutual(t, {
          rejectUnauthorized: insists,
          minVersion: version,
          maxVersion: version,
        });
        const client = name === null ? null : { name };

        const seen = await see(prober, probeAt(port, { client, serverName: 'a.test' }));

        assert.equal(seen.clientAuth, expected);
        assert.equal(seen.leaf.fingerprint256, leaf.fingerprint256);
        assert.deepEqual(seen.chain, [leaf.fingerprint256]);
        assert.equal(seen.protocol, version);
        assert.match(seen.cipher, version === 'TLSv1.3' ? /^TLS_/ : /^ECDHE-ECDSA-/);
        assert.deepEqual(seen.trust, { verdict: 'trusted' });
        assert.equal(seen.nameCovered, true);
      });
    }
  }

  test('an identity of another kind than the offered key type is still shown', async (t) => {
    const [ecdsa, rsa] = [certified(leaf), certified(rsaLeaf)];
    const port = await serveMutual(t, {
      key: [ecdsa.key, rsa.key],
      cert: [ecdsa.cert, rsa.cert],
      rejectUnauthorized: true,
    });

    const asRsa = await see(prober, probeAt(port, { client: { name: 'right' }, keyType: 'rsa' }));
    const asEcdsa = await see(
      prober,
      probeAt(port, { client: { name: 'right-rsa' }, keyType: 'ecdsa' }),
    );

    assert.deepEqual([asRsa.leaf.keyType, asRsa.clientAuth], ['rsa', 'requested']);
    assert.deepEqual([asEcdsa.leaf.keyType, asEcdsa.clientAuth], ['ecdsa', 'requested']);
  });

  test('data after the handshake ends the wait for an answer', async (t) => {
    const port = await serveTls(
      t,
      { ...certified(leaf), requestCert: true, rejectUnauthorized: false },
      (socket) => socket.write('220 ready\r\n'),
    );
    const patient = testProber({ answerWaitMs: 60_000, timeoutMs: 10_000 });

    const seen = await see(patient, probeAt(port));

    assert.equal(seen.clientAuth, 'requested');
    assert.ok(seen.millis < 9000);
  });

  test('a server that does not ask is not waited for', async (t) => {
    const port = await serveTls(t, certified(leaf));
    const patient = testProber({ answerWaitMs: 60_000, timeoutMs: 10_000 });

    const seen = await see(patient, probeAt(port));

    assert.equal(seen.clientAuth, 'none');
    assert.ok(seen.millis < 5000);
  });

  test('TLS 1.3 without ticket or data leaves it unknown', async (t) => {
    const behind = await serveMutual(t, { rejectUnauthorized: true, minVersion: 'TLSv1.3' });
    const port = await serveMute(t, behind);

    const seen = await see(prober, probeAt(port));

    assert.equal(seen.leaf.fingerprint256, leaf.fingerprint256);
    assert.equal(seen.clientAuth, 'unknown');
  });

  test('a deadline during the wait still shows the leaf', async (t) => {
    const port = await serveMutual(t, { rejectUnauthorized: false });
    const hasty = testProber({ answerWaitMs: 60_000, timeoutMs: 400 });

    const seen = await see(hasty, probeAt(port));

    assert.equal(seen.leaf.fingerprint256, leaf.fingerprint256);
    assert.equal(seen.clientAuth, 'unknown');
  });

  test('without signature by the server a refusal proves no leaf', async (t) => {
    const port = await serveMutual(t, {
      ...certified(rsaLeaf),
      rejectUnauthorized: true,
      maxVersion: 'TLSv1.2',
      ciphers: 'AES128-GCM-SHA256',
    });

    const seen = await fail(prober, probeAt(port));

    assert.equal(seen.reason, 'handshake-failed');
  });

  test('an identity nobody configured is a failure, not an exception', async (t) => {
    const port = await serveTls(t, certified(leaf));

    const seen = await fail(prober, probeAt(port, { client: { name: 'nobody' } }));

    assert.equal(seen.reason, 'handshake-failed');
    assert.match(seen.detail, /no client identity/);
  });
});
