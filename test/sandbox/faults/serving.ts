import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import {
  apps,
  certificate,
  front,
  listenerState,
  mutual,
  plainTcp,
  post,
  reset,
  rootOf,
  servedIn,
  shake,
  smallSandbox,
  until,
} from '../support.ts';

let sandbox: RunningSandbox;

const zoneA = 'cn-hangzhou-a';

const zoneB = 'cn-hangzhou-b';

async function order(fault: Record<string, unknown>): Promise<void> {
  const reply = await post(sandbox, '/faults', fault);
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
}

const clear = () => fetch(`${sandbox.control}/faults`, { method: 'DELETE' });

async function bindNext() {
  const [old, next] = [
    await certificate(sandbox, 'web-2026a'),
    await certificate(sandbox, 'web-2026b'),
  ];
  await order({ kind: 'rebind', listenerId: front, certificateId: next.id });
  await until(async () => {
    const { serving } = await listenerState(sandbox, front);
    return serving.every((each) => each.default?.certificateId === next.id) ? true : null;
  });
  return { old: old.fingerprint256, next: next.fingerprint256 };
}

async function point(listenerId = front, index = 0) {
  const found = (await listenerState(sandbox, listenerId)).serving[index];
  assert.ok(found);
  return found;
}

async function servedInTurn(zone: string, count: number): Promise<readonly (string | null)[]> {
  const seen: (string | null)[] = [];
  while (seen.length < count) seen.push(await servedIn(sandbox, front, zone));
  return seen;
}

async function verified(at: { address: string; port: number }, servername: string) {
  return (await shake(at, { servername, ca: rootOf(sandbox) })).authorized;
}

/** What a server says in plain text, to these bytes or by itself. */
async function heard(at: { address: string; port: number }, bytes: Buffer | null): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(at.port, at.address, () => {
      if (bytes !== null) socket.write(bytes);
    });
    socket.setTimeout(5000, () => reject(new Error('nothing was said')));
    socket.once('error', reject);
    socket.once('data', (said) => {
      resolve(said.toString());
      socket.destroy();
    });
  });
}

async function servedForBlog(): Promise<string | null> {
  return (await shake(await point(), { servername: 'blog.example.com' })).fingerprint;
}

export function servingCases(): void {
  before(async () => {
    sandbox = await smallSandbox({ propagationMillis: 0 });
  });

  beforeEach(() => reset(sandbox));

  after(() => sandbox.close());

  test('a zone alternates between what is new and what was before until the fault is cleared', async () => {
    await order({ kind: 'alternate', zone: zoneB, listenerId: front });
    const { old, next } = await bindNext();

    assert.deepEqual(await servedInTurn(zoneA, 3), [next, next, next]);
    assert.deepEqual(await servedInTurn(zoneB, 5), [next, old, next, old, next]);
    await clear();

    assert.deepEqual(await servedInTurn(zoneB, 3), [next, next, next]);
  });

  test('what changed before a zone was told to alternate stays changed', async () => {
    const { next } = await bindNext();

    await order({ kind: 'alternate', zone: zoneB });

    assert.deepEqual(await servedInTurn(zoneB, 3), [next, next, next]);
  });

  test('a zone serves a sound certificate for another name', async () => {
    await order({ kind: 'wrong-name', zone: zoneB });
    const [right, wrong] = [await point(front, 0), await point(front, 1)];

    assert.deepEqual(
      [await verified(right, 'www.example.com'), await verified(wrong, 'www.example.com')],
      [true, false],
    );
    assert.equal(await verified(wrong, 'wrong.example.invalid'), true);
    await clear();
    assert.equal(await verified(wrong, 'www.example.com'), true);
  });

  test('a listener serves a certificate that is bound elsewhere', async () => {
    const partners = await certificate(sandbox, 'partners');

    await order({ kind: 'wrong-name', listenerId: front, certificateId: partners.id });

    assert.equal(await servedIn(sandbox, front, zoneA), partners.fingerprint256);
    assert.equal(
      (await shake(await point(apps))).fingerprint,
      (await certificate(sandbox, 'portal')).fingerprint256,
    );
  });

  test('a zone answers a hello with a page in plain text', async () => {
    await order({ kind: 'plain-text', zone: zoneA });
    const { address, port } = await point();

    assert.equal((await shake({ address, port })).error, 'ERR_SSL_WRONG_VERSION_NUMBER');
    assert.match(await heard({ address, port }, Buffer.from([22, 3, 1])), /^HTTP\/1.1 400 Bad/);
    assert.equal((await shake(await point(front, 1))).error, null);
  });

  test('a zone speaks first, in plain text', async () => {
    await order({ kind: 'plain-text', listenerId: front, page: 'banner' });

    assert.match(await heard(await point(), null), /^220 mail\.example\.invalid ESMTP/);
    assert.match(String((await shake(await point())).error), /^ERR_SSL_/);
  });

  test('one listener keeps what it serves in every zone', async () => {
    const old = await certificate(sandbox, 'web-2026a');
    const next = await certificate(sandbox, 'web-2026b');
    await order({ kind: 'keep-old', listenerId: front });
    await order({ kind: 'rebind', listenerId: front, certificateId: next.id });

    assert.equal((await listenerState(sandbox, front)).slots.default, next.id);
    assert.equal(await servedIn(sandbox, front, zoneB), old.fingerprint256);
    await clear();
    assert.equal(await servedIn(sandbox, front, zoneB), next.fingerprint256);
  });

  test('somebody else adds an additional certificate and removes it again', async () => {
    const { body } = await post(sandbox, '/certificates', { names: ['blog.example.com'] });
    const fault = {
      kind: 'rebind',
      listenerId: front,
      slot: 'additional',
      certificateId: body['id'],
    };

    await order(fault);
    await until(async () => ((await servedForBlog()) === body['fingerprint256'] ? true : null));
    assert.deepEqual((await listenerState(sandbox, front)).slots.additional, [
      { certificateId: body['id'], status: 'Associated' },
    ]);
    await order({ ...fault, change: 'remove' });

    assert.deepEqual((await listenerState(sandbox, front)).slots.additional, []);
    await until(async () => ((await servedForBlog()) === body['fingerprint256'] ? null : true));
  });

  test('somebody else binds another CA', async () => {
    const { ca } = (await listenerState(sandbox, mutual)).slots;
    assert.notEqual((await listenerState(sandbox, front)).slots.ca, ca);

    await order({ kind: 'rebind', listenerId: front, slot: 'ca', certificateId: ca });

    assert.equal((await listenerState(sandbox, front)).slots.ca, ca);
  });

  test('what nobody could bind is refused, naming why', async () => {
    const web = await certificate(sandbox, 'web-2026a');
    const portal = await certificate(sandbox, 'static');
    const rebind = { kind: 'rebind', listenerId: front };
    const orders: readonly [Record<string, unknown>, RegExp][] = [
      [{ ...rebind, certificateId: '1-cn-hangzhou' }, /no certificate 1-cn-hangzhou/],
      [{ ...rebind, certificateId: web.id, slot: 'ca' }, /no CA certificate/],
      [{ ...rebind, certificateId: web.id, slot: 'additional' }, /bound already/],
      [
        { ...rebind, certificateId: portal.id, slot: 'additional', change: 'remove' },
        /not an addit/,
      ],
      [{ ...rebind, certificateId: web.id, change: 'remove' }, /the default slot/],
      [{ ...rebind, listenerId: plainTcp, certificateId: web.id }, /does not end TLS/],
      [{ kind: 'wrong-name', certificateId: '1-cn-hangzhou' }, /no certificate/],
      [{ kind: 'alternate', zone: 'cn-hangzhou-z' }, /no zone/],
      [{ kind: 'plain-text', listenerId: 'lsn-nobody' }, /no listener/],
      [{ kind: 'plain-text', page: 'poem' }, /page/],
    ];

    for (const [fault, why] of orders) {
      const { status, body } = await post(sandbox, '/faults', fault);
      assert.equal(status, 400, JSON.stringify(fault));
      assert.match(String(body['error']), why);
    }
  });
}
