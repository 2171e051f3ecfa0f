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
  mutual,
  type Nlb,
  nlbCaller,
  post,
  reset,
  smallSandbox,
  until,
} from '../support.ts';

let sandbox: RunningSandbox;

let nlb: Nlb;

const associate = 'AssociateAdditionalCertificatesWithListener';

const disassociate = 'DisassociateAdditionalCertificatesWithListener';

async function order(fault: Record<string, unknown>): Promise<void> {
  const reply = await post(sandbox, '/faults', fault);
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
}

const idOf = async (name: string) => (await certificate(sandbox, name)).id;

const additional = (action: string, ListenerId: string, ...AdditionalCertificateIds: string[]) =>
  nlb(action, { ListenerId, AdditionalCertificateIds }, 'body');

const touch = async (IdleTimeout: number) =>
  jobEnd(nlb, await nlb('UpdateListenerAttribute', { ListenerId: front, IdleTimeout }, 'body'));

const slotsOf = async (id: string) => (await listenerState(sandbox, id)).slots;

export function aimedCases(): void {
  before(async () => {
    sandbox = await smallSandbox({ propagationMillis: 0 });
    nlb = nlbCaller(sandbox);
  });

  beforeEach(() => reset(sandbox));

  after(() => sandbox.close());

  test('a refusal for one listener leaves the others alone, and waits for it', async () => {
    const next = await idOf('web-2026b');
    await order({ kind: 'answer', action: associate, listenerId: front, code: 'Conflict.Lock' });

    await jobEnd(nlb, await additional(associate, apps, next));

    assert.equal(await codeOf(additional(associate, front, next)), 'Conflict.Lock');
    await jobEnd(nlb, await additional(associate, front, next));
  });

  test('a refusal for one certificate strikes the write that names it, among others too', async () => {
    const [first, second] = [await idOf('static'), await idOf('apps-wildcard')];
    await order({
      kind: 'answer',
      action: disassociate,
      certificateId: second,
      code: 'ResourceNotAssociated.Certificate',
      times: 2,
    });

    const refusal = 'ResourceNotAssociated.Certificate';
    assert.equal(await codeOf(additional(disassociate, apps, second)), refusal);
    assert.equal(await codeOf(additional(disassociate, apps, first, second)), refusal);
    await jobEnd(nlb, await additional(disassociate, apps, first, second));

    assert.deepEqual((await slotsOf(apps)).additional, []);
  });

  test('a default or CA certificate can be aimed at as well', async () => {
    const next = await idOf('web-2026b');
    const { ca } = await slotsOf(mutual);
    for (const certificateId of [next, ca])
      await order({
        kind: 'answer',
        action: 'UpdateListenerAttribute',
        certificateId,
        code: 'SystemBusy',
      });

    const withDefault = { ListenerId: front, CertificateIds: [next] };
    const withCa = { ListenerId: mutual, CaCertificateIds: [ca], CaEnabled: true };
    const neither = { ListenerId: apps, IdleTimeout: 60 };
    await jobEnd(nlb, await nlb('UpdateListenerAttribute', neither, 'body'));
    assert.equal(await codeOf(nlb('UpdateListenerAttribute', withDefault, 'body')), 'SystemBusy');
    assert.equal(await codeOf(nlb('UpdateListenerAttribute', withCa, 'body')), 'SystemBusy');
  });

  test('the job of one certificate fails, that of another does not', async () => {
    const [wanted, other] = [await idOf('web-2026b'), await idOf('partners')];
    await order({ kind: 'fail-job', action: associate, listenerId: front, certificateId: wanted });

    const fine = await jobEnd(nlb, await additional(associate, front, other));
    const failed = await jobEnd(nlb, await additional(associate, front, wanted));

    assert.deepEqual([fine, failed], ['Succeeded', 'Failed']);
    const rows = (await slotsOf(front)).additional;
    assert.deepEqual(
      rows.map((row) => row.certificateId),
      [other],
    );
  });

  test('the job of any write on a listener can be made to fail', async () => {
    await order({ kind: 'fail-job', action: '*', listenerId: apps });

    const other = await nlb('StopListener', { ListenerId: front }, 'body');
    const stop = await nlb('StopListener', { ListenerId: apps }, 'body');

    assert.equal(await jobEnd(nlb, other), 'Succeeded');
    assert.equal(await jobEnd(nlb, stop), 'Failed');
  });

  test('the reply of one certificate is lost, and its write lands', async () => {
    const [wanted, other] = [await idOf('web-2026b'), await idOf('partners')];
    await order({ kind: 'lose-reply', action: associate, certificateId: wanted });

    await jobEnd(nlb, await additional(associate, front, other));
    await assert.rejects(additional(associate, front, wanted));

    await until(async () => ((await slotsOf(front)).additional.length === 2 ? true : null));
  });

  test('the write of one listener is delayed, that of another lands at once', async () => {
    const next = await idOf('web-2026b');
    await order({ kind: 'delay-write', action: associate, listenerId: front, seconds: 0.3 });

    await assert.rejects(additional(associate, front, next));
    await jobEnd(nlb, await additional(associate, apps, next));

    await until(async () => ((await slotsOf(front)).additional.length === 1 ? true : null));
  });

  test('somebody else binds after the second write, whichever it is', async () => {
    const third = await post(sandbox, '/certificates', {
      names: ['www.example.com'],
      name: 'third',
    });
    const [next, bound] = [await idOf('web-2026b'), (await slotsOf(front)).default];
    await order({
      kind: 'rebind',
      listenerId: front,
      certificateId: third.body['id'],
      after: { action: '*', times: 2 },
    });

    await jobEnd(nlb, await additional(associate, front, next));
    await jobEnd(nlb, await nlb('UpdateListenerAttribute', { ListenerId: apps, IdleTimeout: 60 }));
    assert.equal((await slotsOf(front)).default, bound);
    await jobEnd(nlb, await additional(disassociate, front, next));

    assert.equal((await slotsOf(front)).default, third.body['id']);
  });

  test('two who wait for the same writes both count them', async () => {
    const [first, second] = [await idOf('web-2026b'), await idOf('partners')];
    for (const [certificateId, times] of [
      [first, 1],
      [second, 2],
    ])
      await order({
        kind: 'rebind',
        listenerId: front,
        certificateId,
        after: { action: '*', times },
      });

    await touch(60);
    assert.equal((await slotsOf(front)).default, first);
    await touch(61);

    assert.equal((await slotsOf(front)).default, second);
  });

  test('nobody can make a certificate the default that is bound beside it by then', async () => {
    const [next, bound] = [await idOf('web-2026b'), (await slotsOf(front)).default];
    const rebind = { kind: 'rebind', listenerId: front, certificateId: next };
    await order({ ...rebind, after: { action: associate } });

    await jobEnd(nlb, await additional(associate, front, next));

    const slots = await slotsOf(front);
    assert.equal(slots.default, bound);
    assert.deepEqual(slots.additional, [{ certificateId: next, status: 'Associated' }]);
  });

  test('a fault that is aimed at what its calls never name is refused, saying so', async () => {
    const action = 'ListLoadBalancers';
    const known = await idOf('web-2026b');
    const orders: readonly [Record<string, unknown>, RegExp][] = [
      [{ kind: 'answer', action, listenerId: front }, /ListLoadBalancers names no listener/],
      [{ kind: 'answer', action, certificateId: known }, /ListLoadBalancers names no certificate/],
      [
        { kind: 'lose-reply', action: associate, certificateId: '1-nowhere' },
        /no certificate 1-now/,
      ],
      [{ kind: 'answer', action: associate, listenerId: 'lsn-nobody' }, /no listener lsn-nobody/],
      [{ kind: 'fail-job', action: 'StopListener', certificateId: known }, /names no certificate/],
      [{ kind: 'stuck-job', action: 'ListListeners' }, /no action ListListeners.*StopListener/],
      [
        { kind: 'rebind', listenerId: front, certificateId: known, after: { action } },
        /no action ListLoadBalancers.*StopListener/,
      ],
      [{ kind: 'repeat-page', action: 'StopListener' }, /no action StopListener.*ListListeners/],
    ];

    for (const [fault, why] of orders) {
      const { status, body } = await post(sandbox, '/faults', fault);
      assert.equal(status, 400, JSON.stringify(fault));
      assert.match(String(body['error']), why);
    }
  });
}
