import assert from 'node:assert/strict';
import { once } from 'node:events';
import { before, suite, type TestContext, test } from 'node:test';
import { connect } from 'node:tls';
import { readFlight } from '../../../src/adapters/tls/flight.ts';
import { type Issued, makeLeaf } from '../../helpers/pki.ts';
import { certified, serveTcp, serveTls } from './servers.ts';
import { connect as connectTcp } from 'node:net';

interface Recording {
  readonly received: Buffer;
  readonly secret: Buffer | null;
}

/** What a server sent in one handshake that openssl's library completed, byte for byte. */
async function record(t: TestContext, behind: number): Promise<Recording> {
  const chunks: Buffer[] = [];
  const port = await serveTcp(t, (client) => {
    const server = connectTcp(behind, '127.0.0.1').on('error', () => undefined);
    client.pipe(server);
    server.on('data', (chunk) => {
      chunks.push(chunk);
      client.write(chunk);
    });
    client.on('close', () => server.destroy());
  });
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  let secret: Buffer | null = null;
  socket.on('keylog', (line) => {
    const [label, , value] = line.toString().trim().split(' ');
    if (label === 'SERVER_HANDSHAKE_TRAFFIC_SECRET') secret = Buffer.from(value ?? '', 'hex');
  });
  await once(socket, 'secureConnect');
  socket.destroy();
  return { received: Buffer.concat(chunks), secret };
}

suite('the server’s own messages', () => {
  let leaf: Issued;
  before(async () => {
    leaf = await makeLeaf(null, { name: 'a.test' });
  });

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const requestCert of [true, false]) {
      test(`${version}: cut off anywhere, they never claim what they do not show (${requestCert})`, async (t) => {
        const options = { requestCert, minVersion: version, maxVersion: version };
        const port = await serveTls(t, {
          ...certified(leaf),
          ...options,
          rejectUnauthorized: false,
        });
        const { received, secret } = await record(t, port);

        const whole = readFlight(received, secret);
        const cut = Array.from(received, (_byte, end) =>
          readFlight(received.subarray(0, end), secret),
        );

        assert.equal(whole.asksClient, requestCert);
        assert.deepEqual(whole.certificates, [leaf.der]);
        for (const { asksClient, certificates } of cut) {
          assert.ok(asksClient === null || asksClient === requestCert);
          assert.ok(certificates.length === 0 || certificates[0]?.equals(leaf.der));
        }
        assert.equal(cut[0]?.asksClient, null);
      });
    }
  }

  test('with a secret that does not fit, nothing is claimed', async (t) => {
    const port = await serveTls(t, { ...certified(leaf), minVersion: 'TLSv1.3' });
    const { received } = await record(t, port);

    const flight = readFlight(received, Buffer.alloc(48, 7));

    assert.equal(flight.asksClient, null);
    assert.deepEqual(flight.certificates, []);
  });
});
