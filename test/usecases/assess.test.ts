import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyAdmission } from '../../src/domain/admission.ts';
import { emptyInventory, type Inventory } from '../../src/domain/inventory.ts';
import { listenerKey } from '../../src/domain/listener.ts';
import type { Problem } from '../../src/domain/problem.ts';
import { type AssessDeps, assess, limitsOf } from '../../src/usecases/assess.ts';
import {
  aCertificate,
  after,
  aListener,
  anInventory,
  aPolicy,
  days,
  hours,
  today,
} from '../helpers/facts.ts';
import { ScanWorld } from '../helpers/scan-world.ts';

const { signal } = new AbortController();
const expiring = 'expiring/main/cn-hangzhou/101-cn-hangzhou';
const soon = anInventory({
  listeners: [aListener()],
  certificates: [aCertificate({ notAfter: after(today, days(20)) })],
});

/** What the alerts were told. */
interface Told {
  readonly problems: readonly Problem[];
  readonly covers: (key: string) => boolean;
}

async function tick(
  inventory: Inventory,
  given: Partial<AssessDeps> & { readonly now?: Date; readonly skewMs?: number } = {},
): Promise<Told & { readonly warnings: readonly unknown[] }> {
  const { now = today, skewMs = null, ...overrides } = given;
  const world = new ScanWorld({});
  const told: Told[] = [];
  const { accounts, log } = world.deps();
  const deps: AssessDeps = {
    accounts: accounts.map((account) => ({
      ...account,
      listeners: { ...account.listeners, skewMs: () => skewMs },
    })),
    log,
    clock: { now: () => now },
    storeNow: async () => now,
    inventory: { read: async () => inventory },
    admission: { read: async () => emptyAdmission },
    rules: () => ({ policies: [aPolicy()], scanEvery: hours(6) }),
    planning: () => ({ plans: [], refused: [] }),
    alerts: {
      update: async (problems, scope) => {
        told.push({ problems, covers: (key) => scope.covers(key) });
      },
    },
    startedAt: after(today, -days(30)),
    ...overrides,
  };
  const problems = await assess(deps, signal);
  const [only, ...others] = told;
  assert.deepEqual(others, []);
  assert.deepEqual(only?.problems, problems);
  return { problems, covers: only?.covers ?? (() => false), warnings: world.warnings };
}

const keys = ({ problems }: Told): readonly string[] => problems.map(({ key }) => key);

test('a tick tells the complete list, and what it may declare over', async () => {
  const told = await tick(soon);

  assert.deepEqual(keys(told), [expiring]);
  assert.equal(told.covers(expiring), false);
  assert.equal(told.covers('missing/main/cn-hangzhou/X'), true);
});

test('a threshold that passes between two scans is told without one', async () => {
  const inFiveHours = await tick(soon, { now: after(today, hours(5)) });
  const later = await tick(soon, { now: after(today, hours(11)) });

  assert.deepEqual(
    [inFiveHours, later].map(({ problems }) => problems[0]?.severity),
    ['info', 'info'],
  );
  const nearly = anInventory({
    listeners: [aListener()],
    certificates: [aCertificate({ notAfter: after(today, days(30) + hours(1)) })],
  });
  assert.deepEqual(keys(await tick(nearly)), []);
  assert.deepEqual(keys(await tick(nearly, { now: after(today, hours(1)) })), [expiring]);
});

test('while the clocks disagree only that is told, and nothing is over', async () => {
  const byStore = await tick(soon, { storeNow: async () => after(today, -61_000) });
  const byCloud = await tick(soon, { skewMs: 90_000 });

  assert.deepEqual(byStore.problems, [
    {
      key: 'clock-skew',
      severity: 'critical',
      facts: { kind: 'clock-skew', skewMs: -61_000, against: 'store' },
    },
  ]);
  assert.deepEqual(byCloud.problems[0]?.facts, {
    kind: 'clock-skew',
    skewMs: 90_000,
    against: 'cloud',
  });
  assert.equal(byStore.covers(expiring), false);
  assert.equal(byStore.covers('missing/main/cn-hangzhou/X'), false);
  assert.equal(byStore.warnings.length, 1);
});

test('a clock behind the last scan has gone back: nothing gets milder', async () => {
  const back = await tick(soon, { now: after(today, -days(2)) });
  const due = anInventory({
    listeners: [aListener()],
    certificates: [aCertificate({ notAfter: after(today, days(30)) })],
  });
  const slightly = await tick(due, { now: after(today, -59_000) });

  assert.deepEqual(back.problems[0]?.facts, {
    kind: 'clock-skew',
    skewMs: days(2),
    against: 'store',
  });
  assert.deepEqual(keys(slightly), [expiring]);
});

test('clocks a minute apart agree well enough', async () => {
  const told = await tick(soon, { skewMs: 60_000, storeNow: async () => after(today, -60_000) });

  assert.deepEqual(keys(told), [expiring]);
  assert.equal(told.covers('clock-skew'), true);
});

test('a scan is late after twice its interval', async () => {
  const punctual = await tick(anInventory(), { now: after(today, hours(12)) });
  const late = await tick(anInventory(), { now: after(today, hours(12) + 1) });

  assert.deepEqual(keys(punctual), []);
  assert.deepEqual(late.problems, [
    {
      key: 'scan-stale',
      severity: 'critical',
      facts: { kind: 'scan-stale', lastSuccess: today, expectedEvery: hours(6) },
    },
  ]);
});

test('a daemon that has just started gets time for its first scan', async () => {
  const now = after(today, days(5));
  const young = await tick(anInventory(), { now, startedAt: after(now, -hours(0.1)) });
  const grown = await tick(anInventory(), { now, startedAt: after(now, -hours(1)) });
  const neverScanned = await tick(emptyInventory, { now, startedAt: after(now, -hours(13)) });

  assert.deepEqual(keys(young), []);
  assert.equal(young.covers('scan-stale'), false);
  assert.deepEqual(keys(grown), ['scan-stale']);
  assert.deepEqual(neverScanned.problems[0]?.facts, {
    kind: 'scan-stale',
    lastSuccess: null,
    expectedEvery: hours(6),
  });
});

test('what a rotation is changing is neither told as drift nor declared over', async () => {
  const listener = 'main/cn-hangzhou/nlb/nlb-1/lsn-1@443';
  const inFlight = [
    { rotationId: 'r', listener, loadBalancer: 'nlb-1', candidate: 'x', policy: 'p', since: today },
  ];

  const told = await tick(soon, {
    admission: { read: async () => ({ ...emptyAdmission, inFlight }) },
  });

  assert.equal(told.covers(`drift/${listener}/cn-hangzhou-a`), false);
});

test('the planning is asked about this very Inventory and instant', async () => {
  const asked: unknown[] = [];

  await tick(soon, {
    planning: async (inventory, now) => {
      asked.push(inventory, now);
      return { plans: [], refused: [] };
    },
  });

  assert.deepEqual(asked, [soon, today]);
});

test('the limit of additional certificates is the one of the account and product', () => {
  const limit = limitsOf(new ScanWorld({ name: 'main' }).deps().accounts);

  assert.equal(limit(aListener().ref), 25);
  assert.equal(limit(aListener({ ref: { account: 'other' } }).ref), null);
});

test('what a look saw in the middle of a rotation ends no alert, until the listener was looked at again', async () => {
  const renewed = aListener({
    bound: [{ slot: 'default', id: '202-cn-hangzhou', state: 'bound' }],
  });
  const certificates = [aCertificate(), aCertificate({ id: '202-cn-hangzhou' })];
  const seen = anInventory({ listeners: [renewed], certificates });
  const [{ seenAt } = { seenAt: today }] = seen.listeners;
  const leftAt = (at: Date) => ({
    admission: {
      read: async () => ({ ...emptyAdmission, left: { [listenerKey(renewed.ref)]: at } }),
    },
  });

  const before = await tick(seen, leftAt(after(seenAt, 1)));
  const since = await tick(seen, leftAt(after(seenAt, -1)));

  assert.deepEqual([before.covers(expiring), since.covers(expiring)], [false, true]);
});
