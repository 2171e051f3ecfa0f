import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coverageOf } from '../../src/domain/coverage.ts';
import type { Inventory, KnownListener, Missing, ServedAt } from '../../src/domain/inventory.ts';
import { listenerKey } from '../../src/domain/listener.ts';
import {
  aCertificate,
  aListener,
  anEndpoint,
  anInventory,
  failed,
  servedAt,
  today,
} from '../helpers/facts.ts';

const nobody: ReadonlySet<string> = new Set();
const listener = listenerKey(aListener().ref);
const expiring = 'expiring/main/cn-hangzhou/101-cn-hangzhou';
const drift = `drift/${listener}/cn-hangzhou-a`;
const unreachable = `unreachable/${listener}/cn-hangzhou-a`;

const other = { bound: [{ slot: 'default', id: '202-cn-hangzhou', state: 'bound' }] } as const;

function known(
  looks: readonly ServedAt[],
  state: Parameters<typeof aListener>[0] = {},
): KnownListener {
  return { state: aListener(state), seenAt: today, absences: 0, served: looks };
}

function unread(parts: Partial<Missing> = {}): Missing {
  return {
    account: 'main',
    region: 'cn-hangzhou',
    action: 'A',
    code: 'C',
    listener: null,
    ...parts,
  };
}

function covers(key: string, inventory: Inventory, busy = nobody): boolean {
  return coverageOf(inventory, busy).covers(key);
}

test('while a rotation is under way the certificate it replaces is not over: it may come back', () => {
  const renewal = aCertificate({ id: '202-cn-hangzhou' });
  const swapped = anInventory({
    listeners: [known([], other)],
    certificates: [aCertificate(), renewal],
  });
  const unrelated = anInventory({
    listeners: [known([], other)],
    certificates: [aCertificate(), { ...renewal, names: ['else.example.com'] }],
  });
  const busy = new Set([listener]);
  const noReplacement = expiring.replace('expiring', 'no-replacement');

  assert.equal(covers(expiring, swapped), true);
  assert.equal(covers(expiring, swapped, busy), false);
  assert.equal(covers(noReplacement, swapped, busy), false);
  assert.equal(covers(expiring, unrelated, busy), true);
});

test('an expiring certificate is over only when it is neither bound nor served', () => {
  const certificates = [aCertificate()];
  const bound = anInventory({ listeners: [aListener()], certificates });
  const onlyServed = anInventory({ listeners: [known([servedAt()], other)], certificates });
  const stopped = anInventory({
    listeners: [known([servedAt()], { ...other, status: 'stopped' })],
    certificates,
  });
  const deleted = anInventory({ listeners: [aListener({ status: 'gone' })], certificates });

  assert.equal(covers(expiring, bound), false);
  assert.equal(covers(expiring, onlyServed), false);
  assert.equal(covers(expiring, stopped), true);
  assert.equal(covers(expiring, deleted), true);
  assert.equal(covers(expiring, anInventory({ certificates })), true);
  assert.equal(covers(expiring, anInventory({ listeners: [known([servedAt()], other)] })), true);
});

test('another account’s binding keeps no alert alive', () => {
  const inventory = anInventory({ listeners: [aListener({ ref: { account: 'other' } })] });

  assert.equal(covers(expiring, inventory), true);
});

test('nothing under a region or listener that could not be read is over', () => {
  const listeners = [known([servedAt()])];
  const region = anInventory({ listeners, missing: [unread()] });
  const single = anInventory({ listeners, missing: [unread({ listener: aListener().ref })] });
  const site = anInventory({ listeners, missing: [unread({ part: 'certificates' })] });
  const keys = [
    drift,
    unreachable,
    `owned-elsewhere/${listener}`,
    `approval-wanted/${listener}/101`,
  ];

  for (const key of keys) {
    assert.equal(covers(key, region), false, key);
    assert.equal(covers(key, single), false, key);
    assert.equal(covers(key, site), true, key);
    assert.equal(covers(key, anInventory({ listeners })), true, key);
  }
});

test('a replacement may be in a store site that could not be read', () => {
  const key = 'no-replacement/main/cn-hangzhou/101-cn-hangzhou';

  assert.equal(covers(key, anInventory({ missing: [unread({ part: 'certificates' })] })), false);
  assert.equal(covers(key, anInventory({ missing: [unread()] })), true);
});

test('counts over an account wait until all of it was read', () => {
  for (const key of ['not-probed/main/vpc-1', 'expiry-unknown/main/101-cn-hangzhou']) {
    assert.equal(covers(key, anInventory({ missing: [unread()] })), false, key);
    assert.equal(covers(key, anInventory({ missing: [unread({ account: 'other' })] })), true, key);
  }
});

test('a zone is judged when it answers, not while the listener is being changed', () => {
  const answering = anInventory({ listeners: [known([servedAt()])] });
  const changing = anInventory({ listeners: [known([servedAt()], { status: 'changing' })] });
  const silent = anInventory({
    listeners: [known([servedAt({ observation: failed('timeout') })])],
  });

  for (const key of [drift, unreachable]) {
    assert.equal(covers(key, answering), true);
    assert.equal(covers(key, answering, new Set([listener])), false);
    assert.equal(covers(key, changing), false);
    assert.equal(covers(key, silent), false);
    assert.equal(covers(key, anInventory({ listeners: [aListener()] })), false);
  }
});

test('a zone that cannot be looked at, is used no more, or whose listener stands still is over', () => {
  const outside = known([servedAt({ observation: failed('outside-vantage') })]);
  const shifted = known([], { endpoints: [anEndpoint({ active: false })] });
  const stopped = known([], { status: 'stopped' });

  for (const each of [outside, shifted, stopped])
    assert.equal(covers(unreachable, anInventory({ listeners: [each] })), true);
  assert.equal(covers(unreachable, anInventory()), true);
});

test('before the first scan nothing is over but what needs no scan', () => {
  const empty = anInventory({ takenAt: null });

  assert.equal(covers(expiring, empty), false);
  assert.equal(covers('missing/main/cn-hangzhou/C', empty), false);
  assert.equal(covers('clock-skew', empty), true);
  assert.equal(covers('scan-stale', empty), true);
});

test('problems that others raise are left alone', () => {
  for (const key of [`rotation/${listener}`, 'sink-failing/oncall', 'queue-stuck/scans'])
    assert.equal(covers(key, anInventory()), false, key);
  for (const key of ['missing/main/cn-hangzhou/C', 'clock-skew', 'scan-stale'])
    assert.equal(covers(key, anInventory()), true, key);
});

test('what sits on a load balancer that could not be read is not judged', () => {
  const { account, region, loadBalancerId } = aListener().ref;
  const missing = { account, region, action: 'ListLoadBalancers', code: 'c', listener: null };
  const key = `owned-elsewhere/${listener}`;

  assert.equal(covers(key, anInventory({ missing: [{ ...missing, loadBalancerId }] })), false);
  assert.equal(covers(key, anInventory({ missing: [{ ...missing, loadBalancerId: 'x' }] })), true);
});
