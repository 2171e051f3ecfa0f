import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Caller } from '../../../src/adapters/alibaba/call.ts';
import { isDefinite } from '../../../src/adapters/alibaba/errors.ts';
import { RateLimits } from '../../../src/adapters/alibaba/rates.ts';
import { openCloudServer } from './cloud-server.ts';
import { attemptMs, never, openTestAccount, TestClock } from './parts.ts';
import { replaceDefault, stateOf } from './shapes.ts';

test('a call whose process slept through its time while it waited for the rate is not sent', async (t) => {
  const server = await openCloudServer(t);
  server.on('UpdateListenerAttribute', { json: { RequestId: 'r', JobId: 'job-1' } });
  const timeouts = { attemptMs: 5000, totalMs: 120_000 };
  const { account, clock } = openTestAccount(server.host, { rateShare: 0.005, timeouts });
  const start = () => account.writer.start(stateOf({}), replaceDefault, 'token-1', never);
  await start();
  const sleep = clock.sleep.bind(clock);
  clock.sleep = async (ms, signal) => {
    await sleep(ms, signal);
    if (ms > 5000) clock.advance(600_000);
  };

  const error = await start().catch((reason: unknown) => reason);

  assert.equal(server.calls.length, 1);
  assert.equal(isDefinite(error), true);
});

test('what came of a call is told, not that the rate left no time to ask again', async () => {
  const clock = new TestClock();
  const rates = new RateLimits(clock, 1);
  const caller = new Caller({
    account: 'main',
    clock,
    entropy: { id: () => '', fraction: () => 0 },
    rates,
    timeouts: { attemptMs, totalMs: 30_000 },
    onCall: () => {},
  });
  const name = { action: 'ListListeners', region: 'cn-hangzhou' };
  let sent = 0;
  const send = async (): Promise<never> => {
    sent += 1;
    // Another call was told to wait meanwhile.
    rates.throttled(name.action, name.region, 60_000);
    throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  };

  const asked = caller.call({ kind: 'read', ...name, send, read: () => null }, never);

  await assert.rejects(asked, { code: 'cloud.unavailable' });
  assert.equal(sent, 1);
});
