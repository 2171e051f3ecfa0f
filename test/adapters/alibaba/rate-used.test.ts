import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Caller, type CallRecord } from '../../../src/adapters/alibaba/call.ts';
import { RateLimits } from '../../../src/adapters/alibaba/rates.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { never } from './parts.ts';

const perSecond = 20;
const calls = 400;

/** What came of many calls at once to a cloud whose requests take so long to arrive, and its answers to come back. */
async function callMany(wayMs: (nth: number) => number) {
  const virtual = new VirtualClock(new Date('2026-03-01T00:00:00Z'));
  let readings = 0;
  // As on a machine: time passes between any two readings.
  const clock: Clock = {
    now: () => virtual.now(),
    monotonic: () => virtual.monotonic() + (readings += 1) / 1e6,
    sleep: (ms, signal) => virtual.sleep(ms, signal),
  };
  const arrivals: number[] = [];
  const records: CallRecord[] = [];
  const caller = new Caller({
    account: 'main',
    clock,
    entropy: { id: () => '0'.repeat(32), fraction: () => 0 },
    rates: new RateLimits(clock, 1),
    timeouts: { attemptMs: 60_000, totalMs: 600_000 },
    onCall: (record) => records.push(record),
  });
  let sent = 0;
  const send = async () => {
    const way = wayMs((sent += 1));
    await clock.sleep(way, never);
    arrivals.push(clock.monotonic());
    await clock.sleep(way, never);
    return { body: {} };
  };
  const call = { kind: 'read', action: 'ListListeners', region: 'cn-hangzhou' } as const;
  await Promise.all(
    Array.from({ length: calls }, () => caller.call({ ...call, send, read: () => null }, never)),
  );
  return { arrivals, records };
}

/** The most arrivals in any window of a second. */
function busiest(arrivals: readonly number[]): number {
  return Math.max(
    ...arrivals.map((at) => arrivals.filter((each) => each >= at && each < at + 1_000).length),
  );
}

for (const [ways, wayMs] of Object.entries({
  'quick answers': () => 5,
  'slow answers': () => 70,
  'answers that take most of a second': () => 450,
  'answers now quick, now slow': (nth: number) => 1 + ((nth * 37) % 70),
}))
  test(`of the documented rate at least nine tenths are used and never more than all: ${ways}`, async () => {
    const { arrivals, records } = await callMany(wayMs);

    assert.equal(arrivals.length, calls);
    assert.equal(records.length, calls);
    assert.ok(busiest(arrivals) <= perSecond, `${busiest(arrivals)} in one second`);
    const seconds = (Math.max(...arrivals) - Math.min(...arrivals)) / 1_000;
    // The first window stands at the beginning of the time measured.
    const rate = (calls - perSecond) / seconds;
    assert.ok(rate >= 0.9 * perSecond, `${rate} calls a second`);
  });

test('calls that a busy machine holds up do not meet those behind them: no second has more than the documented rate', async () => {
  // Two dozen quick ones, then as many that are held up for most of half a second and arrive with the next.
  const { arrivals, records } = await callMany((nth) => (nth % 48 < 24 ? 5 : 380 - (nth % 24) * 5));

  assert.equal(records.length, calls);
  assert.ok(busiest(arrivals) <= perSecond, `${busiest(arrivals)} in one second`);
});

test('calls that stand still for seconds meet none that went out meanwhile', async () => {
  const { arrivals } = await callMany((nth) => (nth % 60 < 40 ? 5 : 3_000 - (nth % 60) * 40));

  assert.ok(busiest(arrivals) <= perSecond, `${busiest(arrivals)} in one second`);
});
