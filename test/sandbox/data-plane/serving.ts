import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { after, before, test } from 'node:test';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import {
  apps,
  certificate,
  front,
  jobEnd,
  listenerState,
  mutual,
  nlbCaller,
  post,
  rootOf,
  servedIn,
  shake,
  smallSandbox,
  until,
} from '../support.ts';

let sandbox: RunningSandbox;

async function points(listenerId: string) {
  return (await listenerState(sandbox, listenerId)).serving;
}

async function firstPoint(listenerId: string) {
  const [point] = await points(listenerId);
  assert.ok(point);
  return point;
}

const names: readonly { sent: string; expected: string }[] = [
  { sent: 'portal.example.com', expected: 'portal' },
  { sent: 'static.example.com', expected: 'static' },
  { sent: 'STATIC.example.com', expected: 'static' },
  { sent: 'one.apps.example.com', expected: 'apps-wildcard' },
  { sent: 'two.one.apps.example.com', expected: 'portal' },
  { sent: 'elsewhere.test', expected: 'portal' },
  { sent: '', expected: 'portal' },
];

async function blurt(point: { address: string; port: number }, bytes: Buffer): Promise<void> {
  await new Promise<void>((resolve) => {
    const socket = net.connect(point.port, point.address, () => socket.end(bytes));
    socket.setTimeout(300, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve());
    socket.resume();
  });
}

/** The first record, cut in two: what is in it stays the same message. */
function inTwoRecords(record: Buffer): Buffer {
  const [head, body] = [record.subarray(0, 3), record.subarray(5)];
  const cut = [body.subarray(0, 30), body.subarray(30)].flatMap((part) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(part.length);
    return [head, length, part];
  });
  return Buffer.concat(cut);
}

/** Goes between a client and a zone and cuts the client's hello. */
async function cuttingProxy(to: { address: string; port: number }) {
  const server = net.createServer((client) => {
    const zone = net.connect(to.port, to.address);
    for (const socket of [client, zone]) {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => (socket === client ? zone : client).destroy());
    }
    client.once('data', (hello: Buffer) => {
      zone.write(inTwoRecords(hello));
      client.pipe(zone);
    });
    zone.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return { server, address: '127.0.0.1', port: address.port };
}

export function servingCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
  });

  after(() => sandbox.close());

  test('every zone address serves the default certificate with a chain that verifies', async () => {
    const { fingerprint256 } = await certificate(sandbox, 'web-2026a');

    for (const point of await points(front)) {
      const seen = await shake(point, { servername: 'www.example.com', ca: rootOf(sandbox) });
      assert.deepEqual(seen, {
        fingerprint: fingerprint256,
        chainLength: 3,
        authorized: true,
        protocol: 'TLSv1.3',
        alpn: false,
        error: null,
      });
    }
    assert.equal((await points(front)).length, 2);
  });

  for (const { sent, expected } of names) {
    test(`asked for ${sent === '' ? 'no name' : sent} a listener serves ${expected}`, async () => {
      const point = await firstPoint(apps);
      const { fingerprint256 } = await certificate(sandbox, expected);

      for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
        assert.equal(
          (await shake(point, { servername: sent, maxVersion })).fingerprint,
          fingerprint256,
        );
      }
    });
  }

  test('a listener that wants a client certificate refuses who has none and takes who has one', async () => {
    const point = await firstPoint(mutual);
    const { clientCertificateFile, clientKeyFile } = sandbox.description;
    const identity = {
      cert: readFileSync(clientCertificateFile),
      key: readFileSync(clientKeyFile),
    };

    const without = await shake(point);
    const withOne = await shake(point, identity);

    assert.notEqual(without.error, null);
    assert.equal(withOne.error, null);
  });

  test('a client certificate of another authority is refused', async () => {
    const point = await firstPoint(mutual);
    const other = await smallSandbox();
    try {
      const { clientCertificateFile, clientKeyFile } = other.description;
      const stranger = await shake(point, {
        cert: readFileSync(clientCertificateFile),
        key: readFileSync(clientKeyFile),
      });
      assert.notEqual(stranger.error, null);
    } finally {
      await other.close();
    }
  });

  test('the TLS policy decides which versions are spoken', async () => {
    const nlb = nlbCaller(sandbox);
    const point = await firstPoint(front);
    const speak = async (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      (
        await shake(point, {
          minVersion: version,
          maxVersion: version,
          ciphers: 'DEFAULT:@SECLEVEL=0',
        })
      ).protocol;

    assert.equal(await speak('TLSv1.1'), null);
    assert.equal(await speak('TLSv1.3'), 'TLSv1.3');
    await jobEnd(
      nlb,
      await nlb(
        'UpdateListenerAttribute',
        { ListenerId: front, SecurityPolicyId: 'tls_cipher_policy_1_1' },
        'body',
      ),
    );

    await until(async () => ((await speak('TLSv1.3')) === null ? true : null));
    assert.equal(await speak('TLSv1.1'), 'TLSv1.1');
    assert.equal(await speak('TLSv1.2'), 'TLSv1.2');
  });

  test('ALPN is answered as the listener is set', async () => {
    const offered = { ALPNProtocols: ['h2', 'http/1.1'] };

    assert.equal((await shake(await firstPoint(apps), offered)).alpn, 'h2');
    assert.equal((await shake(await firstPoint(front), offered)).alpn, false);
  });

  test('zones take over a new certificate one after the other', async () => {
    const slow = await smallSandbox({
      propagationMillis: { 'cn-hangzhou-a': 0, 'cn-hangzhou-b': 1500 },
    });
    try {
      const nlb = nlbCaller(slow);
      const [old, next] = [
        await certificate(slow, 'web-2026a'),
        await certificate(slow, 'web-2026b'),
      ];
      await jobEnd(
        nlb,
        await nlb(
          'UpdateListenerAttribute',
          { ListenerId: front, CertificateIds: [next.id] },
          'body',
        ),
      );

      await until(async () =>
        (await servedIn(slow, front, 'cn-hangzhou-a')) === next.fingerprint256 ? true : null,
      );
      assert.equal(await servedIn(slow, front, 'cn-hangzhou-b'), old.fingerprint256);
      await until(async () =>
        (await servedIn(slow, front, 'cn-hangzhou-b')) === next.fingerprint256 ? true : null,
      );
    } finally {
      await slow.close();
    }
  });

  test('a stopped listener refuses connections until it is started', async () => {
    const nlb = nlbCaller(sandbox);
    const point = await firstPoint(apps);

    await jobEnd(nlb, await nlb('StopListener', { ListenerId: apps }, 'body'));
    await until(async () => ((await shake(point)).error === 'ECONNREFUSED' ? true : null));
    await jobEnd(nlb, await nlb('StartListener', { ListenerId: apps }, 'body'));

    await until(async () => ((await shake(point)).error === null ? true : null));
  });

  test('garbage and half a hello do a listener no harm', async () => {
    const point = await firstPoint(front);
    const hellos = [
      Buffer.from('GET / HTTP/1.0\r\n\r\n'),
      Buffer.from([22, 3, 1, 0, 4, 1, 0, 0, 0]),
      Buffer.from([22, 3]),
      Buffer.alloc(5000, 0xff),
    ];

    await Promise.all(hellos.map((bytes) => blurt(point, bytes)));

    assert.equal((await shake(point)).error, null);
  });

  test('a hello in two records asks for its name all the same', async () => {
    const proxy = await cuttingProxy(await firstPoint(apps));
    try {
      const seen = await shake(proxy, { servername: 'static.example.com' });

      assert.equal(seen.error, null);
      assert.equal(seen.fingerprint, (await certificate(sandbox, 'static')).fingerprint256);
    } finally {
      proxy.server.close();
    }
  });

  test('on one loopback address every zone has a port of its own, told in dial', async () => {
    const alone = await smallSandbox({ loopbackOnly: true });
    try {
      const [first, second] = (await listenerState(alone, front)).serving;
      assert.ok(first && second);
      const dialled = alone.description.dial[`${first.address}:${first.port}`]?.split(':') ?? [];
      const { fingerprint256 } = await certificate(alone, 'web-2026a');

      assert.equal(dialled[0], '127.0.0.1');
      assert.equal(
        (await shake({ address: '127.0.0.1', port: Number(dialled[1]) })).fingerprint,
        fingerprint256,
      );
      assert.notEqual(
        alone.description.dial[`${second.address}:${second.port}`],
        dialled.join(':'),
      );
      await post(alone, '/reset', {});
      assert.equal((await shake({ address: '127.0.0.1', port: Number(dialled[1]) })).error, null);
    } finally {
      await alone.close();
    }
  });
}
