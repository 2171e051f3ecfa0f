import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { HealthDocument } from '../../src/api/health.ts';
import { openStage } from '../helpers/processes.ts';
import { postgresBin, startPostgres, type TestPostgres } from '../helpers/postgres.ts';
import { listenerId, newId } from '../helpers/rotation-flows.ts';
import { boundDefault, fingerprintOf, opensslSees } from '../helpers/sandbox-control.ts';

/** Stands where the server will be and hangs up on whoever calls; resolves when somebody has. */
async function calledAt(port: number): Promise<void> {
  const server = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
  await once(server, 'connection');
  server.close();
  await once(server, 'close');
}

/** Asks over and over, because nobody tells when it changes. */
async function readiness(url: string, ready: boolean): Promise<HealthDocument> {
  for (;;) {
    const reply = await fetch(`${url}/readyz`);
    const health = HealthDocument.parse(await reply.json());
    if (health.ready === ready) return health;
  }
}

// Not registered at all where there is no server to test with.
if (postgresBin !== null) {
  const bin = postgresBin;
  let server: TestPostgres;

  before(async () => {
    server = await startPostgres(bin);
  });
  after(() => server.dispose());

  test('with PostgreSQL the daemon waits for its server, goes on after a crash of it, rotates and ends', async () => {
    const { url, port } = server;
    await using stage = await openStage({ sandbox: { seed: 'small' }, config: { store: { url } } });
    await server.kill();
    const called = calledAt(port);
    const starting = stage.daemon();
    await called;
    await server.start();

    const daemon = await starting;
    await daemon.logged('scan ended');
    await server.kill();
    const { checks } = await readiness(daemon.url, false);
    await server.start();
    await readiness(daemon.url, true);
    const rotated = await stage.newleaf('rotate', listenerId, '--wait');
    const doctor = await stage.newleaf('doctor');

    assert.equal(checks.find(({ ok }) => !ok)?.detail, 'the store cannot be reached');
    assert.equal(rotated.code, 0, rotated.err + rotated.out);
    assert.equal(await boundDefault(stage.sandbox, listenerId), newId);
    const fresh = await fingerprintOf(stage.sandbox, newId);
    assert.deepEqual(await opensslSees(stage.sandbox, listenerId), [fresh, fresh]);
    assert.match(doctor.out, /postgres answers/);
    assert.match(doctor.out, /survives losing the process and the machine/);
    assert.equal(await daemon.stop(), 0);
  });

  test('a daemon that still waits for its server ends when it is told to', async () => {
    const { url, port } = server;
    await using stage = await openStage({ sandbox: { seed: 'small' }, config: { store: { url } } });
    await server.kill();
    const called = calledAt(port);
    const waiting = stage.spawn('run');
    await called;

    waiting.kill('SIGTERM');
    const [code] = await once(waiting, 'exit');

    assert.equal(code, 0);
    await server.start();
  });
}
