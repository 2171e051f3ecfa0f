import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPostgres } from '../../../src/adapters/postgres/open.ts';
import { freePort } from '../../helpers/redis.ts';
import { postgresBin, startPostgres } from '../../helpers/postgres.ts';
import { logBook } from '../../helpers/log-book.ts';
import { quietLog } from '../../helpers/store.ts';

const unavailable = { code: 'store.unavailable', retryable: true };

test('without a server a call ends in time, and the URL is in no error', async (t) => {
  const url = `postgres://u:hunter2@127.0.0.1:${await freePort()}/db`;
  const { store, close } = await openPostgres({ url, log: quietLog });
  t.after(close);

  const error: unknown = await store.get('doc').catch((reason: unknown) => reason);

  assert.ok(error instanceof Error);
  assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /hunter2/);
  await assert.rejects(store.append('s', { id: 'a', value: '' }, 0), unavailable);
  await assert.rejects(store.durability(), unavailable);
  await assert.rejects(openPostgres({ url: 'not a url', log: quietLog }), {
    code: 'config.invalid',
  });
});

// Not registered at all where there is no server to test with.
if (postgresBin !== null) {
  const bin = postgresBin;

  test('a PostgreSQL server that crashes and comes back has everything, and we find it again', async (t) => {
    const server = await startPostgres(bin);
    t.after(() => server.dispose());
    const book = logBook();
    const { store, close } = await openPostgres({ url: server.url, log: book.log });
    const second = await openPostgres({ url: server.url, log: quietLog });
    t.after(() => Promise.all([close(), second.close()]));
    // Two replicas make the schema at the same time.
    await Promise.all([
      store.append('s', { id: 'a', value: 'x' }, 0),
      second.store.put('doc', 'kept', null),
    ]);

    await server.kill();
    await assert.rejects(store.get('doc'), unavailable);
    await server.start();

    assert.equal((await store.get('doc'))?.value, 'kept');
    assert.deepEqual(await second.store.read('s', 0), [{ id: 'a', value: 'x' }]);
    assert.deepEqual(
      book.lines.map(({ sentence }) => sentence),
      ['store connection failed', 'store connection is back'],
    );
    assert.deepEqual(await store.durability(), {
      backend: 'postgres',
      survivesProcess: true,
      survivesMachine: true,
      detail: '',
    });
  });
}
