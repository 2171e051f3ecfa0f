import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openPostgres } from '../../../src/adapters/postgres/open.ts';
import { makeLeaf, makeRoot } from '../../helpers/pki.ts';
import { postgresBin, startPostgres, type TestPostgres } from '../../helpers/postgres.ts';
import { quietLog } from '../../helpers/store.ts';

const password = 'hunter2/@:%';

/** Whether the session was encrypted, as the server tells; rejects as the store would. */
async function encrypted(address: string): Promise<unknown> {
  const { store, queue, close } = await openPostgres({ url: address, log: quietLog });
  try {
    await store.put('seen', 'x', null);
    if (queue.kind !== 'postgres') throw new Error('another backend');
    const sql = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
    return (await queue.pool.query(sql)).rows;
  } finally {
    await close();
  }
}

// Not registered at all where there is no server to test with.
if (postgresBin !== null) {
  const bin = postgresBin;
  let server: TestPostgres;
  let dir: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'newleaf-roots-'));
    const root = await makeRoot({ name: 'Database CA' });
    const other = await makeRoot({ name: 'Other CA' });
    const leaf = await makeLeaf(root, { name: 'db.internal', names: ['localhost'] });
    await writeFile(join(dir, 'root.pem'), root.pem);
    await writeFile(join(dir, 'other.pem'), other.pem);
    server = await startPostgres(bin, {
      password,
      tls: { certificate: leaf.pem, key: leaf.keyPem },
      settings: ['synchronous_commit=off', 'fsync=off'],
    });
  });
  after(async () => {
    await server.dispose();
    await rm(dir, { recursive: true, force: true });
  });

  const url = (host: string, parameters: string, said = password): string =>
    `postgres://newleaf:${encodeURIComponent(said)}@${host}:${server.port}/postgres?${parameters}`;

  test('a server is logged in to with a password, in plain text or encrypted as the address says', async () => {
    assert.deepEqual(await encrypted(url('127.0.0.1', 'sslmode=disable')), [{ ssl: false }]);
    assert.deepEqual(await encrypted(url('127.0.0.1', 'sslmode=require')), [{ ssl: true }]);
  });

  test('a server is checked against the CA, and against its name unless that is not asked for', async () => {
    const root = `sslrootcert=${join(dir, 'root.pem')}`;
    const other = `sslrootcert=${join(dir, 'other.pem')}`;

    assert.deepEqual(await encrypted(url('localhost', `sslmode=verify-full&${root}`)), [
      { ssl: true },
    ]);
    assert.deepEqual(await encrypted(url('127.0.0.1', `sslmode=verify-ca&${root}`)), [
      { ssl: true },
    ]);
    for (const bad of [
      url('127.0.0.1', `sslmode=verify-full&${root}`),
      url('localhost', `sslmode=verify-full&${other}`),
      url('127.0.0.1', `sslmode=verify-ca&${other}`),
      url('localhost', 'sslmode=verify-full'),
    ]) {
      await assert.rejects(encrypted(bad), { code: 'store.unavailable' });
    }
  });

  test('a wrong password is told at once, and no password is in the error', async () => {
    const wrong = 'swordfish';

    const error: unknown = await encrypted(url('127.0.0.1', '', wrong)).catch((e: unknown) => e);

    assert.ok(error instanceof Error);
    assert.match(error.message, /password authentication failed for user "newleaf"/);
    assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /swordfish|hunter2/);
  });

  test('what a session can switch on is on, and what the server must switch on is told', async () => {
    const { store, close } = await openPostgres({ url: url('127.0.0.1', ''), log: quietLog });

    const durability = await store.durability();
    await close();

    assert.deepEqual(durability, {
      backend: 'postgres',
      survivesProcess: true,
      survivesMachine: false,
      detail: 'fsync is off: set it to on',
    });
  });
}
