import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyAdmission } from '../../src/domain/admission.ts';
import { emptyOperatorState } from '../../src/domain/operator.ts';
import { planHash } from '../../src/domain/plan.ts';
import { planRotations, type PlanningFacts } from '../../src/domain/planner.ts';
import { aRenewal, bound } from '../helpers/candidates.ts';
import {
  aListener,
  anInventory,
  aPolicy,
  after,
  at,
  days,
  hours,
  today,
} from '../helpers/facts.ts';
import { aRequest, fleet, keyNo, listenerNo, planningFacts, sha256 } from '../helpers/plannings.ts';

const fp = aRenewal().fingerprint256 ?? '';

function onlyRefusal(facts: PlanningFacts) {
  const { plans, refused } = planRotations(facts);
  assert.deepEqual(plans, []);
  assert.equal(refused.length, 1);
  return refused[0];
}

/** Facts where the one listener differs, or the certificates of the store do. */
function withListener(
  overrides: Parameters<typeof aListener>[0],
  certificates = [bound, aRenewal()],
) {
  return planningFacts({
    inventory: anInventory({ listeners: [aListener(overrides)], certificates }),
  });
}

test('a listener whose certificate has a renewal gets one plan that replaces the default', () => {
  const { plans, refused } = planRotations(planningFacts());

  const [planned] = plans;
  assert.equal(plans.length, 1);
  assert.deepEqual(refused, []);
  assert.deepEqual(planned?.plan.steps, [
    { kind: 'replace', slot: 'default', from: bound.id, to: '202-cn-hangzhou' },
  ]);
  assert.equal(planned?.plan.hash, planned && planHash(planned.plan, sha256));
  assert.equal(planned?.waitsFor, null);
  assert.deepEqual(planned?.startsAt, today);
  assert.equal(planned?.canary, true);
  assert.equal(planned?.policy, 'defaults');
  assert.deepEqual(planned?.trigger, { kind: 'schedule', emergency: false });
  assert.deepEqual(planned?.listener, {
    loadBalancerName: 'edge',
    description: 'web',
    port: 443,
  });
});

test('a plan exists before it is due and says when it will be', () => {
  const long = { ...bound, notAfter: after(today, days(60)) };

  const [planned] = planRotations(withListener({}, [long, aRenewal()])).plans;

  assert.equal(planned?.waitsFor?.reason, 'not-due');
  assert.deepEqual(planned?.waitsFor?.until, after(today, days(30)));
  assert.deepEqual(planned?.startsAt, after(today, days(30)));
});

test('a revoked certificate is replaced at once, however long it would live', () => {
  const revoked = { ...bound, revoked: true, notAfter: after(today, days(300)) };

  const [planned] = planRotations(withListener({}, [revoked, aRenewal()])).plans;

  assert.equal(planned?.waitsFor, null);
});

test('a certificate in another slot of the listener is not taken for the default', () => {
  const rows = [
    { slot: 'default', id: bound.id, state: 'bound' },
    { slot: 'additional', id: '202-cn-hangzhou', state: 'bound' },
  ] as const;

  const refused = onlyRefusal(withListener({ bound: rows }));

  assert.equal(refused?.rejections[0]?.reason, 'already-bound');
});

test('certificates of another account, or no longer listed, are not candidates', () => {
  const elsewhere = { account: 'other', certificate: aRenewal(), seenAt: today, absences: 0 };
  const vanished = { ...elsewhere, account: 'main', absences: 1 };

  for (const known of [elsewhere, vanished]) {
    const inventory = anInventory({ listeners: [listenerNo(1)], certificates: [bound, known] });
    assert.deepEqual(onlyRefusal(planningFacts({ inventory }))?.rejections, []);
  }
});

test('a quarantined candidate is rejected with the rotation that failed, until the quarantine ends', () => {
  const until = after(today, days(2));
  const state = { kind: 'quarantined', since: today, until, rotationId: 'r3', reason: 'untrusted' };
  const admission = {
    ...emptyAdmission,
    candidates: { [fp]: { ...state, kind: 'quarantined' as const } },
  };

  const refused = onlyRefusal(planningFacts({ admission }));

  assert.match(
    refused?.rejections[0]?.detail ?? '',
    /2026-11-24T00:00Z after rotation r3: untrusted/,
  );
  assert.equal(planRotations(planningFacts({ admission, now: until })).plans.length, 1);
});

test('a listener that failed by itself rests while others go on', () => {
  const resting = {
    kind: 'quarantined',
    since: today,
    until: after(today, hours(20)),
    rotationId: 'r3',
    reason: 'stale',
  } as const;
  const admission = { ...emptyAdmission, candidates: { [`${fp}@${keyNo(1)}`]: resting } };

  const { plans, refused } = planRotations(planningFacts({ admission, inventory: fleet(2) }));

  assert.deepEqual(
    plans.map(({ plan, canary }) => [plan.ref.listenerId, canary]),
    [['lsn-2@443', true]],
  );
  assert.match(
    refused[0]?.rejections[0]?.detail ?? '',
    /not tried again on this listener before 2026-11-22T20:00Z/,
  );
});

test('a certificate that would end while its listener rests is tried again after an hour', () => {
  const resting = {
    kind: 'quarantined',
    since: today,
    until: after(today, hours(20)),
    rotationId: 'r3',
    reason: 'stale',
  } as const;
  const admission = { ...emptyAdmission, candidates: { [`${fp}@${keyNo(1)}`]: resting } };
  const ending = { ...bound, notAfter: after(today, hours(24)) };
  const plansAt = (length: number, emergency: 'rotate' | 'page' = 'rotate') =>
    planRotations(
      planningFacts({
        admission,
        inventory: fleet(1, [ending, aRenewal()]),
        rules: {
          policies: [aPolicy({ emergency })],
          freezes: [],
          identities: [],
          caReplacements: [],
        },
        now: after(today, length),
      }),
    ).plans.length;

  assert.equal(plansAt(hours(1) - 1), 0);
  assert.equal(plansAt(hours(1)), 1);
  assert.equal(plansAt(hours(1), 'page'), 0);
  assert.equal(plansAt(hours(20), 'page'), 1);
});

test('a listener rotated since the last scan is not planned from what that scan saw', () => {
  const proven = { kind: 'proven', since: after(today, hours(1)) } as const;
  const admission = {
    ...emptyAdmission,
    candidates: { [fp]: proven, [`${fp}@${keyNo(1)}`]: proven },
  };
  const facts = planningFacts({ admission, now: after(today, hours(2)), inventory: fleet(2) });

  assert.deepEqual(
    planRotations(facts).plans.map(({ plan }) => plan.ref.listenerId),
    ['lsn-2@443'],
  );
});

test('the plan keeps its hash when only times, windows or observations change', () => {
  const window = {
    name: 'w',
    days: ['sun'],
    start: '02:00',
    end: '05:00',
    timezone: 'UTC',
  } as const;
  const later = planningFacts({
    now: after(today, days(1)),
    rules: {
      policies: [aPolicy({ windows: [window], mode: 'observe' })],
      freezes: [],
      identities: [],
      caReplacements: [],
    },
  });

  const [first] = planRotations(planningFacts()).plans;
  const [second] = planRotations(later).plans;

  assert.equal(first?.plan.hash, second?.plan.hash);
});

test('two listeners with the same question get the same answer', () => {
  const { plans } = planRotations(planningFacts({ inventory: fleet(5) }));

  assert.equal(new Set(plans.map(({ plan }) => plan.to.id)).size, 1);
  assert.equal(new Set(plans.map(({ plan }) => plan.hash)).size, 5);
});

test('of a pair in the default slot the one that ends first is planned', () => {
  const ecdsa = { keyType: 'ecdsa', keyBits: 256 } as const;
  const sooner = {
    ...bound,
    ...ecdsa,
    id: '102-x',
    fingerprint256: 'ab',
    notAfter: after(today, days(5)),
  };
  const rows = [
    { slot: 'default', id: bound.id, state: 'bound' },
    { slot: 'default', id: '102-x', state: 'bound' },
    { slot: 'default', id: '999-x', state: 'unbinding' },
  ] as const;
  const store = [
    bound,
    aRenewal(),
    sooner,
    aRenewal({ ...ecdsa, id: '203-x', fingerprint256: 'cd' }),
  ];

  const { plans } = planRotations(withListener({ bound: rows }, store));

  assert.deepEqual(
    plans.map(({ plan }) => plan.from.id),
    ['102-x'],
  );
});

test('a request makes a plan due and is its trigger', () => {
  const long = { ...bound, notAfter: after(today, days(60)) };
  const facts = planningFacts({
    inventory: fleet(1, [long, aRenewal({ notAfter: at('2027-06-01T00:00:00Z') })]),
    operator: { ...emptyOperatorState, requests: [aRequest()] },
  });

  const [planned] = planRotations(facts).plans;

  assert.equal(planned?.waitsFor, null);
  assert.equal(planned?.trigger.kind, 'manual');
});
