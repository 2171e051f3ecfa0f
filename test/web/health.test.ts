import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAdmission } from '../../src/adapters/state/admission.ts';
import { healthOf, type HealthParts, healthText } from '../../src/web/health.ts';
import { healthy } from '../helpers/desk.ts';
import { memoryStore } from '../helpers/store.ts';
import { after, hours, today } from '../helpers/facts.ts';

/** A daemon that started at `today`, scans every six hours and is asked so long after its start. */
async function failing(
  age: number,
  overrides: Partial<HealthParts> = {},
): Promise<readonly (readonly [string, string])[]> {
  const { ready, checks } = await healthOf({
    version: '0.1.0',
    startedAt: today,
    now: () => after(today, age),
    storeNow: async () => today,
    readable: async () => {},
    lastScan: async () => null,
    scanEvery: () => hours(6),
    skewMs: async () => null,
    anySinkWorks: async () => true,
    ...overrides,
  });
  const bad = checks.filter(({ ok }) => !ok);
  assert.equal(ready, bad.length === 0);
  return bad.map(({ name, detail }) => [name, detail]);
}

const scanned = (at: Date): Partial<HealthParts> => ({ lastScan: async () => at });

const away = async (): Promise<never> => Promise.reject(new Error('redis://:hush@db is away'));

test('a daemon that has just started is ready; two intervals later it must have scanned', async () => {
  assert.deepEqual(await failing(hours(12)), []);
  assert.deepEqual(await failing(hours(12) + 1), [
    ['scan', `the last scan ended at ${today.toISOString()}`],
  ]);
});

test('the last scan counts from its own end, and one from before the start gives no less time', async () => {
  assert.deepEqual(await failing(hours(13), scanned(after(today, hours(1)))), []);
  assert.equal((await failing(hours(13) + 1, scanned(after(today, hours(1))))).length, 1);
  assert.deepEqual(await failing(hours(1), scanned(after(today, -hours(99)))), []);
});

test('each thing that is wrong is named in words of ours', async () => {
  const all = { storeNow: away, readable: away, skewMs: away, lastScan: away, anySinkWorks: away };
  assert.deepEqual(await failing(0, all), [
    ['store', 'the store cannot be reached'],
    ['release', 'what the store holds is not known'],
    ['clock', 'the clocks cannot be compared'],
    ['scan', 'the last scan is not known'],
    ['sinks', 'the sinks are not known'],
  ]);
  assert.deepEqual(await failing(0, { anySinkWorks: async () => false }), [
    ['sinks', 'no sink accepts alerts: nobody would hear of a problem'],
  ]);
});

test('it tells how often it scans and how far the clocks are apart, as far as they can be asked', async () => {
  const parts: HealthParts = {
    version: '0.1.0',
    startedAt: today,
    now: () => today,
    storeNow: async () => today,
    readable: async () => {},
    lastScan: async () => today,
    scanEvery: () => hours(6),
    skewMs: async () => -75_400,
    anySinkWorks: async () => true,
  };

  const told = await healthOf(parts);
  const silent = await healthOf({ ...parts, skewMs: away });

  assert.deepEqual([told.scanEverySeconds, told.skewSeconds], [21_600, -75]);
  assert.equal(silent.skewSeconds, null);
});

test('clocks that differ by more than a minute are no state to rotate in, in either direction', async () => {
  assert.deepEqual(await failing(0, { skewMs: async () => 60_000 }), []);
  assert.deepEqual(await failing(0, { skewMs: async () => -60_001 }), [
    [
      'clock',
      'this clock and another one differ by 60 s: no rotation starts and no threshold moves',
    ],
  ]);
});

test('what a newer release has written makes it not ready, naming the release that reads it', async () => {
  const store = memoryStore();
  const newer = JSON.stringify({ v: 2, needs: '9.1.0', data: {} });
  await store.put('admission', newer, null);
  const admission = openAdmission(store);

  const bad = await failing(0, { readable: async () => void (await admission.read()) });

  assert.deepEqual(bad, [
    ['release', 'read admission: a newer release wrote it; run newleaf 9.1.0 or later'],
  ]);
});

test('in words it says the same, one line a check', () => {
  const checks = [
    { name: 'store', ok: true, detail: '' },
    { name: 'sinks', ok: false, detail: 'no sink accepts alerts: nobody would hear of a problem' },
  ];

  assert.equal(
    healthText({ ...healthy, ready: false, checks }),
    'not ready\nstore: ok\nsinks: no sink accepts alerts: nobody would hear of a problem\n',
  );
  assert.equal(healthText(healthy), 'ready\nstore: ok\n');
});
