import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Missing } from '../../src/domain/inventory.ts';
import type { ScanEvent } from '../../src/usecases/scan/deps.ts';
import { scan } from '../../src/usecases/scan/scan.ts';
import {
  aCertificate,
  after,
  aListener,
  anInventory,
  days,
  hours,
  today,
} from '../helpers/facts.ts';
import { denied, ScanWorld } from '../helpers/scan-world.ts';

const signal = new AbortController().signal;
const unprobed = { probe: false };
const beijing = { region: 'cn-beijing', listenerId: 'lsn-2@443' };
const singapore = { region: 'ap-southeast-1', listenerId: 'lsn-3@443' };

test('each region is read once, and each store site once an account', async () => {
  const world = new ScanWorld(
    { name: 'a', regions: ['cn-hangzhou', 'cn-beijing', 'ap-southeast-1'] },
    { name: 'b', regions: ['cn-hangzhou', 'cn-hangzhou'] },
  );

  await scan(world.deps(), unprobed, signal);

  assert.deepEqual(world.calls.toSorted(), [
    'discover a ap-southeast-1',
    'discover a cn-beijing',
    'discover a cn-hangzhou',
    'discover b cn-hangzhou',
    'list a ap-southeast-1',
    'list a cn-hangzhou',
    'list b cn-hangzhou',
  ]);
});

test('what was seen is merged into what was known, and saved', async () => {
  const world = new ScanWorld({
    discovers: { 'cn-hangzhou': [aListener()] },
    lists: { 'cn-hangzhou': [aCertificate()] },
  });
  world.inventory = anInventory({ listeners: [aListener({ ref: { ...beijing } })] });
  await world.clock.sleep(hours(6), signal);

  const { inventory, snapshot } = await scan(world.deps(), unprobed, signal);

  assert.deepEqual(world.inventory, inventory);
  assert.equal(inventory.listeners.length, 2);
  assert.equal(snapshot.listeners.length, 1);
  assert.deepEqual(inventory.takenAt, after(today, hours(6)));
});

test('exact dates are asked for bound certificates and their likely successors only', async () => {
  const soon = aCertificate({ notAfter: after(today, days(20)) });
  const successors = [100, 200, 300, 400].map((life) =>
    aCertificate({ id: `${life}-cn-hangzhou`, notAfter: after(today, days(life)) }),
  );
  const other = aCertificate({
    id: '9-cn-hangzhou',
    names: ['shop.example.com'],
    notAfter: after(today, days(300)),
  });
  const expired = aCertificate({ id: '8-cn-hangzhou', notAfter: after(today, -days(3)) });
  const world = new ScanWorld({
    discovers: { 'cn-hangzhou': [aListener()] },
    lists: { 'cn-hangzhou': [soon, ...successors, other, expired] },
    resolves: (id) =>
      id === soon.id ? { ...soon, notAfter: after(today, days(20) + hours(11)) } : null,
  });

  const { snapshot } = await scan(world.deps(), unprobed, signal);

  assert.deepEqual(
    world.calls.filter((call) => call.startsWith('resolve')),
    ['101', '400', '300', '200'].map((id) => `resolve ${id}-cn-hangzhou`),
  );
  const dates = new Map(
    snapshot.certificates.map(({ certificate }) => [certificate.id, certificate.notAfter]),
  );
  assert.deepEqual(dates.get(soon.id), after(today, days(20) + hours(11)));
  assert.deepEqual(dates.get(expired.id), expired.notAfter);
});

test('a failed detail call leaves the row as it is; without a row it is told', async () => {
  const bound = ['101-cn-hangzhou', '7-cn-hangzhou'].map(
    (id) => ({ slot: 'additional', id, state: 'bound' }) as const,
  );
  const world = new ScanWorld({
    discovers: { 'cn-hangzhou': [aListener({ bound })] },
    lists: { 'cn-hangzhou': [aCertificate()] },
    resolves: () => denied('GetUserCertificateDetail'),
  });

  const { snapshot } = await scan(world.deps(), unprobed, signal);

  assert.deepEqual(
    snapshot.certificates.map(({ certificate }) => certificate),
    [aCertificate()],
  );
  assert.deepEqual(snapshot.missing, [
    {
      account: 'main',
      region: 'cn-hangzhou',
      action: 'GetUserCertificateDetail',
      code: 'Forbidden.RAM',
      listener: null,
      part: 'certificates',
    },
  ]);
});

test('a region, a listener and a site that fail are missing, and the rest goes on', async () => {
  const unread: Missing = {
    account: 'main',
    region: 'cn-beijing',
    action: 'ListListenerCertificates',
    code: 'SystemBusy',
    listener: aListener({ ref: beijing }).ref,
  };
  const world = new ScanWorld({
    regions: ['cn-hangzhou', 'cn-beijing', 'ap-southeast-1'],
    discovers: {
      'cn-hangzhou': [aListener(), new Error('socket hang up')],
      'cn-beijing': [{ kind: 'missing', missing: unread }],
      'ap-southeast-1': [aListener({ ref: singapore })],
    },
    lists: {
      'cn-hangzhou': denied('ListUserCertificateOrder'),
      'ap-southeast-1': [aCertificate()],
    },
  });
  const known = [aListener({ ref: beijing }), aListener({ ref: { listenerId: 'lsn-9@443' } })];
  world.inventory = anInventory({ listeners: known });

  const { inventory } = await scan(world.deps(), unprobed, signal);

  assert.deepEqual(
    inventory.listeners.map(({ state, absences }) => [state.ref.listenerId, absences]),
    [
      ['lsn-3@443', 0],
      ['lsn-2@443', 0],
      ['lsn-1@443', 0],
      ['lsn-9@443', 0],
    ],
  );
  assert.deepEqual(
    inventory.missing.map(({ region, action, code, part }) => [region, action, code, part]),
    [
      ['cn-hangzhou', 'ListListeners', 'internal', undefined],
      ['cn-beijing', 'ListListenerCertificates', 'SystemBusy', undefined],
      ['cn-hangzhou', 'ListUserCertificateOrder', 'Forbidden.RAM', 'certificates'],
    ],
  );
  assert.equal(inventory.certificates.length, 1);
  assert.equal(world.warnings.length, 3);
});

test('no detail call follows a denied listing', async () => {
  const world = new ScanWorld({
    discovers: { 'cn-hangzhou': [aListener()] },
    lists: { 'cn-hangzhou': denied('ListUserCertificateOrder') },
  });

  await scan(world.deps(), unprobed, signal);

  assert.deepEqual(world.calls, ['discover main cn-hangzhou', 'list main cn-hangzhou']);
});

test('an account with all regions is asked which there are', async () => {
  const world = new ScanWorld({ regions: null, listsRegions: ['cn-hangzhou', 'eu-central-1'] });
  const gone: Missing = {
    account: 'main',
    region: 'all',
    action: 'DescribeRegions',
    code: 'X',
    listener: null,
  };
  world.inventory = anInventory({ missing: [gone] });

  const { inventory } = await scan(world.deps(), unprobed, signal);

  assert.equal(world.calls.filter((call) => call.startsWith('discover')).length, 2);
  assert.deepEqual(inventory.missing, []);
});

test('when the list of regions is denied, the known regions are still scanned', async () => {
  const world = new ScanWorld({ regions: null, listsRegions: denied('DescribeRegions') });
  world.inventory = anInventory({
    listeners: [aListener(), aListener({ ref: { ...beijing, account: 'x' } })],
  });

  const { inventory } = await scan(world.deps(), unprobed, signal);

  assert.deepEqual(world.calls, [
    'discover main cn-hangzhou',
    'list main cn-hangzhou',
    'resolve 101-cn-hangzhou',
  ]);
  assert.deepEqual(
    inventory.missing.map(({ region, code }) => [region, code]),
    [['all', 'Forbidden.RAM']],
  );
});

test('a request narrows accounts and regions, and a wrong name is refused', async () => {
  const scripts = [
    { name: 'a', regions: ['cn-hangzhou', 'cn-beijing'] },
    { name: 'b', regions: null },
  ];
  const narrowed = new ScanWorld(...scripts);
  await scan(narrowed.deps(), { ...unprobed, regions: ['cn-beijing'] }, signal);
  const named = new ScanWorld(...scripts);
  await scan(named.deps(), { ...unprobed, accounts: ['a'] }, signal);
  const refused = { code: 'request.invalid' };

  assert.deepEqual(
    narrowed.calls.filter((call) => call.startsWith('discover')),
    ['discover a cn-beijing', 'discover b cn-beijing'],
  );
  assert.equal(named.calls.filter((call) => call.startsWith('discover')).length, 2);
  await assert.rejects(scan(named.deps(), { ...unprobed, accounts: ['c'] }, signal), {
    ...refused,
    message: 'no account named c is configured: there are a, b',
  });
  await assert.rejects(
    scan(named.deps(), { ...unprobed, accounts: ['a'], regions: ['eu-west-1'] }, signal),
    refused,
  );
});

test('an aborted scan saves nothing', async () => {
  const stop = new AbortController();
  const world = new ScanWorld({
    discovers: { 'cn-hangzhou': [aListener(), new Error('aborted')] },
  });
  const onProgress = ({ kind }: ScanEvent): void => {
    if (kind === 'region-started') stop.abort(new Error('enough'));
  };

  await assert.rejects(scan(world.deps(), { ...unprobed, onProgress }, stop.signal), /enough/);

  assert.equal(world.saves, 0);
  assert.deepEqual(world.calls, ['discover main cn-hangzhou']);
});

test('a scan aborted before it knows its regions asks for nothing else', async () => {
  const world = new ScanWorld({ regions: null, listsRegions: denied('DescribeRegions') });
  world.inventory = anInventory({ listeners: [aListener()] });

  await assert.rejects(
    scan(world.deps(), unprobed, AbortSignal.abort(new Error('enough'))),
    /enough/,
  );

  assert.deepEqual(world.calls, []);
});

test('who watches sees the scan go on', async () => {
  const world = new ScanWorld({
    discovers: {
      'cn-hangzhou': [aListener(), aListener({ ref: { listenerId: 'l2' }, status: 'stopped' })],
    },
    lists: { 'cn-hangzhou': [aCertificate()] },
  });
  const events: ScanEvent[] = [];

  await scan(world.deps(), { probe: true, onProgress: (event) => events.push(event) }, signal);

  const place = { account: 'main', region: 'cn-hangzhou' };
  assert.deepEqual(events, [
    { kind: 'region-started', ...place },
    { kind: 'listeners-found', ...place, listeners: 2, missing: 0 },
    { kind: 'probing-starts', looks: 2, loadBalancers: 1, atLeast: null },
    { kind: 'probing', done: 1, total: 1 },
    { kind: 'done', listeners: 2, missing: 0 },
  ]);
});
