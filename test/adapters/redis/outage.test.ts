import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRedis } from '../../../src/adapters/redis/open.ts';
import type { LogFields } from '../../../src/ports/log.ts';
import { freePort, hasRedis, startRedis } from '../../helpers/redis.ts';
import { quietLog } from '../../helpers/store.ts';

const deadlines = { connect: 500, reply: 700 };
const options = { prefix: '{newleaf}', log: quietLog, deadlines };
const unavailable = { code: 'store.unavailable', retryable: true };
const skip = hasRedis ? false : 'no redis-server here';

test('what was appended and put is there after the server was killed', { skip }, async (t) => {
  const server = await startRedis();
  t.after(() => server.dispose());
  const { store, close } = await openRedis({ ...options, url: server.url });
  t.after(close);
  for (let after = 0; after < 20; after += 1)
    await store.append('journal/r', { id: `e${after}`, value: 'x' }, after);
  const version = await store.put('doc', 'kept', null);

  await server.kill();
  await assert.rejects(store.get('doc'), unavailable);
  await server.start();
  const read = await store.read('journal/r', 0);

  assert.equal(read.length, 20);
  assert.deepEqual(await store.get('doc'), { key: 'doc', value: 'kept', version });
});

test('a server that accepts and never answers ends a call in time', { skip }, async (t) => {
  const server = await startRedis();
  t.after(() => server.dispose());
  const { store, close } = await openRedis({ ...options, url: server.url });
  t.after(close);
  await store.put('doc', 'there', null);
  server.freeze();

  const asked = performance.now();
  await assert.rejects(store.get('doc'), unavailable);

  assert.ok(performance.now() - asked < 1500);
});

test('a wrong password is told without the password', { skip }, async (t) => {
  const server = await startRedis(['--requirepass', 'right']);
  t.after(() => server.dispose());
  const said: LogFields[] = [];
  const log = { ...quietLog, warn: (fields: LogFields) => said.push(fields) };
  const url = server.url.replace('redis://', 'redis://:hunter2@');
  const { store, close } = await openRedis({ ...options, log, url });
  t.after(close);

  const error: unknown = await store.get('doc').catch((reason: unknown) => reason);

  assert.ok(error instanceof Error);
  assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)} ${JSON.stringify(said)}`, /hunter2/);
  assert.match(error.message, /NOAUTH|WRONGPASS|no connection/);
});

test('two prefixes on one server see nothing of each other', { skip }, async (t) => {
  const server = await startRedis();
  t.after(() => server.dispose());
  const one = await openRedis({ ...options, url: server.url, prefix: '{one}' });
  const two = await openRedis({ ...options, url: server.url, prefix: '{two}' });
  t.after(() => Promise.all([one.close(), two.close()]));

  await one.store.put('doc', 'mine', null);
  await one.store.append('stream', { id: 'a', value: '' }, 0);

  assert.equal(await two.store.get('doc'), null);
  assert.deepEqual(await two.store.read('stream', 0), []);
  assert.deepEqual((await two.store.list('', null)).page, []);
});

test('durability names the setting that stands in the way', { skip }, async (t) => {
  const cases: [string[], { survivesProcess: boolean; survivesMachine: boolean }, RegExp][] = [
    [[], { survivesProcess: true, survivesMachine: true }, /^$/],
    [['--appendonly', 'no'], { survivesProcess: false, survivesMachine: false }, /appendonly/],
    [
      ['--appendfsync', 'no'],
      { survivesProcess: true, survivesMachine: false },
      /appendfsync is no/,
    ],
    [
      ['--maxmemory-policy', 'allkeys-lru'],
      { survivesProcess: false, survivesMachine: false },
      /maxmemory-policy is allkeys-lru: set it to noeviction/,
    ],
  ];
  for (const [settings, promise, detail] of cases) {
    const server = await startRedis(settings);
    t.after(() => server.dispose());
    const { store, close } = await openRedis({ ...options, url: server.url });
    const { detail: said, ...durability } = await store.durability();
    await close();

    assert.deepEqual(durability, { backend: 'redis', ...promise });
    assert.match(said, detail);
  }
});

test('without a server a call ends in time, and opening does not wait for one', async (t) => {
  const url = `redis://127.0.0.1:${await freePort()}`;
  const { store, close } = await openRedis({ ...options, url });
  t.after(close);

  await assert.rejects(store.append('s', { id: 'a', value: '' }, 0), unavailable);
  await assert.rejects(store.durability(), unavailable);
});

test('a bad URL or prefix is refused before anything starts, and the URL is not repeated', async () => {
  const invalid = { code: 'config.invalid' };
  const error: unknown = await openRedis({ ...options, url: 'rdis://u:hunter2@h' }).catch(
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error);
  assert.doesNotMatch(error.message, /hunter2/);
  await assert.rejects(openRedis({ ...options, url: 'no url' }), invalid);
  await assert.rejects(openRedis({ ...options, url: 'redis://h', prefix: 'plain' }), invalid);
});
