import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { before, suite, test } from 'node:test';
import type { Prober } from '../../../src/ports/prober.ts';
import { type Issued, makeLeaf } from '../../helpers/pki.ts';
import { certified, endpointAt, fail, probeAt, serveTcp, serveTls, testProber } from './servers.ts';

/** A TLS record: content type, version, length, body. */
function record(type: number, body: readonly number[]): Buffer {
  return Buffer.from([type, 3, 3, body.length >> 8, body.length & 255, ...body]);
}

const fatal = 2;

suite('why a handshake failed', () => {
  let leaf: Issued;
  let prober: Prober;
  before(async () => {
    leaf = await makeLeaf(null, { name: 'a.test', keyType: 'rsa' });
    prober = testProber();
  });

  test('nobody listens: refused', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    await new Promise((resolve) => server.close(resolve));

    const seen = await fail(prober, probeAt(address.port));

    assert.equal(seen.reason, 'refused');
    assert.match(seen.detail, /ECONNREFUSED/);
  });

  test('no route: unreachable', async () => {
    // The loopback network's broadcast address takes no connections.
    const endpoint = endpointAt(443, { address: '127.255.255.255' });

    const seen = await fail(testProber({ timeoutMs: 2000 }), probeAt(443, { endpoint }));

    assert.equal(seen.reason, 'unreachable');
  });

  test('a name in an override that does not resolve: unreachable', async () => {
    const dial = { '127.0.0.1:443': 'nowhere.invalid:443' };

    const seen = await fail(testProber({ dial }), probeAt(443));

    assert.equal(seen.reason, 'unreachable');
  });

  test('a server that never speaks: timeout, at the deadline', async (t) => {
    const port = await serveTcp(t, (socket) => socket.resume());

    const seen = await fail(testProber({ timeoutMs: 120 }), probeAt(port));

    assert.equal(seen.reason, 'timeout');
    assert.ok(seen.millis >= 110 && seen.millis < 2000, `${seen.millis}`);
  });

  test('a server that drips one byte at a time: timeout', async (t) => {
    const port = await serveTcp(t, (socket) => {
      socket.resume();
      const bytes = record(
        22,
        Array.from({ length: 250 }, () => 2),
      ).values();
      const timer = setInterval(() => socket.write(Buffer.from([bytes.next().value ?? 0])), 10);
      socket.on('close', () => clearInterval(timer));
    });

    const seen = await fail(testProber({ timeoutMs: 200 }), probeAt(port));

    assert.equal(seen.reason, 'timeout');
  });

  const resets: readonly (readonly [string, Buffer | null, 'end' | 'resetAndDestroy'])[] = [
    ['closes at once', null, 'end'],
    ['resets at once', null, 'resetAndDestroy'],
    ['closes after half a record', record(22, [2, 0, 0, 70]).subarray(0, 7), 'end'],
  ];
  for (const [title, bytes, goodbye] of resets) {
    test(`a server that ${title}: reset`, async (t) => {
      const port = await serveTcp(t, (socket) => {
        socket.once('data', () => {
          if (bytes !== null) socket.write(bytes);
          socket[goodbye]();
        });
      });

      const seen = await fail(prober, probeAt(port));

      assert.equal(seen.reason, 'reset');
    });
  }

  const texts = [
    'HTTP/1.1 400 Bad Request\r\n\r\n',
    'SSH-2.0-OpenSSH_9.6\r\n',
    '220 mail\r\n',
    '\0',
    '\x16\x09',
  ];
  for (const text of texts) {
    test(`a server that answers ${JSON.stringify(text)}: not TLS`, async (t) => {
      const port = await serveTcp(t, (socket) => socket.once('data', () => socket.end(text)));

      const seen = await fail(prober, probeAt(port));

      assert.equal(seen.reason, 'not-tls');
    });
  }

  const alerts: readonly (readonly [number, string])[] = [
    [40, 'no-common-parameters'],
    [70, 'no-common-parameters'],
    [71, 'no-common-parameters'],
    [120, 'no-common-parameters'],
    [112, 'name-rejected'],
    [80, 'handshake-failed'],
  ];
  for (const [alert, reason] of alerts) {
    test(`alert ${alert}: ${reason}`, async (t) => {
      const port = await serveTcp(t, (socket) => {
        socket.once('data', () => socket.end(record(21, [fatal, alert])));
      });

      const seen = await fail(prober, probeAt(port, { serverName: 'a.test' }));

      assert.equal(seen.reason, reason);
    });
  }

  test('no common protocol to speak: no common parameters', async (t) => {
    const port = await serveTls(t, { ...certified(leaf), ALPNProtocols: ['h2'] });

    const seen = await fail(prober, probeAt(port, { alpn: ['spdy/1'] }));

    assert.equal(seen.reason, 'no-common-parameters');
  });

  test('a server that speaks only TLS 1.0 is seen, not failed', async (t) => {
    const port = await serveTls(t, {
      ...certified(leaf),
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    });

    const seen = await prober.observe(
      probeAt(port, { keyType: 'rsa' }),
      new AbortController().signal,
    );

    assert.ok(seen.kind === 'served', JSON.stringify(seen));
    assert.equal(seen.protocol, 'TLSv1');
    assert.equal(seen.leaf.fingerprint256, leaf.fingerprint256);
  });

  test('a hello that is broken inside: handshake failed', async (t) => {
    const port = await serveTcp(t, (socket) => {
      socket.once('data', () => socket.write(record(22, [2, 0, 0, 4, 9, 9, 9, 9])));
    });

    const seen = await fail(prober, probeAt(port));

    assert.equal(seen.reason, 'handshake-failed');
  });
});
