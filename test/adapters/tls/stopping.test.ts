import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { connect, type Socket } from 'node:net';
import { before, suite, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { type Issued, makeLeaf } from '../../helpers/pki.ts';
import {
  certified,
  fail,
  hearing,
  never,
  probeAt,
  see,
  serveTcp,
  serveTls,
  testProber,
} from './servers.ts';

const run = promisify(execFile);

/** A process of its own: looks at a server that answers, gives up on one that is silent, and must then simply end. */
const lookAndLeave = `
  import { openProber } from './src/adapters/tls/prober.ts';
  import { systemClock } from './src/adapters/clock.ts';
  const [asking, silent] = process.argv.slice(1).map(Number);
  const prober = openProber({
    vantage: { networks: ['public'], vpcs: [] }, dial: {}, roots: [], identities: new Map(),
    timeoutMs: 60_000, answerWaitMs: 60_000, concurrency: 2, clock: systemClock,
  });
  const probe = (port) => ({
    endpoint: { zone: 'a', address: '127.0.0.1', port, network: 'public', vpcId: null, active: true },
    serverName: null, keyType: 'any', client: null, alpn: [],
  });
  const caller = new AbortController();
  const given = prober.observe(probe(silent), caller.signal).catch(({ message }) => message);
  const seen = await prober.observe(probe(asking), caller.signal);
  caller.abort(new Error('given up'));
  console.log(seen.kind, await given);
`;

/** Passes everything on, with one random bit turned over somewhere in what the server says. */
function serveSpoiled(t: TestContext, behind: number): Promise<number> {
  return serveTcp(t, (client) => {
    const server = connect(behind, '127.0.0.1').on('error', () => client.destroy());
    let left = randomBytes(2).readUInt16BE() % 1200;
    client.pipe(server);
    server.on('data', (chunk) => {
      if (left >= 0 && left < chunk.length) {
        chunk.writeUInt8(chunk.readUInt8(left) ^ (1 << (left % 8)), left);
      }
      left -= chunk.length;
      client.write(chunk);
    });
    server.on('close', () => client.destroy());
    client.on('close', () => server.destroy());
  });
}

suite('stopping, limits and hostile peers', () => {
  let leaf: Issued;
  before(async () => {
    leaf = await makeLeaf(null, { name: 'a.test' });
  });

  test('an aborted look rejects at once with the reason and closes the connection', async (t) => {
    const closed = hearing<void>(1);
    const opened = hearing<Socket>(1);
    const port = await serveTcp(t, (socket) => {
      socket.on('close', () => closed.add());
      socket.once('data', () => opened.add(socket));
    });
    const caller = new AbortController();

    const looking = testProber().observe(probeAt(port), caller.signal);
    await opened.all;
    caller.abort(new Error('shutting down'));

    await assert.rejects(looking, /shutting down/);
    await closed.all;
  });

  test('an aborted signal starts nothing', async (t) => {
    let connections = 0;
    const port = await serveTcp(t, () => {
      connections += 1;
    });

    const looking = testProber().observe(probeAt(port), AbortSignal.abort(new Error('too late')));

    await assert.rejects(looking, /too late/);
    assert.equal(connections, 0);
  });

  test('an abort while waiting for a turn rejects, and the queue goes on', async (t) => {
    const silent = await serveTcp(t, (socket) => socket.resume());
    const port = await serveTls(t, certified(leaf));
    const prober = testProber({ concurrency: 1, timeoutMs: 200 });
    const caller = new AbortController();

    const first = prober.observe(probeAt(silent), never);
    const second = prober.observe(probeAt(port), caller.signal);
    const third = see(prober, probeAt(port));
    caller.abort(new Error('given up'));

    await assert.rejects(second, /given up/);
    assert.equal((await first).kind, 'failed');
    assert.equal((await third).leaf.fingerprint256, leaf.fingerprint256);
  });

  test('nothing outlives a look: the process ends by itself', async (t) => {
    const silent = await serveTcp(t, (socket) => socket.resume());
    const asking = await serveTls(
      t,
      { ...certified(leaf), requestCert: true, rejectUnauthorized: false },
      (socket) => socket.write('220 ready'),
    );
    const node = ['--import', 'tsx', '--input-type=module', '-e', lookAndLeave];

    const { stdout } = await run(process.execPath, [...node, `${asking}`, `${silent}`], {
      timeout: 15_000,
    });

    assert.equal(stdout, 'served given up\n');
  });

  test('many looks share a signal and leave no listener on it', async (t) => {
    const port = await serveTls(t, certified(leaf));
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    t.after(() => process.off('warning', note));
    const { signal } = new AbortController();
    const prober = testProber({ concurrency: 20 });

    await Promise.all(Array.from({ length: 40 }, () => prober.observe(probeAt(port), signal)));
    await new Promise((resolve) => setImmediate(resolve));

    assert.deepEqual(getEventListeners(signal, 'abort'), []);
    assert.deepEqual(warnings, []);
  });

  test('no more connections are open than allowed', async (t) => {
    let [open, most] = [0, 0];
    const port = await serveTcp(t, (socket) => {
      open += 1;
      most = Math.max(most, open);
      socket.once('data', () => setImmediate(() => socket.end()));
      socket.on('close', () => {
        open -= 1;
      });
    });
    const prober = testProber({ concurrency: 3 });

    await Promise.all(Array.from({ length: 30 }, () => prober.observe(probeAt(port), never)));

    // The server may learn of an ended connection only after the next one was opened.
    assert.ok(most >= 3 && most <= 6, `${most}`);
  });

  test('garbage is a failure, whatever the bytes', async (t) => {
    const port = await serveTcp(t, (socket) => {
      const bytes = randomBytes(1 + (randomBytes(2).readUInt16BE() % 4000));
      // Half of them look like TLS records at first.
      if (bytes.length > 9 && bytes.readUInt8(0) % 2 === 0) {
        Buffer.from([22, 3, 3, 0, bytes.length % 256, 2, 0, 0, 40]).copy(bytes);
      }
      socket.once('data', () => socket.end(bytes));
    });
    const prober = testProber({ timeoutMs: 2000 });

    const seen = await Promise.all(
      Array.from({ length: 200 }, () => prober.observe(probeAt(port), never)),
    );

    assert.ok(seen.every(({ kind }) => kind === 'failed'));
  });

  test('a handshake spoiled at any byte is a failure or shows the true leaf', async (t) => {
    const behind = await serveTls(t, { ...certified(leaf), requestCert: true });
    const port = await serveSpoiled(t, behind);
    const prober = testProber({ timeoutMs: 1000, answerWaitMs: 10 });

    const seen = await Promise.all(
      Array.from({ length: 150 }, () => prober.observe(probeAt(port), never)),
    );

    for (const one of seen) {
      if (one.kind === 'served') assert.equal(one.leaf.fingerprint256, leaf.fingerprint256);
    }
    assert.ok(seen.some(({ kind }) => kind === 'failed'));
  });

  test('a flood after the handshake is not read', async (t) => {
    const chunk = Buffer.alloc(1024 * 1024);
    let written = 0;
    const port = await serveTls(
      t,
      { ...certified(leaf), requestCert: true, rejectUnauthorized: false },
      (socket) => {
        const pour = () => {
          while (written < 100 && !socket.destroyed) {
            written += 1;
            if (!socket.write(chunk)) return;
          }
        };
        socket.on('drain', pour);
        pour();
      },
    );

    const seen = await see(testProber(), probeAt(port));

    assert.equal(seen.clientAuth, 'requested');
    assert.ok(written < 50, `${written} MiB`);
  });

  test('an endless stream of handshake bytes ends with a failure', async (t) => {
    const chunk = Buffer.alloc(16_384 + 5, 0);
    Buffer.from([22, 3, 3, 0x40, 0]).copy(chunk);
    const port = await serveTcp(t, (socket) => {
      const pour = () => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on('drain', pour);
      socket.once('data', pour);
    });

    const seen = await fail(testProber({ timeoutMs: 2000 }), probeAt(port));

    assert.ok(['handshake-failed', 'timeout', 'reset'].includes(seen.reason), seen.reason);
  });

  test('a server that half-closes and keeps listening is a reset', async (t) => {
    const port = await serveTcp(t, (socket) => {
      socket.allowHalfOpen = true;
      socket.resume();
      socket.end();
    });

    const seen = await fail(testProber(), probeAt(port));

    assert.equal(seen.reason, 'reset');
  });
});
