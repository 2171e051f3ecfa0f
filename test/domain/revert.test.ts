import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAdmission } from '../../src/adapters/state/admission.ts';
import { type Admission, emptyAdmission } from '../../src/domain/admission.ts';
import { assessInventory } from '../../src/domain/assessment.ts';
import { applyOutcome, type Ended, withoutPast } from '../../src/domain/consequence.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import { planRotations } from '../../src/domain/planner.ts';
import { aRenewal, bound } from '../helpers/candidates.ts';
import { after, anInventory, aPolicy, days, fingerprint, hours, today } from '../helpers/facts.ts';
import { aRequest, keyNo, listenerNo, planningFacts } from '../helpers/plannings.ts';
import { memoryStore } from '../helpers/store.ts';

const renewal = aRenewal();
const yesterday = after(today, -days(1));

/** The rotation of listener 1 from `bound` to its renewal, committed yesterday. */
const committed: Ended = {
  rotationId: 'r1',
  listener: keyNo(1),
  candidate: renewal.fingerprint256 ?? '',
  outcome: 'committed',
  blamesCandidate: false,
  reason: '',
  now: yesterday,
  quarantine: days(7),
  replaced: {
    slot: 'default',
    slots: ['default'],
    from: bound.id,
    fromLeaf: bound.fingerprint256,
    fromUntil: bound.notAfter,
    to: renewal.id,
  },
};

const after1: Admission = applyOutcome(emptyAdmission, committed);

/** Listener 1 as seen at this instant, with this certificate in its default slot. */
function holding(id: string, seenAt: Date = today): Inventory {
  const state = listenerNo(1, { bound: [{ slot: 'default', id, state: 'bound' }] });
  const copy = { ...bound, id: '303-cn-hangzhou' };
  return anInventory({
    listeners: [{ state, seenAt, absences: 0, served: [] }],
    certificates: [bound, renewal, copy],
  });
}

function findingsIn(inventory: Inventory, admission: Admission): readonly string[] {
  const policies = [aPolicy()];
  const context = { now: today, policies, planning: null, admission, additionalLimit: () => null };
  return assessInventory(inventory, context).flatMap(({ findings }) =>
    findings.map(({ kind }) => kind),
  );
}

test('a slot that holds again what a committed rotation replaced is reverted, also under another id', () => {
  assert.deepEqual(findingsIn(holding(bound.id), after1), ['reverted']);
  assert.deepEqual(findingsIn(holding('303-cn-hangzhou'), after1), ['reverted']);
  assert.deepEqual(findingsIn(holding(renewal.id), after1), []);
  assert.deepEqual(findingsIn(holding(bound.id), emptyAdmission), []);
});

test('what was seen before the commit, or while a rotation is under way, is no revert', () => {
  const flight = { loadBalancer: 'nlb-1', candidate: 'x', policy: 'p', since: today };
  const busy = { ...after1, inFlight: [{ rotationId: 'r2', listener: keyNo(1), ...flight }] };

  assert.deepEqual(findingsIn(holding(bound.id, after(yesterday, -1)), after1), []);
  assert.deepEqual(findingsIn(holding(bound.id), busy), []);
});

test('a reverted slot is not rotated unasked, and is when somebody asks', () => {
  const facts = planningFacts({ inventory: holding(bound.id), admission: after1 });
  const requests = [aRequest()];

  const unasked = planRotations(facts);
  const asked = planRotations({ ...facts, operator: { ...facts.operator, requests } });

  assert.deepEqual(unasked.plans, []);
  assert.deepEqual(
    unasked.refused.map(({ reason, detail }) => [reason, detail]),
    [
      [
        'reverted',
        '101-cn-hangzhou was put back after rotation r1 had replaced it: newleaf rotate asks for it again',
      ],
    ],
  );
  assert.equal(asked.plans.length, 1);
});

test('a listener last seen before its commit is not planned, however long ago that was', () => {
  const later = withoutPast(after1, after(today, days(20)));

  const { plans, refused } = planRotations(
    planningFacts({ inventory: holding(bound.id, after(yesterday, -hours(1))), admission: later }),
  );

  assert.deepEqual([plans, refused], [[], []]);
});

test('the last commit is remembered until a month after the end of what it replaced', () => {
  const end = bound.notAfter ?? today;

  assert.ok(withoutPast(after1, after(end, days(29))).commits?.[keyNo(1)]);
  assert.equal(withoutPast(after1, after(end, days(31))).commits?.[keyNo(1)], undefined);
});

test('a repeat of a consequence does not bring an older commit back', () => {
  const next = { ...committed, rotationId: 'r2', now: today };
  const flight = { loadBalancer: 'nlb-1', policy: 'p', since: today };
  const entry = { ...flight, listener: keyNo(1), candidate: committed.candidate };
  const both = applyOutcome({ ...after1, inFlight: [{ ...entry, rotationId: 'r2' }] }, next);

  const repeated = applyOutcome(both, committed);

  assert.equal(both.commits?.[keyNo(1)]?.rotationId, 'r2');
  assert.deepEqual(repeated.commits, both.commits);
});

test('commits survive in the store', async () => {
  const book = openAdmission(memoryStore());
  await book.update(() => ({ next: after1, result: null }));

  assert.deepEqual(await book.read(), after1);
  assert.equal(after1.commits?.[keyNo(1)]?.fromLeaf, fingerprint(bound.id));
});
