import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gatewayErrors } from '../../../src/sandbox/http/gateway-errors.ts';
import { RateLimits } from '../../../src/sandbox/http/rate-limits.ts';
import { nlbApi } from '../../../src/sandbox/nlb/api.ts';
import { products } from '../../../src/sandbox/products.ts';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { certificate, front, listenerState, smallSandbox, until } from '../support.ts';
import { by, type Heard, type Sent, sendV3 } from '../wire-client.ts';

let sandbox: RunningSandbox;

const isThrottled = (reply: Heard) => reply.body['Code'] === 'Throttling.User';

const flood = async (count: number, sent: Sent, where = sandbox) =>
  Promise.all(Array.from({ length: count }, () => sendV3(where, sent)));

export function ratesCases(): void {
  before(async () => {
    sandbox = await smallSandbox({ rateLimits: 'documented' });
  });

  after(() => sandbox.close());

  test('a window slides: the twenty-first call waits until the first is a second old', () => {
    let now = 0;
    const limits = new RateLimits(() => now);
    const call = (action = 'ListListeners', region = 'cn-hangzhou') =>
      limits.admit(action, region, nlbApi);
    for (let index = 0; index < 20; index += 1) {
      now = index * 10;
      call();
    }
    now = 999;
    assert.throws(() => call(), { code: 'Throttling.User', status: 400 });
    call('ListLoadBalancers');
    call('ListListeners', 'ap-southeast-1');

    now = 1000;
    call();
    assert.throws(() => call(), { code: 'Throttling.User' });
    now = 1010;
    call();
  });

  test('writes have a window of a minute, whatever action they are for', () => {
    let now = 0;
    const limits = new RateLimits(() => now);
    const stop = () => limits.admit('StopListener', 'cn-hangzhou', nlbApi);
    for (let index = 0; index < 200; index += 1) stop();

    now = 59_999;
    assert.throws(stop, { code: 'Throttling.User' });
    limits.admit('StartListener', 'cn-hangzhou', nlbApi);
    now = 60_000;
    stop();
  });

  test('an action that documents a throttling of its own answers with that', () => {
    const own = { code: 'ThrottlingException', status: 429, message: 'slower' };
    const rates = { Put: { calls: 1, millis: 1000 } };
    const errors = { Put: [{ ...own, arises: 'state', when: 'called too often' } as const] };
    const limits = new RateLimits();
    const put = () => limits.admit('Put', 'x', { ...nlbApi, rates, errors });

    put();

    assert.throws(put, own);
  });

  test('every operation has a rate, or is known to have none', () => {
    const without = products
      .filter(({ api }) => api.product !== 'sts')
      .flatMap(({ api }) => api.operations.map(({ action }) => ({ api, action })))
      .filter(({ api, action }) => api.rates[action] === undefined);

    assert.deepEqual(without, []);
  });

  test('calls beyond the rate are refused for all keys of the account, and the rest goes through', async () => {
    const own = await flood(120, { action: 'ListLoadBalancers' });
    const session = await flood(120, {
      action: 'ListLoadBalancers',
      ...by(sandbox.description.session),
    });

    assert.ok(own.filter(({ status }) => status === 200).length >= 20);
    const throttled = own.find(isThrottled);
    assert.equal(throttled?.status, 400);
    assert.equal(
      throttled?.body['Message'],
      gatewayErrors.find(({ code }) => code === 'Throttling.User')?.message,
    );
    assert.ok(session.some(isThrottled));
    await until(async () =>
      (await sendV3(sandbox, { action: 'ListLoadBalancers' })).status === 200 ? true : null,
    );
  });

  test('a throttled write does nothing, and its region only is closed', async () => {
    const bound = (await listenerState(sandbox, front)).slots.default;
    const next = (await certificate(sandbox, 'web-2026b')).id;
    const write = (ListenerId: string, region = 'cn-hangzhou'): Sent => ({
      action: 'UpdateListenerAttribute',
      region,
      form: { ListenerId, 'CertificateIds.1': next },
    });
    const useless = await flood(200, write('lsn-nobody'));

    const late = await sendV3(sandbox, write(front));
    const elsewhere = await sendV3(sandbox, write(front, 'ap-southeast-1'));

    assert.ok(useless.every((reply) => reply.body['Code'] === 'ResourceNotFound.listener'));
    assert.ok(isThrottled(late));
    assert.equal((await listenerState(sandbox, front)).slots.default, bound);
    assert.equal(elsewhere.body['Code'], 'ResourceNotFound.listener');
  });

  test('the limits can be switched off', async () => {
    const unlimited = await smallSandbox({ rateLimits: 'off' });
    try {
      const replies = await flood(60, { action: 'ListListeners' }, unlimited);
      assert.deepEqual([...new Set(replies.map(({ status }) => status))], [200]);
    } finally {
      await unlimited.close();
    }
  });
}
