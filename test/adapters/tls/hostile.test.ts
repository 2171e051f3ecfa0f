import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { before, suite, test, type TestContext } from 'node:test';
import { connect } from 'node:tls';
import * as fc from 'fast-check';
import { readFlight } from '../../../src/adapters/tls/flight.ts';
import { contentType, messageType } from '../../../src/adapters/tls/records.ts';
import { type Issued, makeLeaf, makeRoot } from '../../helpers/pki.ts';
import { certified, fail, probeAt, serveTcp, serveTls, testProber } from './servers.ts';

const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));

/** A length that is right, or a lie. */
const lie = fc.option(fc.nat(0xffff), { nil: null });

const message = fc
  .record({ type: fc.constantFrom(...Object.values(messageType)), body: bytes, claim: lie })
  .map(({ type, body, claim }) => {
    const length = Buffer.alloc(3);
    length.writeUIntBE(claim ?? body.length, 0, 3);
    return Buffer.concat([Buffer.from([type]), length, body]);
  });

const record = fc
  .record({
    type: fc.constantFrom(...Object.values(contentType), 0, 255),
    body: fc.oneof(
      bytes,
      fc.array(message, { maxLength: 4 }).map((all) => Buffer.concat(all)),
    ),
    claim: lie,
  })
  .map(({ type, body, claim }) => recordOf(type, body, claim ?? body.length));

const conversation = fc.array(fc.oneof({ arbitrary: record, weight: 5 }, bytes), { maxLength: 12 });

const secret = fc.option(fc.constantFrom(Buffer.alloc(32, 1), Buffer.alloc(48, 2)), { nil: null });

function recordOf(type: number, body: Buffer, length = body.length): Buffer {
  return Buffer.concat([Buffer.from([type, 3, 3, length >> 8, length & 0xff]), body]);
}

/** What a TLS 1.2 server says that asks for a certificate, as openssl's library took it. */
async function askingFlight(t: TestContext, leaf: Issued, ca: readonly Issued[]): Promise<Buffer> {
  const behind = await serveTls(t, {
    ...certified(leaf),
    ca: ca.map(({ pem }) => pem),
    requestCert: true,
    rejectUnauthorized: false,
    maxVersion: 'TLSv1.2',
  });
  const chunks: Buffer[] = [];
  const port = await serveTcp(t, (client) => {
    const server = connectTcp(behind, '127.0.0.1').on('error', () => undefined);
    client.pipe(server);
    server.on('data', (chunk: Buffer) => chunks.push(chunk)).pipe(client);
  });
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  socket.destroy();
  return Buffer.concat(chunks);
}

suite('a server that lies', () => {
  let leaf: Issued;
  let ca: readonly Issued[];
  before(async () => {
    leaf = await makeLeaf(null, { name: 'a.test' });
    ca = await Promise.all(['One', 'Two'].map((name) => makeRoot({ name })));
  });

  test('cannot make the reader throw, or claim what was not sent', () => {
    fc.assert(
      fc.property(conversation, secret, (parts, key) => {
        const sent = Buffer.concat(parts);
        const { certificates, caNames } = readFlight(sent, key);
        const kept = certificates.reduce((sum, { length }) => sum + length, 0);
        assert.ok(kept <= sent.length);
        assert.ok((caNames?.length ?? 0) <= 100);
      }),
      { numRuns: 3000 },
    );
  });

  test('by a byte, names no CA with a control character in it, and no more than it has', async (t) => {
    const flight = await askingFlight(t, leaf, ca);
    assert.deepEqual(readFlight(flight, null).caNames, ['CN=One', 'CN=Two']);

    fc.assert(
      fc.property(fc.nat(flight.length - 1), fc.nat(255), (at, byte) => {
        const spoilt = Buffer.from(flight);
        spoilt[at] = byte;
        const names = readFlight(spoilt, null).caNames ?? [];
        assert.ok(names.length <= 3 && names.every((name) => !/\p{C}/u.test(name)));
      }),
      { numRuns: 3000 },
    );
  });

  test('by cutting its messages short, names a CA wholly or not at all', async (t) => {
    const flight = await askingFlight(t, leaf, ca);

    for (let end = 0; end < flight.length; end += 1) {
      const { caNames } = readFlight(flight.subarray(0, end), null);
      assert.ok(caNames === null || caNames.length === 2);
    }
  });

  test('with tens of thousands of records, costs no more than a moment', () => {
    const empty = Buffer.concat(
      Array.from({ length: 50_000 }, () => recordOf(contentType.handshake, Buffer.alloc(0))),
    );
    const single = Buffer.concat(
      Array.from({ length: 40_000 }, () => recordOf(contentType.applicationData, Buffer.alloc(1))),
    );
    const started = process.cpuUsage();

    assert.equal(readFlight(empty, null).asksClient, null);
    assert.equal(readFlight(single, Buffer.alloc(32)).asksClient, null);

    assert.ok(process.cpuUsage(started).user < 2_000_000);
  });

  test('in a conversation, ends in a failure, and in time', async (t) => {
    let script: readonly Buffer[] = [];
    const port = await serveTcp(t, (client) => {
      client.once('data', () => {
        for (const part of script) client.write(part);
        if (script.length % 2 === 0) client.end();
      });
    });
    const prober = testProber({ timeoutMs: 400 });

    await fc.assert(
      fc.asyncProperty(conversation, async (parts) => {
        script = parts;
        const seen = await fail(prober, probeAt(port));
        assert.ok(seen.millis < 3000, `${seen.millis} ms`);
      }),
      { numRuns: 60, interruptAfterTimeLimit: 20_000 },
    );
  });

  test('by dripping a true handshake slowly, is given up on at the deadline', async (t) => {
    const flight = await askingFlight(t, leaf, ca);
    const drips = new Set<NodeJS.Timeout>();
    t.after(() => {
      for (const drip of drips) clearInterval(drip);
    });
    const port = await serveTcp(t, (client) => {
      let at = 0;
      const drip = setInterval(() => client.write(flight.subarray(at, (at += 1))), 5);
      drips.add(drip);
      client.on('close', () => clearInterval(drip));
    });

    const seen = await fail(testProber({ timeoutMs: 300 }), probeAt(port, { newest: 'TLSv1.2' }));

    assert.equal(seen.reason, 'timeout');
  });

  test('by sending without end, is cut off and costs little memory', async (t) => {
    const flood = Buffer.concat(
      Array.from({ length: 2000 }, () => recordOf(contentType.handshake, Buffer.alloc(30))),
    );
    const pour = (client: Socket): void => {
      while (client.writable && client.write(flood));
    };
    const port = await serveTcp(t, (client) => {
      client.on('drain', () => pour(client));
      client.once('data', () => pour(client));
    });
    const held = process.memoryUsage().arrayBuffers;

    await Promise.all(
      Array.from({ length: 8 }, () => fail(testProber({ timeoutMs: 500 }), probeAt(port))),
    );

    assert.ok(process.memoryUsage().arrayBuffers - held < 64 * 1024 * 1024);
  });
});
