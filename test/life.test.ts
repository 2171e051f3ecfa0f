import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPulse } from '../src/life.ts';
import { VirtualClock } from './helpers/virtual-clock.ts';
import { steady } from './helpers/alerts.ts';
import { today } from './helpers/facts.ts';

const minute = 60_000;

test('a process whose chores have hung for a quarter of an hour says so, and again lives when they end', async () => {
  const clock = new VirtualClock(today);
  const { beat, life } = openPulse(clock);

  await clock.sleep(15 * minute, steady);
  const before = life();
  await clock.sleep(minute, steady);
  const hung = life();
  beat();

  assert.deepEqual(before, { alive: true, detail: '' });
  assert.deepEqual(hung, {
    alive: false,
    detail: 'the chores of the minute have not ended for 16 minutes',
  });
  assert.equal(life().alive, true);
});
