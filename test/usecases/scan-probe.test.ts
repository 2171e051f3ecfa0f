import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assessInventory } from '../../src/domain/assessment.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { ListenerState } from '../../src/domain/listener.ts';
import { scan } from '../../src/usecases/scan/scan.ts';
import {
  aCertificate,
  after,
  aListener,
  anEndpoint,
  anInventory,
  aPolicy,
  days,
  failed,
  fingerprint,
  served,
  servedAt,
  today,
} from '../helpers/facts.ts';
import { type AccountScript, denied, ScanWorld } from '../helpers/scan-world.ts';

const { signal } = new AbortController();
const old = served({ leaf: { fingerprint256: fingerprint('old') } });

function worldWith(state: ListenerState, more: Partial<AccountScript> = {}): ScanWorld {
  const lists = { 'cn-hangzhou': [aCertificate()] };
  return new ScanWorld({ discovers: { 'cn-hangzhou': [state] }, lists, ...more });
}

function findings(inventory: Inventory): readonly string[] {
  const context = {
    now: today,
    policies: [aPolicy()],
    planning: null,
    admission: { inFlight: [] },
  };
  return assessInventory(inventory, { ...context, additionalLimit: () => null }).flatMap((each) =>
    each.findings.map(({ kind }) => kind),
  );
}

test('every endpoint in the vantage is asked without SNI and for a name of each server certificate', async () => {
  const bound = [
    { slot: 'default', id: '101-cn-hangzhou', state: 'bound' },
    { slot: 'additional', id: '102-cn-hangzhou', state: 'bound' },
    { slot: 'additional', id: '103-cn-hangzhou', state: 'bound' },
    { slot: 'ca', id: '104-cn-hangzhou', state: 'bound' },
  ] as const;
  const names = [
    ['www.example.com', 'example.com'],
    ['10.0.0.1', 'www.example.com', '*.shop.example.com'],
    ['10.0.0.2', '::1'],
    ['ca.example.com'],
  ];
  const endpoints = [anEndpoint(), anEndpoint({ address: '10.1.1.1', network: 'private' })];
  const world = worldWith(aListener({ bound, endpoints, alpn: ['h2'] }), {
    lists: {
      'cn-hangzhou': names.map((each, index) =>
        aCertificate({ id: `10${index + 1}-cn-hangzhou`, names: each }),
      ),
    },
  });

  const { inventory } = await scan(world.deps(), { probe: true }, signal);

  assert.deepEqual(
    world.probes.slice(0, 3).map(({ endpoint, serverName }) => [endpoint.address, serverName]),
    [
      ['127.0.0.2', null],
      ['127.0.0.2', 'example.com'],
      ['127.0.0.2', 'newleaf-probe.shop.example.com'],
    ],
  );
  assert.deepEqual(world.probes[0]?.alpn, ['h2']);
  const outside = inventory.listeners[0]?.served.filter(({ address }) => address === '10.1.1.1');
  assert.deepEqual(
    outside?.map(({ observation, serverName }) => [
      observation.kind === 'failed' && observation.reason,
      serverName,
    ]),
    [['outside-vantage', null]],
  );
});

test('where the store is silent, the names that the first handshake shows are asked for', async () => {
  const private2 = anEndpoint({ address: '10.1.1.1', network: 'private' });
  const state = aListener({ endpoints: [anEndpoint(), private2] });
  const lists = { 'cn-hangzhou': denied('ListUserCertificateOrder') };
  const world = worldWith(state, { lists });
  world.serves = () => served({ leaf: { names: ['www.example.com', '*.example.com'] } });

  const { inventory } = await scan(world.deps(), { probe: true }, signal);

  const asked = world.probes.map(({ serverName }) => serverName);
  assert.deepEqual(asked.slice(0, 2), [null, 'www.example.com']);
  assert.equal(asked.length, 3);
  assert.equal(inventory.listeners[0]?.served.length, 4);
  assert.deepEqual(findings(inventory), []);
});

test('the names asked for are limited', async () => {
  const world = worldWith(aListener());
  world.namesPerListener = 0;

  await scan(world.deps(), { probe: true }, signal);

  assert.deepEqual(
    world.probes.map(({ serverName }) => serverName),
    [null],
  );
});

test('drift seen twice, a pause apart, is confirmed', async () => {
  const world = worldWith(aListener());
  world.serves = ({ serverName }) => (serverName === null ? old : served());

  const { inventory } = await scan(world.deps(), { probe: true }, signal);

  assert.deepEqual(findings(inventory), ['drift']);
  assert.deepEqual(world.clock.now(), after(today, 10_000));
  assert.deepEqual(
    world.probes.map(({ serverName }) => serverName),
    [null, 'www.example.com', null],
  );
});

test('drift that is gone at the second look, or shows yet another leaf, is none', async () => {
  const fresh = worldWith(aListener());
  fresh.serves = (_, look) => (look === 1 ? old : served());
  const flapping = worldWith(aListener());
  flapping.serves = (_, look) =>
    look === 1 ? old : served({ leaf: { fingerprint256: fingerprint('third') } });

  const mended = await scan(fresh.deps(), { probe: true }, signal);
  const changing = await scan(flapping.deps(), { probe: true }, signal);

  assert.deepEqual(findings(mended.inventory), []);
  assert.deepEqual(findings(changing.inventory), []);
});

test('a certificate swapped between reading and probing is no drift', async () => {
  const bound = [{ slot: 'default', id: '202-cn-hangzhou', state: 'bound' }] as const;
  const fresh = aCertificate({ id: '202-cn-hangzhou' });
  const world = worldWith(aListener(), {
    reads: (state) => state && { ...state, bound },
    lists: { 'cn-hangzhou': [aCertificate(), fresh] },
  });
  world.serves = () => served({ leaf: { fingerprint256: fingerprint(fresh.id) } });

  const { inventory } = await scan(world.deps(), { probe: true }, signal);

  assert.deepEqual(findings(inventory), []);
  assert.deepEqual(inventory.listeners[0]?.state.bound, bound);
});

test('a listener that is being changed at the second look proves nothing', async () => {
  const world = worldWith(aListener(), {
    reads: (state) => state && { ...state, status: 'changing' },
  });
  world.serves = () => old;

  const { inventory } = await scan(world.deps(), { probe: true }, signal);

  assert.deepEqual(findings(inventory), []);
  assert.equal(inventory.listeners[0]?.state.status, 'changing');
});

test('silence is looked at twice, and counts where the endpoint answered before', async () => {
  const neverSeen = worldWith(aListener());
  const known = worldWith(aListener());
  known.inventory = anInventory({
    listeners: [
      { state: aListener(), seenAt: after(today, -days(1)), absences: 0, served: [servedAt()] },
    ],
  });
  for (const world of [neverSeen, known]) world.serves = () => failed('refused');

  const first = await scan(neverSeen.deps(), { probe: true }, signal);
  const second = await scan(known.deps(), { probe: true }, signal);

  assert.deepEqual(findings(first.inventory), []);
  assert.deepEqual(findings(second.inventory), ['unreachable']);
  assert.equal(known.probes.length, 3);
});

test('an endpoint that answers at the second look was never away', async () => {
  const world = worldWith(aListener());
  world.inventory = anInventory({
    listeners: [
      { state: aListener(), seenAt: after(today, -days(1)), absences: 0, served: [servedAt()] },
    ],
  });
  world.serves = (_, look) => (look === 1 ? failed('timeout') : served());

  const { inventory } = await scan(world.deps(), { probe: true }, signal);

  assert.deepEqual(findings(inventory), []);
});

test('a second look that cannot be taken is missing, one at a deleted listener is not', async () => {
  const unread = worldWith(aListener(), { reads: () => denied('GetListenerAttribute') });
  const deleted = worldWith(aListener(), { reads: () => null });
  for (const world of [unread, deleted]) world.serves = () => old;

  const first = await scan(unread.deps(), { probe: true }, signal);
  const second = await scan(deleted.deps(), { probe: true }, signal);

  assert.deepEqual(
    first.snapshot.missing.map(({ action, listener }) => [action, listener?.listenerId]),
    [['GetListenerAttribute', 'lsn-1@443']],
  );
  assert.deepEqual(findings(first.inventory), []);
  assert.deepEqual([second.snapshot.missing, findings(second.inventory)], [[], []]);
});

test('an endpoint that left between the looks is not asked again', async () => {
  const world = worldWith(aListener(), { reads: (state) => state && { ...state, endpoints: [] } });
  world.serves = () => old;

  const { inventory } = await scan(world.deps(), { probe: true }, signal);

  assert.equal(world.probes.length, 2);
  assert.deepEqual(findings(inventory), []);
});

test('a scan without probes keeps what was seen before and asks nobody', async () => {
  const world = worldWith(aListener());
  world.inventory = anInventory({
    listeners: [
      { state: aListener(), seenAt: after(today, -days(1)), absences: 0, served: [servedAt()] },
    ],
  });

  const { inventory } = await scan(world.deps(), { probe: false }, signal);

  assert.deepEqual(world.probes, []);
  assert.deepEqual(inventory.listeners[0]?.served, [servedAt()]);
});
