import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyAdmission } from '../../src/domain/admission.ts';
import { planRotations, type PlanningFacts } from '../../src/domain/planner.ts';
import { aRenewal, bound } from '../helpers/candidates.ts';
import { aListener, anInventory, after, days, today } from '../helpers/facts.ts';
import { keyNo, listenerNo, planningFacts } from '../helpers/plannings.ts';

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

test('without a candidate the refusal lists every rejection', () => {
  const small = aRenewal({ keyBits: 1024 });

  const refused = onlyRefusal(withListener({}, [bound, small]));

  assert.equal(refused?.reason, 'no-candidate');
  assert.match(
    refused?.detail ?? '',
    /^no other certificate may replace it; the nearest of 1, .* has an? rsa key of 1024 bits/,
  );
  assert.deepEqual(
    refused?.rejections.map(({ reason }) => reason),
    ['key-too-small'],
  );
});

test('an empty store is told as such', () => {
  assert.equal(
    onlyRefusal(withListener({}, [bound]))?.detail,
    'the store has no other certificate',
  );
});

test('a certificate far from its end that has no renewal yet is no news', () => {
  const long = { ...bound, notAfter: after(today, days(60)) };

  assert.deepEqual(planRotations(withListener({}, [long])), {
    plans: [],
    refused: [],
    refusedRequests: new Map(),
  });
});

for (const owner of [
  { kind: 'kubernetes', cluster: 'c-1', service: 'web/front' },
  { kind: 'kubernetes', cluster: null, service: null },
  { kind: 'tag', tag: 'managed-by=terraform' },
] as const) {
  test(`a listener managed by ${JSON.stringify(owner)} is not planned, and the refusal says what to change`, () => {
    const refused = onlyRefusal(withListener({ owner }));

    assert.equal(refused?.reason, 'owned-elsewhere');
    assert.match(refused?.detail ?? '', /change/);
  });
}

test('a listener on hold is not planned until it is resolved', () => {
  const hold = { rotationId: 'r7', since: today, reason: 'restore-failed' };

  const refused = onlyRefusal(
    planningFacts({ admission: { ...emptyAdmission, holds: { [keyNo(1)]: hold } } }),
  );

  assert.equal(refused?.reason, 'on-hold');
  assert.match(refused?.detail ?? '', /r7.*restore-failed/);
});

test('a stopped listener is refused, one in change is planned, a deleted one is forgotten', () => {
  assert.equal(onlyRefusal(withListener({ status: 'stopped' }))?.reason, 'not-running');
  assert.equal(planRotations(withListener({ status: 'changing' })).plans.length, 1);
  const gone = planRotations(withListener({ status: 'gone' }));
  assert.deepEqual([gone.plans, gone.refused], [[], []]);
});

test('a certificate that left the store is not replaced: it could not be put back', () => {
  const left = { account: 'main', certificate: bound, seenAt: today, absences: 1 };
  const inventory = anInventory({
    listeners: [listenerNo(1)],
    certificates: [left, aRenewal()],
  });

  assert.equal(onlyRefusal(planningFacts({ inventory }))?.reason, 'no-way-back');
  assert.equal(onlyRefusal(withListener({}, [aRenewal()]))?.reason, 'no-way-back');
});

test('a certificate nobody could read about is unknown, not gone', () => {
  const unread = {
    account: 'main',
    region: 'cn-hangzhou',
    action: 'ListUserCertificateOrder',
    code: 'Forbidden',
    listener: null,
    part: 'certificates',
  } as const;
  const inventory = anInventory({ listeners: [listenerNo(1)], missing: [unread] });

  const listeners = { ...unread, action: 'ListListeners', part: 'listeners' } as const;
  const otherwise = anInventory({ listeners: [listenerNo(1)], missing: [listeners] });

  assert.equal(onlyRefusal(planningFacts({ inventory: otherwise }))?.reason, 'no-way-back');
  assert.equal(onlyRefusal(planningFacts({ inventory }))?.reason, 'expiry-unknown');
  const dateless = { ...bound, notAfter: null };
  assert.equal(onlyRefusal(withListener({}, [dateless, aRenewal()]))?.reason, 'expiry-unknown');
});

test('additional and CA certificates near their end are refused with a clear reason, and are no news before', () => {
  const rows = [
    { slot: 'default', id: bound.id, state: 'bound' },
    { slot: 'additional', id: '300-x', state: 'bound' },
    { slot: 'ca', id: '301-x', state: 'bound' },
  ] as const;
  const near = aRenewal({ id: '300-x', notAfter: after(today, days(3)), names: ['a.com'] });
  const ca = aRenewal({ id: '301-x', notAfter: after(today, days(3)), names: ['ca'] });
  const far = (certificate: typeof near) => ({ ...certificate, notAfter: after(today, days(99)) });

  const told = planRotations(withListener({ bound: rows }, [bound, aRenewal(), near, ca]));
  const quiet = planRotations(
    withListener({ bound: rows }, [bound, aRenewal(), far(near), far(ca)]),
  );

  assert.equal(told.plans.length, 1);
  assert.deepEqual(
    told.refused.map(({ slot, reason }) => [slot, reason]),
    [
      ['additional', 'no-candidate'],
      ['ca', 'no-candidate'],
    ],
  );
  assert.deepEqual(quiet.refused, []);
});
