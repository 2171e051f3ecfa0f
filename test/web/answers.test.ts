import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorDocument, RequestDocument } from '../../src/api/requests.ts';
import { RotationDocument } from '../../src/api/rotation.ts';
import { NewleafError } from '../../src/domain/errors.ts';
import { aDesk, aRolledBackRotation, healthy, openServer } from '../helpers/desk.ts';
import { ask, bearer, type Reply, writing } from './ask.ts';

const errorOf = ({ text }: Reply) => ErrorDocument.parse(JSON.parse(text)).error;

const reading = { headers: bearer('reader-hush') };

const post = (url: string, path: string, body: unknown, headers = writing) =>
  ask(url, path, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const rotation = { listener: 'lsn-1@443', reason: 'asked for' };

test('a write takes JSON and nothing that a form could send', async () => {
  const desk = aDesk();
  await using server = await openServer(desk);
  const as = (type: string) =>
    post(server.url, '/api/v1/rotate', rotation, { ...writing, 'content-type': type });

  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', '']) {
    const reply = await as(type);
    assert.equal(reply.status, 415, type);
    assert.match(errorOf(reply).message, /content-type: application\/json/);
  }
  assert.deepEqual(desk.asked, []);
  assert.equal((await as('Application/JSON; charset=utf-8')).status, 202);
});

test('a body that does not fit is refused by the name of what is wrong with it', async () => {
  const desk = aDesk();
  await using server = await openServer(desk);
  const bodies: readonly (readonly [unknown, RegExp])[] = [
    ['{"listener":', /^the body is not JSON$/],
    ['', /not JSON/],
    ['[]', /expected object/],
    ['null', /expected object/],
    [{ ...rotation, force: true }, /"force"/],
    [{ reason: 'why' }, /^listener: /],
    [{ ...rotation, listener: '' }, /^listener: /],
    [{ ...rotation, reason: 'two\nlines' }, /^reason: must be a single line/],
    [{ ...rotation, slot: 'main' }, /^slot: /],
    [{ ...rotation, to: 'x'.repeat(501) }, /^to: /],
    ['{"__proto__":{"listener":"x"},"reason":"y"}', /listener|__proto__/],
  ];

  for (const [body, message] of bodies) {
    const reply = await post(server.url, '/api/v1/rotate', body);
    assert.equal(reply.status, 400, JSON.stringify(body));
    assert.equal(errorOf(reply).code, 'request.invalid');
    assert.match(errorOf(reply).message, message);
  }
  assert.deepEqual(desk.asked, []);
});

test('a body over 64 KiB is refused, announced or not, and the server lives', async () => {
  const desk = aDesk();
  await using server = await openServer(desk);
  const large = JSON.stringify({ ...rotation, reason: 'x'.repeat(70_000) });

  const announced = await post(server.url, '/api/v1/rotate', large, {
    ...writing,
    'content-length': String(large.length),
  });
  const chunked = await post(server.url, '/api/v1/rotate', large, {
    ...writing,
    'transfer-encoding': 'chunked',
  });

  assert.deepEqual([announced.status, chunked.status], [413, 413]);
  assert.match(errorOf(announced).message, /65536 bytes at most/);
  assert.deepEqual(desk.asked, []);
  assert.equal((await ask(server.url, '/healthz')).status, 200);
});

test('whoever holds the token is who asked; the body may say on whose behalf', async () => {
  const desk = aDesk();
  await using server = await openServer(desk);
  const caller = { name: 'ada', role: 'operator' };

  const reply = await post(server.url, '/api/v1/rotate', rotation);
  await post(server.url, '/api/v1/rotate', { ...rotation, requestedBy: 'pipeline 7' });

  assert.equal(reply.status, 202);
  assert.equal(RequestDocument.parse(JSON.parse(reply.text)).state, 'rotation');
  assert.deepEqual(desk.asked, [
    ['rotate', caller, { ...rotation, requestedBy: 'ada' }],
    ['rotate', caller, { ...rotation, requestedBy: 'pipeline 7' }],
  ]);
});

test('a refused rotation is a conflict, told by a document of its own', async () => {
  const reason = 'the policy observes only';
  const desk = aDesk({ rotate: async () => ({ state: 'refused', requestId: null, reason }) });
  await using server = await openServer(desk);

  const reply = await post(server.url, '/api/v1/rotate', rotation);

  assert.equal(reply.status, 409);
  assert.deepEqual(JSON.parse(reply.text), { state: 'refused', requestId: null, reason });
});

test('what is not there is said by name, to readers and operators alike', async () => {
  await using server = await openServer(aDesk());

  for (const headers of [bearer('reader-hush'), bearer('operator-hush')]) {
    for (const path of ['/api/v1/nothing', '/api/v1/rotations/r-9', '/api/v1/requests/q-9', '/x']) {
      const reply = await ask(server.url, path, { headers });
      assert.equal(reply.status, 404, path);
      assert.equal(errorOf(reply).code, 'not-found');
      assert.match(errorOf(reply).message, /nothing|r-9|q-9|\/x/);
    }
  }
  const back = { reason: 'clients fail' };
  assert.equal((await post(server.url, '/api/v1/rotations/r-9/rollback', back)).status, 404);
  assert.equal((await post(server.url, '/api/v1/rotations/r-1/rollback', back)).status, 409);
  const resolve = { as: 'old', note: 'looked' };
  assert.equal((await post(server.url, '/api/v1/rotations/r-9/resolve', resolve)).status, 404);
  assert.equal((await ask(server.url, '/api/v1/rotate', reading)).status, 404);
});

test('one rotation comes with its timeline, and a limit bounds the list', async () => {
  const document = await aRolledBackRotation();
  const limits: number[] = [];
  const desk = aDesk({
    rotation: async (id) => (id === 'r 1/x' ? document : null),
    rotations: async (limit) => {
      limits.push(limit);
      return { rotations: [] };
    },
  });
  await using server = await openServer(desk);

  const { text } = await ask(server.url, '/api/v1/rotations/r%201%2Fx', reading);
  await ask(server.url, '/api/v1/rotations?limit=1000000', reading);

  assert.deepEqual(RotationDocument.parse(JSON.parse(text)), document);
  assert.deepEqual(limits, [100]);
});

test('a store that is away is 503 with its reason; anything else is 500 and says nothing of itself', async () => {
  const failures = [
    new NewleafError('store.unavailable', 'read inventory: no answer in time'),
    new NewleafError('not-found', 'the rotation names an account that is not configured'),
    new TypeError('cannot read redis://:hush@db of undefined'),
  ];
  const desk = aDesk({
    status: async () => {
      throw failures.shift() ?? new Error('asked too often');
    },
  });
  await using server = await openServer(desk);

  const replies = [];
  for (let turn = 0; turn < 3; turn += 1)
    replies.push(await ask(server.url, '/api/v1/status', reading));

  assert.deepEqual(
    replies.map(({ status }) => status),
    [503, 404, 500],
  );
  assert.equal(replies[0] && errorOf(replies[0]).message, 'read inventory: no answer in time');
  assert.deepEqual(replies[2] && errorOf(replies[2]), {
    code: 'internal',
    message: 'something unexpected failed: see the log',
  });
  assert.doesNotMatch(replies.map(({ text }) => text).join(''), /hush|\.ts|\n/);
  assert.deepEqual(
    server.lines.map(({ level, fields }) => [level, fields['code']]),
    [
      ['error', 'store.unavailable'],
      ['error', 'not-found'],
      ['error', 'internal'],
    ],
  );
});

test('what the stop of the daemon cut short may be asked again, and is no fault', async () => {
  const desk = aDesk({ status: async () => Promise.reject(new Error('aborted')) });
  await using server = await openServer(desk);
  server.stop();

  const reply = await ask(server.url, '/api/v1/status', reading);

  assert.equal(reply.status, 503);
  assert.match(errorOf(reply).message, /the daemon is stopping/);
  assert.deepEqual(server.lines, []);
});

test('not ready is 503 for whoever watches, with each check and its reason', async () => {
  const checks = [{ name: 'store', ok: false, detail: 'the store cannot be reached' }];
  const desk = aDesk({ health: async () => ({ ...healthy, ready: false, checks }) });
  await using server = await openServer(desk);

  const ready = await ask(server.url, '/readyz');
  const health = await ask(server.url, '/api/v1/health', reading);

  assert.deepEqual([ready.status, health.status], [503, 200]);
  assert.equal(ready.text, health.text);
  assert.deepEqual(JSON.parse(ready.text).checks, checks);
  assert.equal((await ask(server.url, '/healthz')).status, 200);
});

test('a probe is answered in the form that it asks for, words or JSON', async () => {
  const detail = 'the chores of the minute have not ended for 16 minutes';
  const desk = aDesk({ life: () => ({ alive: false, detail }) });
  await using server = await openServer(desk);
  const asking = async (path: string, accept: string) =>
    ask(server.url, path, { headers: { accept } });

  const [words, json] = [
    await asking('/healthz', '*/*'),
    await asking('/healthz', 'application/json'),
  ];
  const [ready, readyWords] = [
    await asking('/readyz', '*/*'),
    await asking('/readyz', 'text/plain'),
  ];

  assert.deepEqual([words.status, words.text], [503, `${detail}\n`]);
  assert.deepEqual([json.status, JSON.parse(json.text)], [503, { alive: false, detail }]);
  assert.equal(JSON.parse(ready.text).ready, true);
  assert.equal(readyWords.text, 'ready\nstore: ok\n');
});

test('metrics are handed on as they are', async () => {
  await using server = await openServer(aDesk());

  const { text, headers } = await ask(server.url, '/metrics');

  assert.deepEqual([text, headers['content-type']], ['up 1\n', 'text/plain; version=0.0.4']);
});

test('a certificate is found by what people call it, and an unknown one is told with what to give', async () => {
  const asked: string[] = [];
  const found = { takenAt: null, certificates: [] };
  const desk = aDesk({
    certificate: async (id) => {
      asked.push(id);
      return id === '101' ? found : null;
    },
  });
  await using server = await openServer(desk);

  const known = await ask(server.url, '/api/v1/certificates/101', reading);
  const unknown = await ask(server.url, '/api/v1/certificates/AB%3ACD%2F..', reading);

  assert.deepEqual([known.status, JSON.parse(known.text)], [200, found]);
  assert.equal(unknown.status, 404);
  assert.match(errorOf(unknown).message, /^no certificate AB:CD\/\.\. is known: give its id/);
  assert.deepEqual(asked, ['101', 'AB:CD/..']);
});
