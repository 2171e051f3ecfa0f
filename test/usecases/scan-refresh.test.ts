import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inParallel } from '../../src/usecases/scan/in-parallel.ts';
import { refreshListener, refreshStore } from '../../src/usecases/scan/refresh.ts';
import {
  aCertificate,
  after,
  aListener,
  anInventory,
  fingerprint,
  hours,
  served,
  today,
} from '../helpers/facts.ts';
import { denied, ScanWorld } from '../helpers/scan-world.ts';

const { signal } = new AbortController();
const rotated = aListener({ bound: [{ slot: 'default', id: '202-cn-hangzhou', state: 'bound' }] });

test('one listener looked at after a rotation shows its new certificate, and is no scan', async () => {
  const fresh = aCertificate({ id: '202-cn-hangzhou' });
  const world = new ScanWorld({
    reads: () => rotated,
    resolves: (id) => (id === fresh.id ? fresh : null),
  });
  world.inventory = anInventory({ listeners: [aListener()], certificates: [aCertificate()] });
  world.serves = () => served({ leaf: { fingerprint256: fingerprint(fresh.id) } });
  await world.clock.sleep(hours(1), signal);

  await refreshListener(world.deps(), rotated.ref, signal);

  const { listeners, certificates, takenAt } = world.inventory;
  assert.deepEqual(listeners[0]?.state, rotated);
  assert.deepEqual(listeners[0]?.seenAt, after(today, hours(1)));
  assert.equal(listeners[0]?.served.length, 2);
  assert.deepEqual(
    certificates.map(({ certificate }) => certificate.id),
    ['101-cn-hangzhou', fresh.id],
  );
  assert.deepEqual(takenAt, today);
});

test('a deleted listener is known to be gone at once', async () => {
  const world = new ScanWorld({ reads: () => null });
  world.inventory = anInventory({ listeners: [aListener()] });

  await refreshListener(world.deps(), aListener().ref, signal);
  await refreshListener(
    world.deps(),
    aListener({ ref: { listenerId: 'never-known' } }).ref,
    signal,
  );

  assert.deepEqual(
    world.inventory.listeners.map(({ state }) => state.status),
    ['gone'],
  );
});

test('a failed look at one listener changes nothing', async () => {
  const world = new ScanWorld({ reads: () => denied('GetListenerAttribute') });
  const unknown = aListener({ ref: { account: 'nobody' } }).ref;

  await assert.rejects(refreshListener(world.deps(), aListener().ref, signal), {
    code: 'cloud.denied',
  });
  await assert.rejects(refreshListener(world.deps(), unknown, signal), { code: 'not-found' });

  assert.equal(world.saves, 0);
});

test('a store site is listed alone, and counts nothing as absent', async () => {
  const renewal = aCertificate({ id: '202-cn-hangzhou' });
  const world = new ScanWorld({ lists: { 'cn-hangzhou': [renewal] } });
  world.inventory = anInventory({
    listeners: [aListener()],
    certificates: [aCertificate({ id: '9-cn-hangzhou' })],
  });

  await refreshStore(world.deps(), { account: 'main', site: 'cn-hangzhou' }, signal);

  const found = world.inventory.certificates.map(({ certificate, absences }) => [
    certificate.id,
    absences,
  ]);
  assert.deepEqual(found, [
    ['202-cn-hangzhou', 0],
    ['9-cn-hangzhou', 0],
  ]);
  assert.equal(world.inventory.listeners[0]?.absences, 0);
});

test('work in parallel keeps its limit and the order of its items', async () => {
  let running = 0;
  let most = 0;

  const results = await inParallel([5, 4, 3, 2, 1], 2, async (item) => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
    running -= 1;
    return item * 10;
  });

  assert.deepEqual(results, [50, 40, 30, 20, 10]);
  assert.equal(most, 2);
});

test('work in parallel stops beginning after a failure', async () => {
  const begun: number[] = [];

  await assert.rejects(
    inParallel([1, 2, 3, 4], 2, async (item) => {
      begun.push(item);
      await Promise.resolve();
      if (item === 1) throw new Error('no');
      await Promise.resolve();
    }),
    /no/,
  );
  assert.deepEqual(begun, [1, 2]);
});
