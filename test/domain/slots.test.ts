import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BoundCertificate, Slot } from '../../src/domain/listener.ts';
import { planRotations, type PlanningFacts } from '../../src/domain/planner.ts';
import { aRenewal, bound } from '../helpers/candidates.ts';
import {
  aCertificate,
  aListener,
  anInventory,
  aPolicy,
  after,
  days,
  today,
} from '../helpers/facts.ts';
import { aRequest, planningFacts } from '../helpers/plannings.ts';

const renewal = aRenewal();
const other = aCertificate({ id: '900-cn-hangzhou', names: ['other.example.org'] });
const oldCa = aCertificate({
  id: '41-ca',
  names: [],
  label: 'Old Root',
  notAfter: after(today, days(20)),
});
const newCa = aCertificate({
  id: '42-ca',
  names: [],
  label: 'New Root',
  notAfter: after(today, days(900)),
});

function row(slot: Slot, id: string): BoundCertificate {
  return { slot, id, state: 'bound' };
}

/** One listener with these rows; its policy may rotate at any time. */
function facts(
  rows: readonly BoundCertificate[],
  overrides: Partial<PlanningFacts> = {},
): PlanningFacts {
  return planningFacts({
    inventory: anInventory({
      listeners: [aListener({ bound: rows })],
      certificates: [bound, renewal, other, oldCa, newCa],
    }),
    ...overrides,
  });
}

function stepsOf(given: PlanningFacts): readonly string[] {
  const { plans, refused } = planRotations(given);
  assert.equal(plans.length, 1, JSON.stringify(refused));
  return (plans[0]?.plan.steps ?? []).map((step) =>
    step.kind === 'replace'
      ? `${step.slot} ${step.from} -> ${step.to}`
      : `${step.kind} ${step.ids.join()}`,
  );
}

const withOld = [row('default', other.id), row('additional', bound.id)];

test('an additional certificate is bound before the old one goes', () => {
  assert.deepEqual(stepsOf(facts(withOld)), [`bind ${renewal.id}`, `unbind ${bound.id}`]);
});

test('one plan covers every slot that holds the old certificate', () => {
  const rows = [row('default', bound.id), row('additional', bound.id)];

  assert.deepEqual(stepsOf(facts(rows)), [
    `default ${bound.id} -> ${renewal.id}`,
    `bind ${renewal.id}`,
    `unbind ${bound.id}`,
  ]);
});

test('a full load balancer is refused for its quota, and a raised quota is not guessed at', () => {
  const { plans, refused } = planRotations(facts(withOld, { additionalLimit: () => 1 }));

  assert.deepEqual(plans, []);
  assert.equal(refused[0]?.reason, 'quota');
  assert.match(refused[0]?.detail ?? '', /holds 1 of 1 additional certificates/);
  assert.equal(stepsOf(facts(withOld, { additionalLimit: () => 0 })).length, 2);
  assert.equal(stepsOf(facts(withOld, { additionalLimit: () => null })).length, 2);
});

test('where the policy allows a gap the old one goes first, and a person must approve of it', () => {
  const { allow } = aPolicy();
  const rules = {
    policies: [aPolicy({ allow: { ...allow, gap: true } })],
    freezes: [],
    identities: [],
    caReplacements: [],
  };
  const full = facts(withOld, { rules, additionalLimit: () => 1 });

  assert.deepEqual(stepsOf(full), [`unbind ${bound.id}`, `bind ${renewal.id}`]);
  const [planned] = planRotations(full).plans;
  assert.equal(planned?.waitsFor?.reason, 'approval');
  assert.match(planned?.waitsFor?.detail ?? '', /^taking a certificate away before/);
  const roomy = facts(withOld, { rules });
  assert.equal(planRotations(roomy).plans[0]?.waitsFor, null);
});

const withCa = [row('default', other.id), row('ca', oldCa.id)];
const identity = { name: 'probe', listeners: [aListener({}).ref.listenerId], mayLose: false };
const replacement = { from: oldCa.id, to: newCa.id };

function caRules(overrides: Partial<PlanningFacts['rules']> = {}): PlanningFacts['rules'] {
  return {
    policies: [aPolicy()],
    freezes: [],
    identities: [identity],
    caReplacements: [replacement],
    ...overrides,
  };
}

test('a CA certificate is replaced by the one that a person has named, and only by that', () => {
  assert.deepEqual(stepsOf(facts(withCa, { rules: caRules() })), [`ca ${oldCa.id} -> ${newCa.id}`]);
  const { plans, refused } = planRotations(
    facts(withCa, { rules: caRules({ caReplacements: [] }) }),
  );
  assert.deepEqual(plans, []);
  assert.deepEqual(
    refused.map(({ slot, detail }) => [slot, detail]),
    [
      [
        'ca',
        `no entry of caReplacements says what replaces ${oldCa.id}: add one, or name it with newleaf rotate --slot ca --to`,
      ],
    ],
  );
});

test('a request may name the CA certificate that is to come', () => {
  const state = aListener({});
  const listener = [
    state.ref.account,
    state.ref.region,
    state.ref.product,
    state.ref.loadBalancerId,
    state.ref.listenerId,
  ].join('/');
  const request = aRequest({ listener, slot: 'ca', to: newCa.id });
  const base = facts(withCa, { rules: caRules({ caReplacements: [] }) });
  const asked = { ...base, operator: { ...base.operator, requests: [request] } };

  assert.deepEqual(stepsOf(asked), [`ca ${oldCa.id} -> ${newCa.id}`]);
});

test('a server certificate named for the CA slot is refused as what it is', () => {
  const rules = caRules({ caReplacements: [{ from: oldCa.id, to: renewal.id }] });

  const { refused } = planRotations(facts(withCa, { rules }));

  assert.equal(refused[0]?.rejections[0]?.reason, 'not-a-ca');
});

test('without an identity to prove it with, a CA certificate waits for an approval', () => {
  const [unproven] = planRotations(facts(withCa, { rules: caRules({ identities: [] }) })).plans;
  const [proven] = planRotations(facts(withCa, { rules: caRules() })).plans;

  assert.equal(unproven?.waitsFor?.reason, 'approval');
  assert.match(unproven?.waitsFor?.detail ?? '', /no client identity can prove/);
  assert.equal(proven?.waitsFor, null);
});
