import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coverageOf } from '../../src/domain/coverage.ts';
import type { ConfiguredAccount, Inventory } from '../../src/domain/inventory.ts';
import { endReason } from '../../src/domain/given-up.ts';
import { mergeInventory } from '../../src/domain/merge.ts';
import { reconciled } from '../../src/adapters/state/inventory-pieces.ts';
import { aCertificate, after, aListener, anInventory, days, today } from '../helpers/facts.ts';

const hangzhou = aListener();
const frankfurt = aListener({
  ref: { ...hangzhou.ref, region: 'eu-central-1', listenerId: 'lsn-eu@443' },
  bound: [{ slot: 'default', id: '9-ap-southeast-1', state: 'bound' }],
});
const inFrankfurt = aCertificate({ id: '9-ap-southeast-1', site: 'ap-southeast-1' });
const missing = { account: 'main', code: 'c', listener: null } as const;
const everything = anInventory({
  listeners: [hangzhou, frankfurt],
  certificates: [aCertificate(), inFrankfurt],
  missing: [
    { ...missing, region: 'all', action: 'DescribeRegions' },
    { ...missing, region: 'eu-central-1', action: 'ListListeners' },
    { ...missing, region: 'ap-southeast-1', action: 'ListCert', part: 'certificates' },
    { ...missing, region: 'cn-hangzhou', action: 'ListListeners' },
  ],
});

/** What is known after `scans` scans, none of which could read anything. */
function afterScans(
  scans: number,
  configured: readonly ConfiguredAccount[] | undefined,
): Inventory {
  return Array.from({ length: scans }).reduce<Inventory>(
    (inventory, _, scan) =>
      mergeInventory(inventory, {
        takenAt: after(today, days(scan + 1)),
        scope: [],
        configured,
        listeners: [],
        certificates: [],
        missing: [],
      }),
    everything,
  );
}

function shown({ listeners, certificates, missing: gaps }: Inventory) {
  return {
    bound: listeners
      .filter(({ state }) => state.status !== 'gone')
      .map(({ state }) => state.ref.region),
    gone: listeners
      .filter(({ state }) => state.status === 'gone')
      .map(({ state }) => state.ref.region),
    sites: certificates.map(({ certificate }) => certificate.site),
    missing: gaps.map(({ action, region }) => `${action} ${region}`),
  };
}

test('a region that is no longer configured is gone at once, and forgotten one scan later', () => {
  const configured = [{ account: 'main', regions: ['cn-hangzhou'] }];

  assert.deepEqual(shown(afterScans(1, configured)), {
    bound: ['cn-hangzhou'],
    gone: ['eu-central-1'],
    sites: ['cn-hangzhou', 'ap-southeast-1'],
    missing: ['ListListeners cn-hangzhou'],
  });
  assert.deepEqual(shown(afterScans(2, configured)), {
    bound: ['cn-hangzhou'],
    gone: [],
    sites: ['cn-hangzhou'],
    missing: ['ListListeners cn-hangzhou'],
  });
});

test('an account that is no longer configured takes everything with it', () => {
  const {
    listeners,
    certificates,
    missing: gaps,
  } = afterScans(2, [{ account: 'b', regions: null }]);

  assert.deepEqual([listeners, certificates, gaps], [[], [], []]);
});

test('as long as all regions are watched, or nobody says what is configured, everything stays', () => {
  for (const configured of [[{ account: 'main', regions: null }], undefined])
    assert.deepEqual(shown(afterScans(2, configured)), shown(everything));
});

test('what an earlier save of another replica holds does not bring it back', () => {
  const configured = [{ account: 'b', regions: null }];
  const [once, twice] = [afterScans(1, configured), afterScans(2, configured)];

  const stored = reconciled(everything.listeners, once.listeners);

  assert.deepEqual(
    stored.map(({ state }) => state.status),
    ['gone', 'gone'],
  );
  assert.deepEqual(reconciled(stored, twice.listeners), []);
});

test('its alerts end, those of the rest stay', () => {
  const inventory = afterScans(1, [{ account: 'main', regions: ['cn-hangzhou'] }]);
  const scope = coverageOf(inventory, new Set());

  assert.equal(scope.covers('expiring/main/ap-southeast-1/9-ap-southeast-1'), true);
  assert.equal(
    scope.covers('unreachable/main/eu-central-1/nlb/nlb-1/lsn-eu@443/eu-central-1a'),
    true,
  );
  assert.equal(scope.covers('expiring/main/cn-hangzhou/101-cn-hangzhou'), false);
});

test('why an alert is over is known while the configuration shows it', () => {
  const configured = [{ account: 'main', regions: ['cn-shanghai', 'cn-hangzhou'] }];
  const inventory = afterScans(1, configured);
  const reason = (key: string) => endReason(key, inventory, configured);

  for (const key of [
    'expiring/main/ap-southeast-1/9-ap-southeast-1',
    'expiry-unknown/main/9-ap-southeast-1',
    'unreachable/main/eu-central-1/nlb/nlb-1/lsn-eu@443/eu-central-1a',
    'weak-tls-policy/main/eu-central-1/tls_cipher_policy_1_0',
    'quota-near/main/eu-central-1/nlb/nlb-1',
    'missing/main/eu-central-1/Forbidden',
    'missing/main/cn-beijing/Forbidden',
    'missing/b/cn-hangzhou/Forbidden',
  ])
    assert.equal(reason(key), 'not-configured', key);
  for (const key of [
    'expiring/main/cn-hangzhou/101-cn-hangzhou',
    'expiring/main/cn-hangzhou/404-cn-hangzhou',
    'unreachable/main/cn-hangzhou/nlb/nlb-1/lsn-1@443/cn-hangzhou-a',
    'weak-tls-policy/main/cn-hangzhou/tls_cipher_policy_1_0',
    'missing/main/cn-hangzhou/Forbidden',
    'missing/main/all/Forbidden',
    'rotation/b/cn-hangzhou/nlb/nlb-1/lsn-1@443',
    'scan-stale',
  ])
    assert.equal(reason(key), null, key);
});
