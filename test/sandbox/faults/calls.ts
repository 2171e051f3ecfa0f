import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { LoggedCall } from '../../../src/sandbox/calls.ts';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import {
  certificate,
  codeOf,
  front,
  jobEnd,
  listenerState,
  type Nlb,
  nlbCaller,
  post,
  reset,
  smallSandbox,
  stateOfSandbox,
  until,
} from '../support.ts';
import { sendV3 } from '../wire-client.ts';

let sandbox: RunningSandbox;

let nlb: Nlb;

const order = async (fault: Record<string, unknown>) => {
  const reply = await post(sandbox, '/faults', fault);
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
};

const clear = () => fetch(`${sandbox.control}/faults`, { method: 'DELETE' });

const calls = async (since = ''): Promise<readonly LoggedCall[]> =>
  JSON.parse(await (await fetch(`${sandbox.control}/calls${since}`)).text());

const writes = async () =>
  (await calls()).filter(({ action }) => action === 'UpdateListenerAttribute');

const bind = async (id: string, token?: string) =>
  nlb(
    'UpdateListenerAttribute',
    { ListenerId: front, CertificateIds: [id], ClientToken: token },
    'body',
  );

export function callsCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
    nlb = nlbCaller(sandbox);
  });

  beforeEach(() => reset(sandbox));

  after(() => sandbox.close());

  test('a delayed write lands after its client gave up, under its own token', async () => {
    const next = (await certificate(sandbox, 'web-2026b')).id;
    await order({ kind: 'delay-write', action: 'UpdateListenerAttribute', seconds: 1 });

    await assert.rejects(bind(next, 'mine'));
    const [waiting] = await writes();
    assert.deepEqual([waiting?.status, waiting?.reply], [null, 'withheld']);
    assert.notEqual((await listenerState(sandbox, front)).slots.default, next);

    await until(async () =>
      (await listenerState(sandbox, front)).slots.default === next ? true : null,
    );
    const repeated = await bind(next, 'mine');

    assert.equal(await jobEnd(nlb, repeated), 'Succeeded');
    assert.deepEqual(
      (await writes()).map(({ status, code, reply, clientToken }) => [
        status,
        code,
        reply,
        clientToken,
      ]),
      [
        [200, null, 'withheld', 'mine'],
        [200, null, 'sent', 'mine'],
      ],
    );
  });

  test('a write repeated before the delayed one lands is not carried out twice', async () => {
    const next = (await certificate(sandbox, 'web-2026b')).id;
    await order({ kind: 'delay-write', action: 'UpdateListenerAttribute', seconds: 1 });

    await assert.rejects(bind(next, 'both'));
    await jobEnd(nlb, await bind(next, 'both'));
    await until(async () => ((await writes())[0]?.status === 200 ? true : null));

    assert.equal((await listenerState(sandbox, front)).status, 'Running');
  });

  test('a delayed write that has become impossible is refused unseen', async () => {
    const next = (await certificate(sandbox, 'web-2026b')).id;
    await order({ kind: 'delay-write', action: 'UpdateListenerAttribute', seconds: 1 });

    await assert.rejects(bind(next, 'first'));
    await jobEnd(nlb, await bind(next, 'second'));

    const landed = await until(async () => {
      const [first] = await writes();
      return first?.code === null || first === undefined ? null : first;
    });
    assert.equal(landed.code, 'ResourceAlreadyAssociated.Certificate');
    assert.equal(landed.reply, 'withheld');
  });

  test('the connection of a delayed write may hang first', async () => {
    const own = await smallSandbox();
    const next = (await certificate(own, 'web-2026b')).id;
    const action = 'UpdateListenerAttribute';
    await post(own, '/faults', { kind: 'delay-write', action, seconds: 0.05, hangSeconds: 60 });
    const fields = { ListenerId: front, CertificateIds: [next] };
    let gaveUp = false;

    const hanging = nlbCaller(own)(action, fields, 'body').catch(() => {
      gaveUp = true;
    });
    await until(async () =>
      (await listenerState(own, front)).slots.default === next ? true : null,
    );

    assert.equal(gaveUp, false);
    await own.close();
    await hanging;
    assert.equal(gaveUp, true);
  });

  test('a delayed write does not land in the world after a reset', async () => {
    const earlier = (await listenerState(sandbox, front)).slots.default;
    const next = (await certificate(sandbox, 'web-2026b')).id;
    await order({ kind: 'delay-write', action: 'UpdateListenerAttribute', seconds: 0.1 });

    await assert.rejects(bind(next));
    await post(sandbox, '/reset', {});
    await order({ kind: 'delay-write', action: 'StopListener', seconds: 0.2 });
    await assert.rejects(nlb('StopListener', { ListenerId: front }, 'body'));
    await until(async () =>
      (await listenerState(sandbox, front)).status === 'Stopped' ? true : null,
    );

    assert.equal((await listenerState(sandbox, front)).slots.default, earlier);
  });

  test('the clock jumps while a fault says so, and back when it is cleared', async () => {
    const hour = 3_600_000;
    await order({ kind: 'clock-skew', offsetMillis: hour });

    const late = await sendV3(sandbox);
    const right = await sendV3(sandbox, { skewMillis: hour });

    assert.equal(late.body['Code'], 'InvalidTimeStamp.Expired');
    assert.equal(right.status, 200);
    for (const { date } of [late, right])
      assert.ok(Math.abs(Date.parse(date) - Date.now() - hour) < 10_000, date);
    const { now } = await stateOfSandbox(sandbox);
    assert.ok(Math.abs(Date.parse(now) - Date.now() - hour) < 10_000, now);
    await clear();
    assert.equal((await sendV3(sandbox)).status, 200);
  });

  test('a nonce stays used when the clock jumps ahead and back', async () => {
    const [nonce, hour] = ['once-and-never-again', 3_600_000];
    assert.equal((await sendV3(sandbox, { nonce })).status, 200);

    await order({ kind: 'clock-skew', offsetMillis: hour });
    assert.equal((await sendV3(sandbox, { skewMillis: hour })).status, 200);
    await clear();

    assert.equal((await sendV3(sandbox, { nonce })).body['Code'], 'SignatureNonceUsed');
  });

  test('the date follows the clock on a page of a proxy too', async () => {
    await order({ kind: 'clock-skew', offsetMillis: -7_200_000 });
    await order({ kind: 'answer', action: '*', body: 'html-502' });

    const reply = await sendV3(sandbox, { skewMillis: -7_200_000 });

    assert.equal(reply.status, 502);
    assert.match(String(reply.body['text']), /^<html>/);
    assert.ok(Math.abs(Date.parse(reply.date) - Date.now() + 7_200_000) < 10_000, reply.date);
  });

  test('an ordered code comes with the status and message it is documented with', async () => {
    await order({ kind: 'answer', action: 'ListListeners', code: 'ServiceUnavailable' });
    await order({ kind: 'answer', action: 'ListListeners', code: 'NoPermission', message: 'no' });
    await order({ kind: 'answer', action: 'ListListeners', code: 'NoPermission', status: 404 });
    await order({ kind: 'answer', action: 'ListListeners', code: 'Made.Up' });

    const seen = [];
    for (let call = 0; call < 4; call += 1) {
      const { status, body } = await sendV3(sandbox);
      seen.push([status, body['Code'], body['Message']]);
    }

    assert.deepEqual(seen, [
      [
        503,
        'ServiceUnavailable',
        'The request has failed due to a temporary failure of the server.',
      ],
      [403, 'NoPermission', 'no'],
      [404, 'NoPermission', 'You are not authorized to do this action.'],
      [400, 'Made.Up', 'The sandbox was told to answer Made.Up.'],
    ]);
  });

  test('the calls after one that is known can be fetched alone', async () => {
    await nlb('ListListeners');
    const [first] = await calls();
    await nlb('ListLoadBalancers');

    const later = await calls(`?since=${first?.requestId}`);

    assert.deepEqual(
      later.map(({ action }) => action),
      ['ListLoadBalancers'],
    );
    assert.equal((await fetch(`${sandbox.control}/calls?since=nothing`)).status, 404);
    assert.equal(await codeOf(nlb('NoSuchThing')), 'InvalidAction.NotFound');
  });
}
