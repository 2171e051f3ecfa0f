import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Admission, emptyAdmission } from '../../src/domain/admission.ts';
import { admitAll, planRotations, type PlanningFacts } from '../../src/domain/planner.ts';
import type { Policy, Window } from '../../src/domain/policy.ts';
import { aRenewal, bound } from '../helpers/candidates.ts';
import { anInventory, aPolicy, after, days, hours, today } from '../helpers/facts.ts';
import { fleet, listenerNo, planningFacts } from '../helpers/plannings.ts';

const fp = aRenewal().fingerprint256 ?? '';
const proven: Admission = {
  ...emptyAdmission,
  candidates: { [fp]: { kind: 'proven', since: after(today, days(-2)) } },
};

const nights: Window = {
  name: 'nights',
  days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  start: '02:00',
  end: '05:00',
  timezone: 'UTC',
};

/** Listener 1 is stage, the rest prod; prod names stage as its canary. */
function staged(stage: Partial<Policy> = {}, prod: Partial<Policy> = {}): PlanningFacts {
  const canary = { match: { tags: { env: 'stage' } }, soak: hours(24) };
  return planningFacts({
    inventory: anInventory({
      listeners: [listenerNo(1, { tags: { env: 'stage' } }), listenerNo(2), listenerNo(3)],
      certificates: [bound, aRenewal()],
    }),
    rules: {
      policies: [
        aPolicy({ name: 'stage', match: { tags: { env: 'stage' } }, ...stage }),
        aPolicy({ name: 'prod', canary, ...prod }),
      ],
      freezes: [],
      identities: [],
      caReplacements: [],
    },
  });
}

/** Listener number → why it waits, `canary!` for the one that starts as canary, `start` for others that start. */
function lineOf(facts: PlanningFacts): Readonly<Record<string, string>> {
  const line = planRotations(facts).plans.map(({ plan, waitsFor, canary }) => [
    plan.ref.listenerId.replace(/\D|443/g, ''),
    waitsFor?.reason ?? (canary ? 'canary!' : 'start'),
  ]);
  return Object.fromEntries(line);
}

test('of fifty listeners one tries the new certificate and forty-nine wait for it by name', () => {
  const { plans } = planRotations(planningFacts({ inventory: fleet(50) }));

  const started = plans.filter(({ waitsFor }) => waitsFor === null);
  const waiting = plans.filter(({ waitsFor }) => waitsFor?.reason === 'canary');
  assert.equal(started.length, 1);
  assert.equal(started[0]?.canary, true);
  assert.equal(waiting.length, 49);
  assert.match(waiting[0]?.waitsFor?.detail ?? '', /is trying 202-cn-hangzhou first/);
});

test('once proven, no more than the limit start, and the others say so', () => {
  const facts = planningFacts({ inventory: fleet(50), admission: proven });

  const { plans } = planRotations(facts);
  const { next, start } = admitAll(planRotations(facts), proven, today, ({ plan }) => plan.hash);

  assert.deepEqual(
    [start.length, plans.filter(({ waitsFor }) => waitsFor?.reason === 'concurrency').length],
    [3, 47],
  );
  assert.equal(
    planRotations({ ...facts, admission: next }).plans.every((p) => p.waitsFor),
    true,
  );
  assert.equal(
    plans.some(({ canary }) => canary),
    false,
  );
});

test('emergencies go first, then what ends first', () => {
  const ends = [days(20), days(10), hours(3), days(15)];
  const certificates = ends.map((left, index) => ({
    ...bound,
    id: `${index + 1}-x`,
    fingerprint256: `aa${index}`,
    notAfter: after(today, left),
  }));
  const listeners = certificates.map(({ id }, index) =>
    listenerNo(index + 1, { bound: [{ slot: 'default', id, state: 'bound' }] }),
  );
  const inventory = anInventory({ listeners, certificates: [...certificates, aRenewal()] });

  const { plans } = planRotations(planningFacts({ inventory, admission: proven }));

  assert.deepEqual(
    plans.map(({ plan, emergency }) => [plan.from.id, emergency]),
    [
      ['3-x', true],
      ['2-x', false],
      ['4-x', false],
      ['1-x', false],
    ],
  );
  assert.deepEqual(plans[0]?.trigger, { kind: 'schedule', emergency: true });
});

test('a designated canary goes before everyone else, whatever the order of the line', () => {
  assert.deepEqual(lineOf(staged()), { 1: 'canary!', 2: 'canary', 3: 'canary' });
});

test('the others wait for a designated canary that only waits for its window', () => {
  const line = planRotations(staged({ windows: [nights] })).plans;

  assert.deepEqual(lineOf(staged({ windows: [nights] })), {
    1: 'window',
    2: 'canary',
    3: 'canary',
  });
  assert.deepEqual(
    line.map(({ canary }) => canary),
    [true, false, false],
  );
  assert.match(line[1]?.waitsFor?.detail ?? '', /tried on lsn-1@443 first/);
});

test('a designated canary that waits for a person passes the role on', () => {
  assert.deepEqual(lineOf(staged({ mode: 'approve' })), {
    1: 'approval',
    2: 'canary!',
    3: 'canary',
  });
  assert.deepEqual(lineOf(staged({ mode: 'observe' })), {
    1: 'observe-mode',
    2: 'canary!',
    3: 'canary',
  });
});

test('no certificate is left to end because a canary waits for its window', () => {
  const pressing = staged({ windows: [nights] }, { emergencyMargin: days(30) });

  assert.deepEqual(lineOf(pressing), { 1: 'window', 2: 'canary!', 3: 'canary' });
});

test('after the canary the policy soaks, while the canary itself is done', () => {
  const facts = staged();
  const candidates = { [fp]: { kind: 'proven', since: after(today, hours(-1)) } } as const;

  const line = lineOf({ ...facts, admission: { ...emptyAdmission, candidates } });

  assert.deepEqual(line, { 1: 'start', 2: 'soak', 3: 'soak' });
});

test('where everyone waits for the window, the first in line is shown as the coming canary', () => {
  const facts = planningFacts({
    inventory: fleet(3),
    rules: {
      policies: [aPolicy({ windows: [nights] })],
      freezes: [],
      identities: [],
      caReplacements: [],
    },
  });

  const { plans } = planRotations(facts);

  assert.deepEqual(
    plans.map(({ canary, waitsFor }) => [canary, waitsFor?.reason]),
    [
      [true, 'window'],
      [false, 'window'],
      [false, 'window'],
    ],
  );
});

test('who waits for a person has no start, who waits for others has the next open instant', () => {
  const { plans } = planRotations(staged({ mode: 'approve' }));

  assert.equal(plans.find(({ policy }) => policy === 'stage')?.startsAt, null);
  assert.deepEqual(
    plans.filter(({ policy }) => policy === 'prod').map(({ startsAt }) => startsAt),
    [today, today],
  );
});
