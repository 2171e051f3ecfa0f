import assert from 'node:assert/strict';
import { EventEmitter, getEventListeners, once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../src/adapters/clock.ts';
import { type Call, Caller } from '../../../src/adapters/alibaba/call.ts';
import { RateLimits } from '../../../src/adapters/alibaba/rates.ts';

const atOnce = 40;

/** A caller on the machine's clock, so that its waits listen to the signal as they do in a scan. */
function openCaller(rateShare: number | null): Caller {
  return new Caller({
    account: 'main',
    clock: systemClock,
    entropy: { id: () => '0'.repeat(32), fraction: () => 0 },
    rates: new RateLimits(systemClock, rateShare),
    timeouts: { attemptMs: 5_000, totalMs: 60_000 },
    onCall: () => {},
  });
}

function listing(send: Call<string>['send']): Call<string> {
  const name = { action: 'ListListenerCertificates', region: 'cn-hangzhou' };
  return { kind: 'read', ...name, send, read: () => 'read' };
}

function warningsDuring(t: TestContext): readonly Error[] {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  t.after(() => process.off('warning', note));
  return warnings;
}

/** Warnings are emitted on the next tick. */
async function nothingLeft(signal: AbortSignal, warnings: readonly Error[]): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
  assert.deepEqual(warnings, []);
}

test('many calls share the signal of their scan, warn nobody and leave no listener on it', async (t) => {
  const warnings = warningsDuring(t);
  const { signal } = new AbortController();
  const caller = openCaller(null);
  const arrivals = new EventEmitter().setMaxListeners(atOnce);
  let inFlight = 0;
  const call = listing(async () => {
    inFlight += 1;
    if (inFlight < atOnce) await once(arrivals, 'all');
    else arrivals.emit('all');
    return { body: {}, headers: {} };
  });

  const results = await Promise.all(
    Array.from({ length: atOnce }, () => caller.call(call, signal)),
  );

  assert.equal(results.length, atOnce);
  await nothingLeft(signal, warnings);
});

test('an abort ends all calls at once, in flight or waiting for the rate, and leaves nothing behind', async (t) => {
  const warnings = warningsDuring(t);
  const stopping = new AbortController();
  const caller = openCaller(1);
  let sent = 0;
  const call = listing(() => {
    sent += 1;
    return new Promise(() => {});
  });

  const calls = Array.from({ length: atOnce }, () => caller.call(call, stopping.signal));
  const ends = Promise.allSettled(calls);
  await new Promise((resolve) => setImmediate(resolve));
  stopping.abort(new Error('enough'));

  const reasons = (await ends).map((end) => (end.status === 'rejected' ? end.reason : null));
  assert.deepEqual(
    reasons.map((reason) => String(reason)),
    Array.from({ length: atOnce }, () => 'Error: enough'),
  );
  assert.ok(sent > 0 && sent < atOnce, `${sent} of ${atOnce} were sent`);
  await nothingLeft(stopping.signal, warnings);
});
