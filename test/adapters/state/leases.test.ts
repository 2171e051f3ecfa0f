import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemEntropy } from '../../../src/adapters/clock.ts';
import { openLeases } from '../../../src/adapters/state/leases.ts';
import { NewleafError } from '../../../src/domain/errors.ts';
import type { Leases } from '../../../src/ports/state.ts';
import type { Store } from '../../../src/ports/store.ts';
import { memoryStore } from '../../helpers/store.ts';

/** A monotonic clock that the test moves; no wall clock may matter, so asking it fails. */
function handClock() {
  let now = 1000;
  return {
    tick: (ms: number) => {
      now += ms;
    },
    monotonic: () => now,
    now: (): Date => assert.fail('a lease asked the wall clock'),
    sleep: (): Promise<void> => assert.fail('a lease slept'),
  };
}

type HandClock = ReturnType<typeof handClock>;

function process(store: Store, clock: HandClock): Leases {
  return openLeases({ store, clock, entropy: systemEntropy, ttl: 1000, callTimeout: 200 });
}

test('a free lease is taken at once, by one of many', async () => {
  const store = memoryStore();
  const clock = handClock();

  const leases = await Promise.all(
    Array.from({ length: 5 }, () => process(store, clock).acquire('nlb-1')),
  );

  assert.equal(leases.filter((lease) => lease !== null).length, 1);
  assert.ok((await process(store, clock).acquire('nlb-2')) !== null);
});

test('a holder is judged dead when its lease stood still for ttl and call time-out, on our own clock', async () => {
  const store = memoryStore();
  const clock = handClock();
  await process(store, clock).acquire('nlb-1');
  const contender = process(store, clock);

  clock.tick(1_000_000);
  assert.equal(await contender.acquire('nlb-1'), null, 'the first look never wins');
  clock.tick(1199);
  assert.equal(await contender.acquire('nlb-1'), null);
  clock.tick(1);
  assert.ok((await contender.acquire('nlb-1')) !== null);
});

test('a lease that was watched is judged from the first watching on, and watching takes nothing', async () => {
  const store = memoryStore();
  const clock = handClock();
  const lease = await process(store, clock).acquire('nlb-1');
  const contender = process(store, clock);
  await contender.watch('nlb-none');

  await contender.watch('nlb-1');
  clock.tick(1199);
  await contender.watch('nlb-1');
  assert.equal(await contender.acquire('nlb-1'), null);
  await lease?.renew();
  await contender.watch('nlb-1');
  clock.tick(1200);

  assert.ok((await contender.acquire('nlb-1')) !== null, 'after the renewal it counts anew');
  assert.ok((await process(store, clock).acquire('nlb-none')) !== null);
});

test('a renewal starts the contender over', async () => {
  const store = memoryStore();
  const clock = handClock();
  const lease = await process(store, clock).acquire('nlb-1');
  const contender = process(store, clock);
  await contender.acquire('nlb-1');

  clock.tick(900);
  await lease?.renew();
  clock.tick(900);
  assert.equal(await contender.acquire('nlb-1'), null);
  clock.tick(1199);
  assert.equal(await contender.acquire('nlb-1'), null);
});

test('a lease is over for its holder before any contender may take it', async () => {
  const store = memoryStore();
  const clock = handClock();
  const lease = await process(store, clock).acquire('nlb-1');
  const contender = process(store, clock);
  await contender.acquire('nlb-1');
  assert.equal(lease?.remaining(), 1000);

  clock.tick(1000);
  assert.equal(lease?.remaining(), 0);
  assert.equal(await contender.acquire('nlb-1'), null);
  clock.tick(200);
  const taken = await contender.acquire('nlb-1');

  assert.equal(taken?.remaining(), 1000);
  await assert.rejects(lease?.renew() ?? Promise.resolve(), { code: 'lease.lost' });
  assert.equal(lease?.remaining(), 0);
  await lease?.release();
  await taken?.renew();
});

test('the time to live counts from when the call was sent, not from its answer', async () => {
  const memory = memoryStore();
  const clock = handClock();
  const slow: Store = {
    ...memory,
    put: async (...args) => {
      const version = await memory.put(...args);
      clock.tick(150);
      return version;
    },
  };
  const lease = await process(slow, clock).acquire('nlb-1');

  assert.equal(lease?.remaining(), 850);
  await lease?.renew();
  assert.equal(lease?.remaining(), 850);
});

test('a renewal whose answer was lost is recognised as our own', async () => {
  const memory = memoryStore();
  const clock = handClock();
  let lose = false;
  const deaf: Store = {
    ...memory,
    put: async (...args) => {
      const version = await memory.put(...args);
      if (lose) throw new NewleafError('store.unavailable', 'put: the answer was lost');
      return version;
    },
  };
  const lease = await process(deaf, clock).acquire('nlb-1');
  assert.ok(lease !== null);
  lose = true;
  clock.tick(400);
  await assert.rejects(lease.renew(), { code: 'store.unavailable' });
  lose = false;

  assert.equal(lease.remaining(), 600, 'what is not certain is not counted on');
  await lease.renew();
  assert.equal(lease.remaining(), 1000);
  lose = true;
  await assert.rejects(lease.renew());
  lose = false;
  await lease.release();

  assert.equal(await memory.get('lease/nlb-1'), null);
});

test('a released lease is free at once, and releasing twice is fine', async () => {
  const store = memoryStore();
  const clock = handClock();
  const lease = await process(store, clock).acquire('nlb-1');

  await lease?.release();
  await lease?.release();

  assert.equal(lease?.remaining(), 0);
  assert.ok((await process(store, clock).acquire('nlb-1')) !== null);
  await assert.rejects(lease?.renew() ?? Promise.resolve(), { code: 'lease.lost' });
});
