import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type Admission, emptyAdmission } from '../../src/domain/admission.ts';
import type { Certificate } from '../../src/domain/certificate.ts';
import { applyOutcome } from '../../src/domain/consequence.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import { admitAll, planRotations } from '../../src/domain/planner.ts';
import { candidateOf, running, trialOf } from '../../src/domain/trial.ts';
import { aRenewal, bound } from '../helpers/candidates.ts';
import { aListener, anInventory, aPolicy, after, days, hours, today } from '../helpers/facts.ts';
import { planningFacts, sha256 } from '../helpers/plannings.ts';

const limits = { a: 1, b: 3 } as const;
const policies = [
  aPolicy({ name: 'a', match: { tags: { policy: 'a' } }, maxConcurrent: limits.a }),
  aPolicy({
    name: 'b',
    match: {},
    maxConcurrent: limits.b,
    canary: { match: { tags: { stage: 'yes' } }, soak: hours(2) },
  }),
];

/** Two certificates that are due, with a renewal each. */
const store: readonly Certificate[] = [1, 2].flatMap((n) => [
  { ...bound, id: `${n}-x`, fingerprint256: `a${n}`, names: [`n${n}.example.com`] },
  aRenewal({ id: `${n}0-x`, fingerprint256: `b${n}`, names: [`n${n}.example.com`] }),
]);

const listener = fc.record({
  balancer: fc.integer({ min: 1, max: 5 }),
  certificate: fc.constantFrom('1-x', '2-x'),
  tags: fc.constantFrom<Record<string, string>>({ policy: 'a' }, { stage: 'yes' }, {}),
});

const ending = fc.record({
  pick: fc.nat(),
  outcome: fc.constantFrom('committed', 'rolled-back', 'refused', 'needs-operator', 'deferred'),
  blamesCandidate: fc.boolean(),
  minutes: fc.integer({ min: 0, max: 200 }),
});

const world = fc.record({
  listeners: fc.array(listener, { minLength: 1, maxLength: 14 }),
  endings: fc.array(ending, { maxLength: 25 }),
});

interface Listed {
  readonly balancer: number;
  readonly certificate: string;
  readonly tags: Record<string, string>;
}

function inventoryOf(listeners: readonly Listed[]): Inventory {
  return anInventory({
    listeners: listeners.map(({ balancer, certificate, tags }, index) =>
      aListener({
        ref: { loadBalancerId: `nlb-${balancer}`, listenerId: `lsn-${index}@443` },
        bound: [{ slot: 'default', id: certificate, state: 'bound' }],
        tags,
      }),
    ),
    certificates: store,
  });
}

/** What must hold whatever has happened. */
function checkLimits(admission: Admission, now: Date): void {
  const working = running(admission);
  for (const [policy, limit] of Object.entries(limits)) {
    const busy = working.filter((entry) => entry.policy === policy);
    assert.ok(busy.length <= limit, `${policy}: ${busy.length} in flight`);
  }
  const balancers = working.map(({ loadBalancer }) => loadBalancer);
  assert.equal(new Set(balancers).size, balancers.length, 'one per load balancer');
  for (const { candidate, rotationId } of working) {
    const trial = trialOf(admission, candidate, now);
    if (trial?.kind === 'canary') assert.equal(trial.rotationId, rotationId, 'one canary');
    else assert.notEqual(trial, null, 'nothing runs towards an untested candidate but its canary');
  }
}

test('whatever happens: limits hold, one canary per untested candidate, nobody waits without a reason', () => {
  fc.assert(
    fc.property(world, ({ listeners, endings }) => {
      const inventory = inventoryOf(listeners);
      let admission = emptyAdmission;
      let now = today;
      for (const { pick, outcome, blamesCandidate, minutes } of endings) {
        const facts = planningFacts({
          inventory,
          rules: { policies, freezes: [], identities: [], caReplacements: [] },
          admission,
          now,
          sha256,
        });
        const planning = planRotations(facts);
        const before = admission;
        const { next, start } = admitAll(planning, admission, now, ({ plan }) =>
          sha256(`${plan.hash} ${now.toISOString()}`),
        );

        admission = next;

        checkLimits(admission, now);
        const flown = new Set(admission.inFlight.map((entry) => entry.listener));
        assert.equal(flown.size, admission.inFlight.length, 'one rotation per listener');
        for (const { planned } of start) {
          assert.equal(
            trialOf(before, candidateOf(planned.plan), now)?.kind ?? 'untested',
            planned.canary ? 'untested' : 'proven',
          );
          assert.equal(before.holds[planned.plan.ref.listenerId], undefined);
        }
        const again = planRotations({ ...facts, admission });
        assert.ok(
          again.plans.every(({ waitsFor }) => waitsFor !== null),
          'nothing is left that could start',
        );
        now = after(now, minutes * 60_000);
        const {
          rotationId,
          listener: key,
          candidate,
        } = running(admission)[pick % Math.max(1, running(admission).length)] ?? {};
        if (rotationId === undefined || key === undefined || candidate === undefined) continue;
        admission = applyOutcome(admission, {
          rotationId,
          listener: key,
          candidate,
          outcome,
          blamesCandidate,
          reason: 'x',
          now,
          quarantine: days(1),
        });
      }
    }),
    { numRuns: 150 },
  );
});

test('the order in which a scan found things decides nothing', () => {
  const shuffled = world.chain(({ listeners }) => {
    const { listeners: known, certificates } = inventoryOf(listeners);
    return fc.record({
      known: fc.constant(known),
      listeners: fc.shuffledSubarray([...known], { minLength: known.length }),
      certificates: fc.shuffledSubarray([...certificates], { minLength: certificates.length }),
    });
  });

  fc.assert(
    fc.property(shuffled, ({ known, listeners, certificates }) => {
      const facts = planningFacts({
        rules: { policies, freezes: [], identities: [], caReplacements: [] },
      });
      const one = { ...facts.inventory, listeners: known, certificates };
      const other = { ...facts.inventory, listeners, certificates: certificates.toReversed() };

      assert.deepEqual(
        planRotations({ ...facts, inventory: other }).plans,
        planRotations({ ...facts, inventory: one }).plans,
      );
    }),
    { numRuns: 150 },
  );
});

test('while the candidates are good, every listener gets its turn', () => {
  fc.assert(
    fc.property(world, ({ listeners }) => {
      const inventory = inventoryOf(listeners);
      const done = new Set<string>();
      let admission = emptyAdmission;
      let now = today;
      for (let tick = 0; tick < 60 && done.size < listeners.length; tick += 1) {
        const facts = planningFacts({
          inventory,
          rules: { policies, freezes: [], identities: [], caReplacements: [] },
          admission,
          now,
        });
        const { next, start } = admitAll(
          planRotations(facts),
          admission,
          now,
          ({ plan }) => plan.hash,
        );
        admission = start.reduce((before, { rotationId, planned: { plan } }) => {
          const entry = before.inFlight.find((each) => each.rotationId === rotationId);
          done.add(entry?.listener ?? '');
          return applyOutcome(before, {
            rotationId,
            listener: entry?.listener ?? '',
            candidate: candidateOf(plan),
            outcome: 'committed',
            blamesCandidate: false,
            reason: '',
            now,
            quarantine: days(1),
          });
        }, next);
        now = after(now, hours(1));
      }

      assert.equal(done.size, listeners.length);
    }),
    { numRuns: 100 },
  );
});
