import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { RateLimits } from '../../../src/adapters/alibaba/rates.ts';
import { openCloudServer, refused } from './cloud-server.ts';
import { never, openTestAccount, TestClock } from './parts.ts';
import { replaceDefault, stateOf } from './shapes.ts';

/** When each of `count` calls may go out, asked for after the given pauses. */
function sendTimes(rates: RateLimits, clock: TestClock, pauses: readonly number[]): number[] {
  return pauses.map((pause) => {
    clock.advance(pause);
    return clock.monotonic() + rates.reserve('ListListeners', 'cn-hangzhou');
  });
}

test('no window of a second ever holds more than the share of the documented rate', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 120 }),
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      (pauses, share) => {
        const clock = new TestClock();
        const allowed = Math.max(1, Math.floor(20 * share));

        const times = sendTimes(new RateLimits(clock, share), clock, pauses);

        for (const [at, time] of times.entries()) {
          const inWindow = times.filter((other, index) => index >= at && other < time + 1_000);
          assert.ok(inWindow.length <= allowed);
        }
      },
    ),
  );
});

test('each region and each action has a rate of its own', () => {
  const clock = new TestClock();
  const rates = new RateLimits(clock, 0.05);

  assert.equal(rates.reserve('ListListeners', 'cn-hangzhou'), 0);
  assert.equal(rates.reserve('ListListeners', 'cn-shanghai'), 0);
  assert.equal(rates.reserve('ListLoadBalancers', 'cn-hangzhou'), 0);
  assert.equal(rates.reserve('ListListeners', 'cn-hangzhou'), 1_000);
});

test('writes have their rate by the minute', () => {
  const clock = new TestClock();
  const rates = new RateLimits(clock, 0.5);
  const wait = () => rates.reserve('UpdateListenerAttribute', 'cn-hangzhou');

  const waits = Array.from({ length: 101 }, wait);

  assert.deepEqual(
    waits.slice(0, 100),
    Array.from({ length: 100 }, () => 0),
  );
  assert.equal(waits[100], 60_000);
});

test('throttling halves the pace, answers bring it back, never above the share', () => {
  const clock = new TestClock();
  const rates = new RateLimits(clock, 0.5);
  const atOnce = (): number => {
    clock.advance(10_000);
    return sendTimes(
      rates,
      clock,
      Array.from({ length: 20 }, () => 0),
    ).filter((time) => time === clock.monotonic()).length;
  };
  assert.equal(atOnce(), 10);

  rates.throttled('ListListeners', 'cn-hangzhou');
  assert.equal(atOnce(), 5);

  for (let answer = 0; answer < 200; answer += 1) rates.answered('ListListeners', 'cn-hangzhou');
  assert.equal(atOnce(), 10);
});

test('a throttled reply slows the calls after it', async (t) => {
  const server = await openCloudServer(t);
  server.on('DescribeRegions', refused(400, 'Throttling.User'), { json: { Regions: [] } });
  const { account, clock } = openTestAccount(server.host, { rateShare: 0.1 });

  await account.listeners.regions(never);
  await account.listeners.regions(never);

  // Two a second became one: the resend waits out the rest of the second, the next call a whole one.
  assert.deepEqual(clock.pauses, [200, 800, 1_000]);
});

test('a call that our own share would hold up for too long is refused, and certainly not sent', async (t) => {
  const server = await openCloudServer(t);
  server.on('UpdateListenerAttribute', { json: { JobId: 'job-1' } });
  const { account } = openTestAccount(server.host, { rateShare: 0.001 });
  const start = () => account.writer.start(stateOf({}), replaceDefault, 't', never);
  await start();

  await assert.rejects(start(), { code: 'cloud.throttled', retryAfterMs: 60_000 });

  assert.equal(server.calls.length, 1);
});
