import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import { EmbeddedPool } from '../../../src/adapters/postgres/embedded-pool.ts';
import type { SqlNotification, SqlPool } from '../../../src/ports/queue.ts';

let db: PGlite;
let pool: SqlPool;

before(async () => {
  db = await PGlite.create();
  pool = new EmbeddedPool(db);
  await pool.query('CREATE TABLE word (at serial, text text)');
});
after(async () => {
  await pool.end();
  await db.close();
});

const words = async (): Promise<string[]> =>
  (await pool.query<{ text: string }>('SELECT text FROM word ORDER BY at')).rows.map(
    (row) => row.text,
  );

test('nothing runs between the begin and the end of a transaction but the transaction', async () => {
  const one = await pool.connect();
  const two = await pool.connect();
  const write = async (client: typeof one, text: string): Promise<void> => {
    await client.query('-- a package says something first\n/* twice */ BEGIN');
    await client.query('INSERT INTO word (text) VALUES ($1)', [`${text}-1`]);
    await client.query('INSERT INTO word (text) VALUES ($1)', [`${text}-2`]);
    await client.query('COMMIT');
  };

  await Promise.all([
    write(one, 'a'),
    pool.query(`INSERT INTO word (text) VALUES ('alone')`),
    write(two, 'b'),
  ]);

  const written = (await words()).join(' ');
  assert.match(written, /a-1 a-2/);
  assert.match(written, /b-1 b-2/);
  one.release();
  two.release();
});

test('a transaction that fails is rolled back alone, and the next one is untouched', async () => {
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query(`INSERT INTO word (text) VALUES ('lost')`);
  await assert.rejects(client.query('SELECT nothing FROM nowhere'), { code: '42P01' });
  const waiting = pool.query(`INSERT INTO word (text) VALUES ('kept')`);
  await client.query('ROLLBACK');
  await waiting;
  client.release();

  const written = await words();
  assert.ok(written.includes('kept'));
  assert.ok(!written.includes('lost'));
});

test('a session given back in the middle of a transaction loses it, and nobody waits for ever', async () => {
  const client = await pool.connect();
  await client.query('START TRANSACTION');
  await client.query(`INSERT INTO word (text) VALUES ('abandoned')`);
  client.release();

  assert.ok(!(await words()).includes('abandoned'));
});

test('a session hears the channels it listens to, and no others', async () => {
  const listener = await pool.connect();
  const deaf = await pool.connect();
  const heard: SqlNotification[] = [];
  deaf.on('notification', (message) => heard.push(message));
  await listener.query('-- comes first\nLISTEN "Loud_One"');
  await deaf.query('LISTEN other');
  await deaf.query('UNLISTEN other');
  const told = new Promise<SqlNotification>((resolve) => listener.on('notification', resolve));

  await pool.query(`SELECT pg_notify('other', 'x'), pg_notify('Loud_One', 'hello')`);

  assert.deepEqual(await told, { channel: 'Loud_One', payload: 'hello' });
  assert.deepEqual(heard, []);
  listener.release(true);
  deaf.release(true);
});

test('a result says how many rows it changed or holds', async () => {
  const { rowCount } = await pool.query(`UPDATE word SET text = text WHERE text = 'kept'`);
  const script = await pool.query<{ n: number }>('SELECT 1 AS n; SELECT 2 AS n');

  assert.equal(rowCount, 1);
  assert.deepEqual(script.rows, [{ n: 2 }]);
});

test('a pool says when it hands out a session', async () => {
  const events = new EmbeddedPool(db);
  const connected = once(events, 'connect');

  const client = await events.connect();

  assert.equal((await connected)[0], client);
  await events.end();
});
