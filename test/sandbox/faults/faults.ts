import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import {
  apps,
  certificate,
  codeOf,
  front,
  jobEnd,
  listenerState,
  type Nlb,
  nlbCaller,
  post,
  reset,
  rootOf,
  servedIn,
  shake,
  smallSandbox,
  until,
} from '../support.ts';

let sandbox: RunningSandbox;

let nlb: Nlb;

const zoneA = 'cn-hangzhou-a';

const zoneB = 'cn-hangzhou-b';

const order = async (fault: Record<string, unknown>) => {
  const reply = await post(sandbox, '/faults', fault);
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  return String(reply.body['id']);
};

const clear = (id?: string) =>
  fetch(`${sandbox.control}/faults${id === undefined ? '' : `?id=${id}`}`, { method: 'DELETE' });

const bind = async (name: string, token?: string) =>
  nlb(
    'UpdateListenerAttribute',
    {
      ListenerId: front,
      CertificateIds: [(await certificate(sandbox, name)).id],
      ClientToken: token,
    },
    'body',
  );

export function faultsCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
    nlb = nlbCaller(sandbox);
  });

  beforeEach(() => reset(sandbox));

  after(() => sandbox.close());

  test('the next calls to an action are answered with a code, the others are not', async () => {
    await order({
      kind: 'answer',
      action: 'ListListeners',
      times: 2,
      code: 'Throttling.User',
      retryAfterMillis: 250,
    });

    assert.equal(await codeOf(nlb('ListListeners')), 'Throttling.User');
    assert.equal((await nlb('ListLoadBalancers'))['TotalCount'], 2);
    assert.equal(await codeOf(nlb('ListListeners')), 'Throttling.User');
    assert.equal((await nlb('ListListeners'))['TotalCount'], 4);
  });

  test('a proxy page, an empty reply, a reset and silence reach the client as they are', async () => {
    for (const body of ['html-502', 'empty-503', 'reset'])
      await order({ kind: 'answer', action: '*', body });
    await order({ kind: 'answer', action: '*', body: 'hang', seconds: 0.2 });
    const seen: string[] = [];
    for (let call = 0; call < 4; call += 1) {
      seen.push(
        await nlb('ListListeners').then(
          () => 'through',
          (error: Error) => error.name,
        ),
      );
    }

    assert.deepEqual(seen.slice(0, 2), ['SyntaxError', 'SyntaxError']);
    assert.ok(
      seen.slice(2).every((name) => name !== 'through' && name !== 'SyntaxError'),
      seen.join(),
    );
    assert.equal((await nlb('ListListeners'))['TotalCount'], 4);
  });

  test('a write lands although its reply is lost, and its repetition gets the reply', async () => {
    await order({ kind: 'lose-reply', action: 'UpdateListenerAttribute' });

    await order({ kind: 'stuck-job', action: 'UpdateListenerAttribute' });
    await assert.rejects(bind('web-2026b', 'once'));
    assert.equal((await listenerState(sandbox, front)).status, 'Configuring');
    await clear();
    const repeated = await bind('web-2026b', 'once');

    assert.equal(await jobEnd(nlb, repeated), 'Succeeded');
    const calls: { action: string; reply: string; clientToken: string | null }[] = JSON.parse(
      await (await fetch(`${sandbox.control}/calls`)).text(),
    );
    const writes = calls.filter((call) => call.action === 'UpdateListenerAttribute');
    assert.deepEqual(
      writes.map((call) => [call.reply, call.clientToken]),
      [
        ['lost', 'once'],
        ['sent', 'once'],
      ],
    );
  });

  test('a zone keeps what it serves until the fault is cleared', async () => {
    const [old, next] = [
      await certificate(sandbox, 'web-2026a'),
      await certificate(sandbox, 'web-2026b'),
    ];
    await order({ kind: 'keep-old', zone: zoneB, listenerId: front });

    await jobEnd(nlb, await bind('web-2026b'));

    await until(async () =>
      (await servedIn(sandbox, front, zoneA)) === next.fingerprint256 ? true : null,
    );
    assert.equal(await servedIn(sandbox, front, zoneB), old.fingerprint256);
    await clear();
    assert.equal(await servedIn(sandbox, front, zoneB), next.fingerprint256);
  });

  test('somebody else binds a third certificate right after the next job', async () => {
    const third = await post(sandbox, '/certificates', {
      names: ['www.example.com'],
      name: 'third',
    });
    await order({
      kind: 'rebind',
      listenerId: front,
      certificateId: third.body['id'],
      after: { action: 'UpdateListenerAttribute' },
    });

    await jobEnd(nlb, await bind('web-2026b'));

    assert.equal((await listenerState(sandbox, front)).slots.default, third.body['id']);
    await until(async () =>
      (await servedIn(sandbox, front, zoneA)) === third.body['fingerprint256'] ? true : null,
    );
  });

  test('somebody else binds at once when no job is named', async () => {
    const next = await certificate(sandbox, 'web-2026b');

    await order({ kind: 'rebind', listenerId: front, certificateId: next.id });

    assert.equal((await listenerState(sandbox, front)).slots.default, next.id);
  });

  test('a failed job changes nothing', async () => {
    const old = await certificate(sandbox, 'web-2026a');
    await order({ kind: 'fail-job', action: 'UpdateListenerAttribute' });

    assert.equal(await jobEnd(nlb, await bind('web-2026b')), 'Failed');

    const { status, slots } = await listenerState(sandbox, front);
    assert.deepEqual([status, slots.default], ['Running', old.id]);
    assert.equal(await jobEnd(nlb, await bind('web-2026b')), 'Succeeded');
  });

  test('a hanging job goes on when faults are cleared', async () => {
    await order({ kind: 'stuck-job', action: 'UpdateListenerAttribute' });
    const reply = await bind('web-2026b');
    const quick = await nlb(
      'UpdateListenerAttribute',
      { ListenerId: 'lsn-smallpartner001@8443', IdleTimeout: 50, CaEnabled: true },
      'body',
    );

    assert.equal(await jobEnd(nlb, quick), 'Succeeded');
    assert.equal((await nlb('GetJobStatus', { JobId: reply['JobId'] }))['Status'], 'Processing');
    await clear();

    assert.equal(await jobEnd(nlb, reply), 'Succeeded');
  });

  test('a leaf without its intermediate does not verify', async () => {
    const [point] = (await listenerState(sandbox, front)).serving;
    assert.ok(point);
    const verified = async () =>
      (await shake(point, { servername: 'www.example.com', ca: rootOf(sandbox) })).authorized;

    await order({ kind: 'no-intermediate', listenerId: front });
    assert.equal(await verified(), false);
    await clear();

    assert.equal(await verified(), true);
  });

  test('a zone drops connections, the other does not', async () => {
    await order({ kind: 'drop', zone: zoneA });
    const [a, b] = (await listenerState(sandbox, front)).serving;
    assert.ok(a && b);

    assert.equal((await shake(a)).error, 'ECONNRESET');
    assert.equal((await shake(b)).error, null);
  });

  test('a fault that could never strike is refused, naming what there is', async () => {
    const zone = await post(sandbox, '/faults', { kind: 'keep-old', zone: 'cn-hangzhou-z' });
    const kind = await post(sandbox, '/faults', { kind: 'gremlin' });
    const key = await post(sandbox, '/faults', { kind: 'drop', zone: zoneA, often: 3 });

    assert.deepEqual([zone.status, kind.status, key.status], [400, 400, 400]);
    assert.match(String(zone.body['error']), /cn-hangzhou-a/);
  });

  test('clearing one fault lets no job go on that another one holds up', async () => {
    const held = await order({ kind: 'stuck-job', action: 'UpdateListenerAttribute' });
    const other = await order({ kind: 'drop', zone: zoneA });
    const { JobId } = await nlb('UpdateListenerAttribute', { ListenerId: front, IdleTimeout: 77 });

    await clear(other);
    await clear('fault-nobody-ordered');
    // Whoever comes later has a job as long as this one would have, were it not held up.
    const later = await nlb('UpdateListenerAttribute', { ListenerId: apps, IdleTimeout: 77 });
    assert.equal(await jobEnd(nlb, later), 'Succeeded');
    assert.equal((await nlb('GetJobStatus', { JobId }))['Status'], 'Processing');

    await clear(held);
    assert.equal(await jobEnd(nlb, { JobId }), 'Succeeded');
  });

  test('a fault for a misspelt action, product or region is refused, naming what there is', async () => {
    const action = 'UpdateListenerAttribut';
    const orders: readonly [Record<string, unknown>, RegExp][] = [
      [{ kind: 'answer', action, code: 'SystemBusy' }, /no action .*UpdateListenerAttribute/],
      [{ kind: 'lose-reply', action: 'listListeners' }, /no action .*ListListeners/],
      [{ kind: 'answer', action: 'ListListeners', product: 'slb' }, /no product slb.*nlb/],
      [{ kind: 'answer', action: 'ListListeners', product: 'cas' }, /no action .*ListCert/],
      [{ kind: 'delay-write', action: '*', region: 'cn-hangzhuo' }, /no region .*cn-hangzhou/],
      [{ kind: 'stuck-job', action }, /no action .*UpdateListenerAttribute/],

      [{ kind: 'refuse-inside-200', action: 'ListListeners' }, /no action .*PutCustomEvent/],
      [{ kind: 'refuse-inside-200', action: '*', product: 'nlb' }, /no product nlb.*cms/],
    ];

    for (const [fault, why] of orders) {
      const { status, body } = await post(sandbox, '/faults', fault);
      assert.equal(status, 400, JSON.stringify(fault));
      assert.match(String(body['error']), why);
    }
  });
}
