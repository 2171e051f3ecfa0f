import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assessInventory } from '../../src/domain/assessment.ts';
import type { Certificate } from '../../src/domain/certificate.ts';
import type { Inventory, KnownListener, Missing, ServedAt } from '../../src/domain/inventory.ts';
import { type ListenerState, listenerKey } from '../../src/domain/listener.ts';
import type { PlannedRotation, Planning, RefusedBinding, Wait } from '../../src/domain/planning.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { Problem } from '../../src/domain/problem.ts';
import { problemsOf } from '../../src/domain/problems.ts';
import {
  aCertificate,
  after,
  aListener,
  anInventory,
  aPolicy,
  days,
  failed,
  fingerprint,
  hours,
  served,
  servedAt,
  today,
} from '../helpers/facts.ts';

const nothingPlanned: Planning = { plans: [], refused: [] };

function problems(
  inventory: Inventory,
  planning: Planning = nothingPlanned,
  policies: readonly Policy[] = [aPolicy()],
): readonly Problem[] {
  const admission = { inFlight: [] };
  const context = { now: today, policies, planning, admission, additionalLimit: () => 25 };
  const assessments = assessInventory(inventory, context);
  return problemsOf({ assessments, planning, missing: inventory.missing, now: today });
}

function ending(left: number): Certificate {
  return aCertificate({ notAfter: after(today, left) });
}

function planned(from: Certificate, waitsFor: Wait | null, startsAt: Date | null): PlannedRotation {
  const { ref } = aListener();
  const recorded = { default: [from.id], additional: [], ca: [], clientAuth: false };
  const to = aCertificate({ id: '202-cn-hangzhou' });
  const plan = { hash: 'h1', ref, recorded, steps: [], from, to };
  const said = { because: 'it ends latest', onFailure: 'it is put back', others: [] };
  const when = { waitsFor, startsAt, emergency: false, canary: false };
  return { plan, policy: 'p', mode: 'auto', ...when, ...said };
}

function refused(reason: RefusedBinding['reason']): RefusedBinding {
  const rejections = [{ candidate: '9', reason: 'missing-name', detail: 'd' }] as const;
  const { ref } = aListener();
  return { ref, slot: 'default', certificateId: '101-cn-hangzhou', reason, detail: '', rejections };
}

function known(
  looks: readonly ServedAt[],
  state: Parameters<typeof aListener>[0] = {},
): KnownListener {
  return { state: aListener(state), seenAt: today, absences: 0, served: looks };
}

function summary(list: readonly Problem[]): unknown {
  return list.map(({ key, severity, facts }) => [key, facts.kind, severity]);
}

const key = 'expiring/main/cn-hangzhou/101-cn-hangzhou';

test('one certificate is one problem under one key, whatever the threshold', () => {
  const steps = [days(31), days(29), hours(20), -hours(5)].map((left) =>
    summary(problems(anInventory({ listeners: [aListener()], certificates: [ending(left)] }))),
  );

  assert.deepEqual(steps, [
    [],
    [[key, 'expiring', 'info']],
    [[key, 'expiring', 'critical']],
    [[key, 'expired', 'expired']],
  ]);
});

test('an expiring certificate lists all its bindings and takes the worst severity over them', () => {
  const early = aPolicy({
    name: 'early',
    match: { loadBalancers: ['nlb-2'] },
    thresholds: { info: days(60), warning: days(50), critical: days(40) },
  });
  const listeners = [
    aListener(),
    aListener({ ref: { loadBalancerId: 'nlb-2', region: 'cn-beijing' } }),
  ];
  const certificate = aCertificate({ notAfter: after(today, days(39)), notBefore: null });

  const [problem, ...others] = problems(
    anInventory({ listeners, certificates: [certificate] }),
    nothingPlanned,
    [early, aPolicy()],
  );

  assert.deepEqual(others, []);
  assert.equal(problem?.severity, 'critical');
  assert.ok(problem?.facts.kind === 'expiring');
  assert.deepEqual(
    problem.facts.bindings.map(({ ref }) => ref.loadBalancerId),
    ['nlb-1', 'nlb-2'],
  );
});

test('the outlook says what will happen to the bindings, equal answers once', () => {
  const certificate = ending(days(20));
  const inventory = anInventory({ listeners: [aListener()], certificates: [certificate] });
  const outlook = (planning: Planning) =>
    problems(inventory, planning).flatMap(({ facts }) =>
      facts.kind === 'expiring' ? facts.outlook : [],
    );
  const startsAt = after(today, hours(3));
  const waitsFor: Wait = { reason: 'approval', detail: '', until: null };
  const window: Wait = { reason: 'window', detail: '', until: startsAt };

  assert.deepEqual(outlook(nothingPlanned), []);
  assert.deepEqual(outlook({ plans: [planned(certificate, window, startsAt)], refused: [] }), [
    { kind: 'rotates', to: '202-cn-hangzhou', notBefore: startsAt },
  ]);
  assert.deepEqual(outlook({ plans: [planned(certificate, waitsFor, null)], refused: [] }), [
    { kind: 'waits', reason: 'approval' },
  ]);
  assert.deepEqual(outlook({ plans: [], refused: [refused('no-candidate')] }), [
    { kind: 'no-candidate', rejections: refused('no-candidate').rejections },
  ]);
  assert.deepEqual(outlook({ plans: [], refused: [refused('owned-elsewhere')] }), [
    { kind: 'not-ours', reason: 'owned-elsewhere', owner: 'cloud' },
  ]);
  assert.deepEqual(outlook({ plans: [], refused: [refused('on-hold')] }), [
    { kind: 'waits', reason: 'on-hold' },
  ]);
});

test('a missing replacement is its own problem from the policy’s instant on', () => {
  const planning = { plans: [], refused: [refused('no-candidate')] };
  const at = (left: number) =>
    summary(
      problems(anInventory({ listeners: [aListener()], certificates: [ending(left)] }), planning),
    );
  const own = 'no-replacement/main/cn-hangzhou/101-cn-hangzhou';

  assert.deepEqual(at(days(15)), [[key, 'expiring', 'info']]);
  assert.deepEqual(at(days(14)), [
    [key, 'expiring', 'info'],
    [own, 'no-replacement', 'warning'],
  ]);
  assert.deepEqual(at(days(2)), [
    [key, 'expiring', 'critical'],
    [own, 'no-replacement', 'critical'],
  ]);
});

test('drift and silence are told once a listener and zone', () => {
  const leaf = { fingerprint256: fingerprint('stray') };
  const stray = servedAt({ observation: served({ leaf }) });
  const silent = {
    ...servedAt({ zone: 'b', observation: failed('timeout') }),
    lastServedAt: today,
  };
  const listener = known([stray, { ...stray, address: '127.0.0.9' }, silent]);
  const place = listenerKey(listener.state.ref);

  const found = problems(anInventory({ listeners: [listener], certificates: [aCertificate()] }));

  assert.deepEqual(summary(found), [
    [`drift/${place}/cn-hangzhou-a`, 'drift', 'warning'],
    [`unreachable/${place}/b`, 'unreachable', 'warning'],
  ]);
});

test('a zone that serves an expired leaf is critical', () => {
  const leaf = { fingerprint256: fingerprint('stray'), notAfter: after(today, -1) };
  const listener = known([servedAt({ observation: served({ leaf }) })]);

  const [problem] = problems(
    anInventory({ listeners: [listener], certificates: [aCertificate()] }),
  );

  assert.equal(problem?.severity, 'critical');
});

test('300 listeners outside the vantage are one problem an account and VPC', () => {
  const outside = servedAt({ observation: failed('outside-vantage') });
  const listeners = Array.from({ length: 300 }, (_, index) =>
    known([outside], {
      ref: { listenerId: `lsn-${index}` },
      vpcId: index % 2 === 0 ? 'vpc-1' : null,
    }),
  );

  const found = problems(anInventory({ listeners, certificates: [aCertificate()] }));

  assert.deepEqual(found, [
    {
      key: 'not-probed/main/vpc-1',
      severity: 'info',
      facts: { kind: 'not-probed', account: 'main', vpcId: 'vpc-1', listeners: 150 },
    },
    {
      key: 'not-probed/main/-',
      severity: 'info',
      facts: { kind: 'not-probed', account: 'main', vpcId: null, listeners: 150 },
    },
  ]);
});

test('a denied account is told once a region and code, whatever the calls', () => {
  const denied: Missing = {
    account: 'main',
    region: 'cn-hangzhou',
    action: 'ListListeners',
    code: 'Forbidden.RAM',
    listener: null,
  };
  const others = [
    { action: 'ListLoadBalancers' },
    { region: 'cn-beijing' },
    { code: 'Throttling' },
  ];
  const missing = [denied, ...others.map((other) => ({ ...denied, ...other }))];

  assert.deepEqual(
    problems(anInventory({ missing })).map((problem) => problem.key),
    ['Forbidden.RAM', 'Forbidden.RAM', 'Throttling'].map(
      (code, index) => `missing/main/${index === 1 ? 'cn-beijing' : 'cn-hangzhou'}/${code}`,
    ),
  );
});

test('an unknown expiry weighs more on a server certificate than on a CA', () => {
  const bound = [
    { slot: 'default', id: 'default-id', state: 'bound' },
    { slot: 'ca', id: 'ca-id', state: 'bound' },
  ] as const;
  const listener = aListener({ bound, clientAuth: true });

  assert.deepEqual(summary(problems(anInventory({ listeners: [listener] }))), [
    ['expiry-unknown/main/default-id', 'expiry-unknown', 'warning'],
    ['expiry-unknown/main/ca-id', 'expiry-unknown', 'info'],
  ]);
});

test('a listener owned elsewhere is told when it runs out, by its earliest certificate', () => {
  const owners: readonly (readonly [ListenerState['owner'], string])[] = [
    [{ kind: 'kubernetes', cluster: 'c1', service: 'shop/web' }, 'kubernetes/c1/shop/web'],
    [{ kind: 'tag', tag: 'terraform' }, 'tag terraform'],
  ];
  for (const [owner, name] of owners) {
    const listeners = [aListener({ owner })];
    const problem = problems(anInventory({ listeners, certificates: [ending(days(3))] })).find(
      ({ facts }) => facts.kind === 'owned-elsewhere',
    );

    assert.equal(problem?.key, `owned-elsewhere/${listenerKey(aListener().ref)}`);
    assert.ok(problem.facts.kind === 'owned-elsewhere');
    assert.equal(problem.facts.owner, name);
    assert.deepEqual(problem.facts.notAfter, after(today, days(3)));
    assert.deepEqual(problems(anInventory({ listeners, certificates: [aCertificate()] })), []);
  }
});

test('a plan that waits for approval asks for it by its hash', () => {
  const certificate = aCertificate();
  const wait: Wait = { reason: 'approval', detail: '', until: null };
  const planning = { plans: [planned(certificate, wait, null)], refused: [] };

  const [problem] = problems(
    anInventory({ listeners: [aListener()], certificates: [certificate] }),
    planning,
  );

  assert.equal(problem?.key, `approval-wanted/${listenerKey(aListener().ref)}/${certificate.id}`);
  assert.ok(problem.facts.kind === 'approval-wanted');
  assert.equal(problem.facts.planHash, 'h1');
});
