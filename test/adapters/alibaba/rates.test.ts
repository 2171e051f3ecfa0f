import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { RateLimits, type Slowed } from '../../../src/adapters/alibaba/rates.ts';
import { openCloudServer, refused } from './cloud-server.ts';
import { never, openTestAccount, TestClock } from './parts.ts';
import { replaceDefault, stateOf } from './shapes.ts';

/** When each call goes out, asked for after the given pauses; `late` is how much later than it should each one wakes. */
function sendTimes(
  rates: RateLimits,
  clock: TestClock,
  pauses: readonly number[],
  late: readonly number[] = [],
): number[] {
  return pauses.map((pause, index) => {
    clock.advance(pause);
    for (let wait = rates.reserve('ListListeners', 'cn-hangzhou'); ; ) {
      clock.advance(wait === 0 ? 0 : wait + (late[index] ?? 0));
      wait = rates.depart('ListListeners', 'cn-hangzhou');
      if (wait === 0) return clock.monotonic();
    }
  });
}

test('no window of a second ever holds more than the share of the documented rate', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 120 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 120 }),
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      (pauses, late, share) => {
        const clock = new TestClock();
        const allowed = Math.max(1, Math.floor(20 * share));

        const times = sendTimes(new RateLimits(clock, share), clock, pauses, late);

        for (const [at, time] of times.entries()) {
          // A call may arrive this much later than it was sent, and those behind it in time.
          const inWindow = times.filter((other, index) => index >= at && other < time + 1_075);
          assert.ok(inWindow.length <= allowed);
        }
      },
    ),
  );
});

test('an answer shows that a call has arrived: its window begins there', () => {
  const clock = new TestClock();
  const rates = new RateLimits(clock, 0.05);
  rates.reserve('ListListeners', 'cn-hangzhou');
  rates.depart('ListListeners', 'cn-hangzhou');

  clock.advance(30);
  rates.answered('ListListeners', 'cn-hangzhou', 0);

  assert.equal(rates.reserve('ListListeners', 'cn-hangzhou'), 1_000);
});

test('each region and each action has a rate of its own', () => {
  const clock = new TestClock();
  const rates = new RateLimits(clock, 0.05);

  assert.equal(rates.reserve('ListListeners', 'cn-hangzhou'), 0);
  assert.equal(rates.reserve('ListListeners', 'cn-shanghai'), 0);
  assert.equal(rates.reserve('ListLoadBalancers', 'cn-hangzhou'), 0);
  assert.equal(rates.reserve('ListListeners', 'cn-hangzhou'), 1_075);
});

test('without a share nothing waits', () => {
  const clock = new TestClock();
  const rates = new RateLimits(clock, null);

  const times = sendTimes(
    rates,
    clock,
    Array.from({ length: 500 }, () => 0),
  );

  assert.deepEqual(new Set(times), new Set([0]));
});

test('writes have their rate by the minute', () => {
  const clock = new TestClock();
  const rates = new RateLimits(clock, 0.5);
  const wait = () => rates.reserve('UpdateListenerAttribute', 'cn-hangzhou');

  const waits = Array.from({ length: 101 }, wait);

  assert.deepEqual(
    waits.slice(0, 100),
    Array.from({ length: 100 }, (_, at) => at * 300),
  );
  assert.equal(waits[100], 60_075);
});

/** How many calls go out in the first half of a window, into which they all fit. */
function atOnce(rates: RateLimits, clock: TestClock): number {
  clock.advance(2_000);
  const began = clock.monotonic();
  const times = Array.from({ length: 20 }, () => {
    const [time = 0] = sendTimes(rates, clock, [0]);
    rates.answered('ListListeners', 'cn-hangzhou', time);
    return time;
  });
  return times.filter((time) => time < began + 500).length;
}

test('throttling halves the pace once a window, and time brings it back, never above the share', () => {
  const clock = new TestClock();
  const slowed: Slowed[] = [];
  const rates = new RateLimits(clock, 0.5, (lane) => slowed.push(lane));
  assert.equal(atOnce(rates, clock), 10);

  for (let call = 0; call < 8; call += 1) rates.throttled('ListListeners', 'cn-hangzhou', null);
  assert.equal(atOnce(rates, clock), 5);
  rates.throttled('ListListeners', 'cn-hangzhou', null);
  assert.equal(atOnce(rates, clock), 2);

  clock.advance(60_000);
  const half = atOnce(rates, clock);
  assert.ok(half >= 7 && half <= 9, `${half} calls`);
  clock.advance(120_000);
  assert.equal(atOnce(rates, clock), 10);
  assert.deepEqual(slowed, [
    { action: 'ListListeners', region: 'cn-hangzhou', callsPerMinute: 300 },
  ]);
});

test('a pace that was full again and is lowered again is told again', () => {
  const clock = new TestClock();
  const slowed: Slowed[] = [];
  const rates = new RateLimits(clock, 1, (lane) => slowed.push(lane));

  rates.throttled('ListListeners', 'cn-hangzhou', null);
  clock.advance(300_000);
  rates.throttled('ListListeners', 'cn-hangzhou', null);

  assert.equal(slowed.length, 2);
});

test('the pause that the cloud asks for holds for every call of the action, within reason', () => {
  const clock = new TestClock();
  const rates = new RateLimits(clock, 1);

  rates.throttled('ListListeners', 'cn-hangzhou', 7_000);
  assert.equal(rates.reserve('ListListeners', 'cn-hangzhou'), 7_000);
  assert.equal(rates.reserve('ListListeners', 'cn-shanghai'), 0);

  rates.throttled('ListLoadBalancers', 'cn-hangzhou', 86_400_000);
  assert.equal(rates.reserve('ListLoadBalancers', 'cn-hangzhou'), 60_000);
});

test('a reservation that is not used holds nobody up', () => {
  const clock = new TestClock();
  const rates = new RateLimits(clock, 0.05);
  rates.reserve('ListListeners', 'cn-hangzhou');
  rates.depart('ListListeners', 'cn-hangzhou');

  for (let call = 0; call < 5; call += 1) {
    assert.equal(rates.reserve('ListListeners', 'cn-hangzhou'), 1_075);
    rates.forgo('ListListeners', 'cn-hangzhou');
  }
});

test('a throttled reply slows the calls after it', async (t) => {
  const server = await openCloudServer(t);
  server.on('DescribeRegions', refused(400, 'Throttling.User'), { json: { Regions: [] } });
  const { account, clock, logged } = openTestAccount(server.host, { rateShare: 0.1 });

  await account.listeners.regions(never);
  await account.listeners.regions(never);

  // Two a second became one: the resend waits out the rest of the second, the next call a whole one.
  assert.deepEqual(clock.pauses, [200, 800, 1_000]);
  assert.deepEqual(logged, ['the cloud throttles these calls, making them slower']);
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
