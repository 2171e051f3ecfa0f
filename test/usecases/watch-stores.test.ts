import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeStock } from '../../src/domain/assessment.ts';
import { scan } from '../../src/usecases/scan/scan.ts';
import { type Listings, watchStores } from '../../src/usecases/watch-stores.ts';
import { aCertificate, after, aListener, aPolicy, days, hours, today } from '../helpers/facts.ts';
import { ScanWorld } from '../helpers/scan-world.ts';

const signal = new AbortController().signal;

/** A world in which one certificate ends `left` from now, already scanned; the pause since then is `waited`. */
async function watched(left: number, waited: number): Promise<readonly string[]> {
  const notAfter = after(today, left);
  const certificate = aCertificate({ notBefore: after(notAfter, -days(200)), notAfter });
  const world = new ScanWorld({
    discovers: { 'cn-hangzhou': [aListener()] },
    lists: { 'cn-hangzhou': [certificate] },
    resolves: () => certificate,
  });
  const { inventory } = await scan(world.deps(), { probe: false }, signal);
  await world.clock.sleep(waited, signal);
  const stock = takeStock(inventory, {
    now: world.clock.now(),
    policies: [aPolicy()],
    planning: null,
    admission: { inFlight: [] },
    additionalLimit: () => null,
  });
  const before = world.calls.length;
  const listings: Listings = new Map();
  await watchStores(world.deps(), stock, listings, signal);
  await watchStores(world.deps(), stock, listings, signal);
  return world.calls.slice(before);
}

test('the store of a certificate with hours left is listed again after ten minutes, and once', async () => {
  const calls = await watched(hours(20), 10 * 60_000);

  assert.equal(calls.filter((call) => call.includes('list')).length, 1, calls.join('\n'));
});

test('a store that was just listed, or holds nothing pressing, is left alone', async () => {
  assert.deepEqual(await watched(hours(20), 60_000), []);
  assert.deepEqual(await watched(days(20), hours(2)), []);
});
