import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Inventory, Missing, Snapshot } from '../../src/domain/inventory.ts';
import { mergeInventory } from '../../src/domain/merge.ts';
import {
  aCertificate,
  after,
  aListener,
  anEndpoint,
  anInventory,
  at,
  failed,
  fingerprint,
  hours,
  served,
  servedAt,
  today,
} from '../helpers/facts.ts';

const later = after(today, hours(6));

function aSnapshot(parts: Partial<Snapshot> = {}): Snapshot {
  return {
    takenAt: later,
    scope: [{ account: 'main', region: 'cn-hangzhou' }],
    listeners: [],
    certificates: [],
    missing: [],
    ...parts,
  };
}

function unread(parts: Partial<Missing> = {}): Missing {
  return {
    account: 'main',
    region: 'cn-hangzhou',
    action: 'ListListeners',
    code: 'ServiceUnavailable',
    listener: null,
    ...parts,
  };
}

function shown(inventory: Inventory): unknown {
  return inventory.listeners[0]?.served.map(({ address, serverName }) => [address, serverName]);
}

const seen = (listener = aListener()) => ({ state: listener, served: [servedAt()] });

test('a listener is gone only after two complete reads of its region without it', () => {
  const before = anInventory({ listeners: [aListener()] });

  const once = mergeInventory(before, aSnapshot());
  const twice = mergeInventory(once, aSnapshot({ takenAt: after(later, hours(6)) }));

  assert.equal(once.listeners[0]?.absences, 1);
  assert.deepEqual(once.listeners[0]?.seenAt, today);
  assert.deepEqual(twice.listeners, []);
});

test('a listener that shows up again starts to count anew', () => {
  const before = anInventory({ listeners: [aListener()] });

  const absent = mergeInventory(before, aSnapshot());
  const back = mergeInventory(absent, aSnapshot({ listeners: [seen()] }));

  assert.equal(back.listeners[0]?.absences, 0);
  assert.deepEqual(back.listeners[0]?.seenAt, later);
});

test('an incomplete read of a region counts nothing in it as absent', () => {
  const before = anInventory({ listeners: [aListener()] });
  const halfRead = aSnapshot({ missing: [unread()] });

  const merged = [1, 2, 3].reduce((known) => mergeInventory(known, halfRead), before);

  assert.equal(merged.listeners[0]?.absences, 0);
  assert.deepEqual(merged.missing, halfRead.missing);
});

test('a listener that could not be read keeps its last complete reading', () => {
  const before = anInventory({ listeners: [aListener()] });
  const partly = aListener({ bound: [] });
  const snapshot = aSnapshot({
    listeners: [seen(partly)],
    missing: [unread({ action: 'ListListenerCertificates', listener: partly.ref })],
  });

  const merged = mergeInventory(before, snapshot);

  assert.equal(merged.listeners[0]?.state.bound.length, 1);
  assert.deepEqual(merged.listeners[0]?.seenAt, today);
  assert.equal(mergeInventory(anInventory(), snapshot).listeners[0]?.state, partly);
});

test('a scan of one region says nothing about another region or account', () => {
  const elsewhere = [{ region: 'eu-central-1' }, { account: 'other' }].map((ref) =>
    aListener({ ref }),
  );
  const before = anInventory({
    listeners: elsewhere,
    missing: [unread({ region: 'eu-central-1' })],
  });

  const merged = [1, 2, 3].reduce((known) => mergeInventory(known, aSnapshot()), before);

  assert.deepEqual(
    merged.listeners.map(({ absences }) => absences),
    [0, 0],
  );
  assert.deepEqual(merged.missing, before.missing);
});

test('what was missing is no longer once its region was read', () => {
  const before = anInventory({ missing: [unread(), unread({ region: 'all' })] });

  const merged = mergeInventory(before, aSnapshot());

  assert.deepEqual(
    merged.missing.map(({ region }) => region),
    ['all'],
  );
});

test('a store site that failed hides no listener of the region with the same name, and the other way round', () => {
  const before = anInventory({
    listeners: [aListener()],
    certificates: [aCertificate({ id: '9-cn-hangzhou' })],
  });

  const siteFailed = mergeInventory(
    before,
    aSnapshot({ missing: [unread({ part: 'certificates' })] }),
  );
  const regionFailed = mergeInventory(before, aSnapshot({ missing: [unread()] }));

  assert.deepEqual(
    [siteFailed.listeners[0]?.absences, siteFailed.certificates[0]?.absences],
    [1, 0],
  );
  assert.deepEqual(
    [regionFailed.listeners[0]?.absences, regionFailed.certificates[0]?.absences],
    [0, 1],
  );
});

test('listing the regions of an account is not a listing of the international store site', () => {
  const before = anInventory({
    certificates: [aCertificate({ id: '9-ap-southeast-1', site: 'ap-southeast-1' })],
  });

  const merged = mergeInventory(before, aSnapshot({ scope: [{ account: 'main', region: 'all' }] }));

  assert.equal(merged.certificates[0]?.absences, 0);
});

test('a deleted certificate stays known while it is bound or served', () => {
  const bound = aCertificate();
  const onlyServed = aCertificate({ id: '102-cn-hangzhou' });
  const unused = aCertificate({ id: '103-cn-hangzhou' });
  const leaf = { fingerprint256: onlyServed.fingerprint256 ?? '' };
  const listeners = [{ state: aListener(), served: [servedAt({ observation: served({ leaf }) })] }];
  const before = anInventory({ certificates: [bound, onlyServed, unused] });

  const merged = [1, 2, 3].reduce(
    (known) => mergeInventory(known, aSnapshot({ listeners })),
    before,
  );

  assert.deepEqual(
    merged.certificates.map(({ certificate, absences }) => [certificate.id, absences]),
    [
      ['101-cn-hangzhou', 3],
      ['102-cn-hangzhou', 3],
    ],
  );
});

test('a row that tells only the day does not blur the exact date known before', () => {
  const exact = aCertificate({ notAfter: at('2027-02-20T12:34:56Z'), keyType: 'ecdsa' });
  const row = aCertificate({ notAfter: at('2027-02-19T16:00:00Z'), keyType: null });
  const before = anInventory({ certificates: [exact] });

  const merged = mergeInventory(
    before,
    aSnapshot({ certificates: [{ account: 'main', certificate: row }] }),
  );

  assert.deepEqual(merged.certificates[0]?.certificate.notAfter, exact.notAfter);
  assert.equal(merged.certificates[0]?.certificate.keyType, 'ecdsa');
});

test('another fingerprint under the same id carries nothing over', () => {
  const before = anInventory({ certificates: [aCertificate({ keyType: 'ecdsa' })] });
  const other = aCertificate({ fingerprint256: fingerprint('other'), keyType: null });

  const merged = mergeInventory(
    before,
    aSnapshot({ certificates: [{ account: 'main', certificate: other }] }),
  );

  assert.deepEqual(merged.certificates[0]?.certificate, other);
});

test('when an endpoint last answered is remembered while it fails', () => {
  const before = mergeInventory(anInventory(), aSnapshot({ takenAt: today, listeners: [seen()] }));
  const silent = [
    { state: aListener(), served: [servedAt({ observation: failed('timeout', later) })] },
  ];

  const merged = mergeInventory(before, aSnapshot({ listeners: silent }));

  assert.equal(merged.listeners[0]?.served[0]?.observation.kind, 'failed');
  assert.deepEqual(merged.listeners[0]?.served[0]?.lastServedAt, today);
});

test('looks that were not repeated stay while their endpoint exists, others of a repeated endpoint go', () => {
  const [a, b] = [anEndpoint(), anEndpoint({ zone: 'cn-hangzhou-b', address: '127.0.0.3' })];
  const looks = [
    servedAt(),
    servedAt({ serverName: 'old.example.com' }),
    servedAt({ zone: b.zone, address: b.address }),
  ];
  const before = mergeInventory(
    anInventory(),
    aSnapshot({
      takenAt: today,
      listeners: [{ state: aListener({ endpoints: [a, b] }), served: looks }],
    }),
  );

  const again = aSnapshot({
    listeners: [{ state: aListener({ endpoints: [a, b] }), served: [servedAt()] }],
  });
  const moved = aSnapshot({ listeners: [{ state: aListener({ endpoints: [a] }), served: [] }] });

  assert.deepEqual(shown(mergeInventory(before, again)), [
    ['127.0.0.2', null],
    ['127.0.0.3', null],
  ]);
  assert.deepEqual(shown(mergeInventory(before, moved)), [
    ['127.0.0.2', null],
    ['127.0.0.2', 'old.example.com'],
  ]);
});

test('a look that is newer than the scan wins, and single looks do not count as a scan', () => {
  const rotated = aListener({
    bound: [{ slot: 'default', id: '202-cn-hangzhou', state: 'bound' }],
  });
  const refresh = aSnapshot({
    scope: [],
    listeners: [{ state: rotated, seenAt: after(later, 1), served: [] }],
  });

  const refreshed = mergeInventory(anInventory({ listeners: [aListener()] }), refresh);
  const scanned = mergeInventory(
    refreshed,
    aSnapshot({ listeners: [{ ...seen(), seenAt: later }] }),
  );

  assert.deepEqual(refreshed.takenAt, today);
  assert.equal(scanned.listeners[0]?.state, rotated);
});

test('a load balancer that could not be read keeps its listeners, and hides no others', () => {
  const elsewhere = { ...aListener().ref, loadBalancerId: 'nlb-9', listenerId: 'lsn-9@443' };
  const before = anInventory({ listeners: [aListener(), aListener({ ref: elsewhere })] });
  const hidden = unread({ action: 'ListLoadBalancers', loadBalancerId: 'nlb-9' });

  const once = mergeInventory(before, aSnapshot({ missing: [hidden] }));
  const twice = mergeInventory(once, aSnapshot({ missing: [hidden], takenAt: after(later, 1) }));

  assert.deepEqual(
    twice.listeners.map(({ state, absences }) => [state.ref.listenerId, absences]),
    [['lsn-9@443', 0]],
  );
  assert.deepEqual(twice.missing, [hidden]);
});

test('what a custom TLS policy allows stays known when it cannot be read, for as long as the policy is the same', () => {
  const policy = { tlsPolicy: 'tls-custom', tlsVersions: ['TLSv1.0', 'TLSv1.2'] };
  const before = anInventory({ listeners: [aListener(policy)] });
  const versionsAfter = (state: Parameters<typeof aListener>[0]) =>
    mergeInventory(before, aSnapshot({ listeners: [seen(aListener(state))] })).listeners[0]?.state
      .tlsVersions;

  assert.deepEqual(versionsAfter({ tlsPolicy: 'tls-custom' }), ['TLSv1.0', 'TLSv1.2']);
  assert.equal(versionsAfter({ tlsPolicy: 'tls-other' }), undefined);
  assert.deepEqual(versionsAfter({ ...policy, tlsVersions: ['TLSv1.3'] }), ['TLSv1.3']);
});
