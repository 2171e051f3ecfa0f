import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pin } from '../../src/domain/pins.ts';
import { objectionToRequest, planRotations, type PlanningFacts } from '../../src/domain/planner.ts';
import { aRenewal, bound } from '../helpers/candidates.ts';
import { after, anInventory, days, today } from '../helpers/facts.ts';
import { aRequest, fleet, keyNo, listenerNo, planningFacts } from '../helpers/plannings.ts';

const best = aRenewal();
const shorter = aRenewal({ id: '150-cn-hangzhou', notAfter: after(today, days(60)) });
const weak = aRenewal({ id: '151-cn-hangzhou', keyBits: 1024 });

function pinned(pins: readonly Pin[], more: Partial<PlanningFacts> = {}): PlanningFacts {
  const facts = planningFacts({ inventory: fleet(2, [bound, best, shorter, weak]), ...more });
  return { ...facts, rules: { ...facts.rules, pins } };
}

function pin(certificate: string, overrides: Partial<Pin> = {}): Pin {
  return { listener: 'lsn-1@443', slot: 'default', certificate, ...overrides };
}

/** What each listener would get, or why it gets nothing. */
function choices(facts: PlanningFacts): Readonly<Record<string, string>> {
  const { plans, refused } = planRotations(facts);
  return Object.fromEntries([
    ...plans.map(({ plan }) => [plan.ref.listenerId, plan.to.id]),
    ...refused.map(({ ref, detail }) => [ref.listenerId, detail]),
  ]);
}

test('a slot takes the pinned certificate although another would be preferred; other listeners do not care', () => {
  assert.deepEqual(choices(pinned([pin(shorter.id)])), {
    'lsn-1@443': shorter.id,
    'lsn-2@443': best.id,
  });
  assert.equal(choices(pinned([pin(shorter.id, { listener: keyNo(1) })]))['lsn-1@443'], shorter.id);
  assert.equal(choices(pinned([pin(shorter.id, { slot: 'ca' })]))['lsn-1@443'], best.id);
});

test('of several pins of one slot any may be taken', () => {
  assert.equal(choices(pinned([pin(shorter.id), pin(best.id)]))['lsn-1@443'], best.id);
});

test('a pinned certificate that fails a check is refused with its reason', () => {
  assert.match(
    choices(pinned([pin(weak.id)]))['lsn-1@443'] ?? '',
    /^the slot is pinned to 151-cn-hangzhou, and 151-cn-hangzhou has an rsa key of 1024 bits/,
  );
});

test('a pin to what is bound, or to what the store does not hold, says so', () => {
  assert.equal(
    choices(pinned([pin(bound.id)]))['lsn-1@443'],
    `the slot is pinned to ${bound.id}, which is bound`,
  );
  assert.equal(
    choices(pinned([pin('9-x')]))['lsn-1@443'],
    'the slot is pinned to 9-x, which the store does not hold',
  );
});

test('one certificate in two slots must be allowed in both', () => {
  const rows = [
    { slot: 'default', id: bound.id, state: 'bound' },
    { slot: 'additional', id: bound.id, state: 'bound' },
  ] as const;
  const inventory = anInventory({
    listeners: [listenerNo(1, { bound: rows })],
    certificates: [bound, best, shorter],
  });
  const both = [pin(shorter.id), pin(best.id, { slot: 'additional' })];

  assert.equal(choices(pinned([pin(shorter.id)], { inventory }))['lsn-1@443'], shorter.id);
  assert.match(
    choices(pinned(both, { inventory }))['lsn-1@443'] ?? '',
    /pinned to nothing that both of its slots may take/,
  );
});

test('a request cannot ask for another certificate, only for the pinned one', () => {
  const facts = pinned([pin(shorter.id)]);

  assert.match(
    objectionToRequest(facts, aRequest({ to: best.id })) ?? '',
    /^the default slot is pinned to 150-cn-hangzhou, not 202-cn-hangzhou: see pins/,
  );
  assert.equal(objectionToRequest(facts, aRequest({ to: shorter.id })), null);
  assert.equal(objectionToRequest(facts, aRequest()), null);
});

test('what is taken back has been there before: no pin is in its way', () => {
  const held = { slot: 'default', id: best.id, state: 'bound' } as const;
  const inventory = anInventory({
    listeners: [listenerNo(1, { bound: [held] })],
    certificates: [bound, best, shorter],
  });
  const facts = pinned([pin(best.id)], { inventory });
  const back = aRequest({ from: best.id, to: bound.id, undoes: 'r-1' });

  assert.equal(objectionToRequest(facts, back), null);
});
