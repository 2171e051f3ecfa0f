import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AssessContext, assessInventory } from '../../src/domain/assessment.ts';
import type { Finding } from '../../src/domain/findings.ts';
import type { KnownListener, ServedAt } from '../../src/domain/inventory.ts';
import type { ListenerState } from '../../src/domain/listener.ts';
import type { PlannedRotation } from '../../src/domain/planning.ts';
import {
  aCertificate,
  after,
  aListener,
  anEndpoint,
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

const context: AssessContext = {
  now: today,
  policies: [aPolicy()],
  planning: null,
  admission: { inFlight: [] },
  additionalLimit: () => 25,
};

function known(looks: readonly ServedAt[], state: Partial<ListenerState> = {}): KnownListener {
  return { state: aListener(state), seenAt: today, absences: 0, served: looks };
}

function findings(listener: KnownListener, given: Partial<AssessContext> = {}) {
  const inventory = anInventory({ listeners: [listener], certificates: [aCertificate()] });
  return told(
    assessInventory(inventory, { ...context, ...given }).flatMap((each) => each.findings),
  );
}

/** Single looks leave names out, which is not what these tests are about. */
function told(all: readonly Finding[]): readonly Finding[] {
  return all.filter(({ kind }) => kind !== 'names-not-asked');
}

function kinds(listener: KnownListener, given: Partial<AssessContext> = {}): readonly string[] {
  return findings(listener, given).map(({ kind }) => kind);
}

function daysLeft(left: number): unknown {
  return assessInventory(
    anInventory({
      listeners: [aListener()],
      certificates: [aCertificate({ notAfter: after(today, left) })],
    }),
    context,
  )[0]?.daysLeft;
}

function untrusted(reason: 'expired' | 'incomplete-chain'): ServedAt {
  return servedAt({
    observation: served({ trust: { verdict: 'untrusted', reason, detail: 'd' } }),
  });
}

const stray = served({ leaf: { fingerprint256: fingerprint('stray') } });
const drifting = servedAt({ observation: stray });

test('a healthy binding has its facts, its time left and no finding', () => {
  const inventory = anInventory({
    listeners: [known([servedAt(), servedAt({ serverName: 'www.example.com' })])],
    certificates: [aCertificate()],
  });

  const [assessment, ...others] = assessInventory(inventory, context);

  assert.deepEqual(others, []);
  assert.equal(assessment?.daysLeft, 90);
  assert.equal(assessment?.severity, 'ok');
  assert.deepEqual(assessment?.findings, []);
  assert.equal(assessment?.served.length, 2);
});

test('days left are rounded down and fall below zero once expired', () => {
  assert.deepEqual([hours(47), hours(20), -hours(5), -days(3)].map(daysLeft), [1, 0, -1, -3]);
});

test('a served leaf gives the exact date where the store told only the day', () => {
  const notAfter = after(today, hours(30));
  const listener = known([servedAt({ observation: served({ leaf: { notAfter } }) })]);
  const row = aCertificate({ notAfter: after(today, hours(10)) });

  const [assessment] = assessInventory(
    anInventory({ listeners: [listener], certificates: [row] }),
    context,
  );

  assert.deepEqual(assessment?.certificate?.notAfter, notAfter);
});

test('where the store is silent, the leaf every endpoint shows stands in for the default certificate', () => {
  const agreeing = anInventory({
    listeners: [known([servedAt(), servedAt({ address: '127.0.0.3' })])],
  });
  const divided = anInventory({ listeners: [known([servedAt(), drifting])] });

  const [seen] = assessInventory(agreeing, context);
  const [unknown] = assessInventory(divided, context);

  assert.equal(seen?.daysLeft, 90);
  assert.equal(seen?.certificate?.site, 'cn-hangzhou');
  assert.equal(unknown?.daysLeft, null);
  assert.deepEqual(
    unknown?.findings.map(({ kind }) => kind),
    ['expiry-unknown'],
  );
});

test('drift names the zone, the address and both fingerprints', () => {
  assert.deepEqual(findings(known([drifting])), [
    {
      kind: 'drift',
      zone: 'cn-hangzhou-a',
      address: '127.0.0.2',
      port: 443,
      serverName: null,
      bound: fingerprint('101-cn-hangzhou'),
      served: fingerprint('stray'),
      servedUntil: stray.leaf.notAfter,
    },
  ]);
});

test('drift needs a second look, a settled listener and no rotation', () => {
  const binding = [{ slot: 'default', id: '101-cn-hangzhou', state: 'binding' }] as const;
  const listener = 'main/cn-hangzhou/nlb/nlb-1/lsn-1@443';
  const inFlight = [
    {
      rotationId: 'r1',
      listener,
      loadBalancer: 'nlb-1',
      candidate: fingerprint('x'),
      policy: 'p',
      since: today,
    },
  ];

  assert.deepEqual(kinds(known([{ ...drifting, confirmed: false }])), []);
  assert.deepEqual(kinds(known([drifting], { status: 'changing' })), []);
  assert.deepEqual(kinds(known([drifting], { bound: binding })), []);
  assert.deepEqual(kinds(known([drifting]), { admission: { inFlight } }), []);
  assert.deepEqual(kinds(known([drifting])), ['drift']);
});

test('a name that two certificates answer may be served by either', () => {
  const bound = [
    { slot: 'default', id: '101-cn-hangzhou', state: 'bound' },
    { slot: 'additional', id: '102-cn-hangzhou', state: 'bound' },
  ] as const;
  const certificates = [
    aCertificate(),
    aCertificate({ id: '102-cn-hangzhou', names: ['*.example.com'] }),
  ];
  const findingsFor = (serverName: string | null) => {
    const leaf = { fingerprint256: fingerprint('102-cn-hangzhou') };
    const look = servedAt({ serverName, observation: served({ leaf }) });
    const inventory = anInventory({ listeners: [known([look], { bound })], certificates });
    return assessInventory(inventory, context).map((each) =>
      told(each.findings).map(({ kind }) => kind),
    );
  };

  assert.deepEqual(findingsFor('www.example.com'), [[], []]);
  assert.deepEqual(findingsFor('newleaf-probe.example.com'), [[], []]);
  assert.deepEqual(findingsFor(null), [['drift'], []]);
  assert.deepEqual(findingsFor('nobody.example.org'), [['drift'], []]);
});

test('silence is unreachable only after an earlier success, in a zone that clients are sent to', () => {
  const silent = servedAt({ observation: failed('timeout') });
  const before = { ...silent, lastServedAt: after(today, -days(1)) };
  const shifted = { endpoints: [anEndpoint({ active: false })] };

  assert.deepEqual(kinds(known([silent])), []);
  assert.deepEqual(kinds(known([{ ...before, confirmed: false }])), []);
  assert.deepEqual(kinds(known([before], shifted)), []);
  assert.deepEqual(kinds(known([before], { status: 'stopped' })), []);
  assert.deepEqual(kinds(known([before])), ['unreachable']);
});

test('a zone is not probed when none of its addresses is in the vantage', () => {
  const outside = servedAt({ address: '10.0.0.1', observation: failed('outside-vantage') });
  const other = { ...outside, zone: 'cn-hangzhou-b', lastServedAt: today };

  assert.deepEqual(findings(known([servedAt(), outside])), []);
  assert.deepEqual(findings(known([servedAt(), outside, other])), [
    { kind: 'not-probed', vpcId: 'vpc-1', zones: ['cn-hangzhou-b'] },
  ]);
});

test('chain and name faults are findings, an expired leaf is the severity alone', () => {
  const misnamed = servedAt({
    serverName: 'www.example.com',
    observation: served({ nameCovered: false }),
  });

  assert.deepEqual(kinds(known([untrusted('expired')])), []);
  assert.deepEqual(kinds(known([untrusted('incomplete-chain')])), ['untrusted-chain']);
  assert.deepEqual(kinds(known([misnamed])), ['name-not-covered']);
});

test('weak policies, foreign owners and a nearly full quota concern every binding of the listener', () => {
  const owner = { kind: 'kubernetes', cluster: 'c1', service: null } as const;
  const bound = [
    { slot: 'default', id: '101-cn-hangzhou', state: 'bound' },
    { slot: 'additional', id: '101-cn-hangzhou', state: 'bound' },
  ] as const;
  const listener = known([], { owner, bound, tlsPolicy: 'tls_cipher_policy_1_1' });
  const once = ['weak-tls-policy', 'quota-near', 'owned-elsewhere'];

  assert.deepEqual(kinds(listener, { additionalLimit: () => 1 }), [...once, ...once]);
  assert.deepEqual(
    kinds(known([], { tlsPolicy: 'tls-custom' }), { additionalLimit: () => null }),
    [],
  );
});

test('a CA is listed without a date, and a switched off one worries nobody', () => {
  const bound = [{ slot: 'ca', id: '139a-cn-hangzhou', state: 'bound' }] as const;

  assert.deepEqual(kinds(known([servedAt()], { bound, clientAuth: true })), ['expiry-unknown']);
  assert.deepEqual(kinds(known([servedAt()], { bound, clientAuth: false })), []);
});

test('a deleted listener has no bindings', () => {
  assert.deepEqual(
    assessInventory(anInventory({ listeners: [aListener({ status: 'gone' })] }), context),
    [],
  );
});

test('only what starts before the end counts as scheduled', () => {
  const certificate = aCertificate({ notAfter: after(today, days(5)) });
  const inventory = anInventory({ listeners: [aListener()], certificates: [certificate] });
  const { ref } = aListener();
  const recorded = { default: [certificate.id], additional: [], ca: [], clientAuth: false };
  const plan = {
    hash: 'h',
    ref,
    recorded,
    steps: [],
    from: certificate,
    to: aCertificate({ id: '2' }),
  };
  const severityWith = (startsAt: Date | null) => {
    const planned: PlannedRotation = {
      plan,
      policy: 'p',
      mode: 'auto',
      waitsFor: null,
      startsAt,
      emergency: false,
      canary: false,
      because: 'it ends latest',
      onFailure: 'it is put back',
      others: [],
    };
    const planning = { plans: [planned], refused: [] };
    return assessInventory(inventory, { ...context, planning })[0]?.severity;
  };

  assert.equal(severityWith(after(today, days(1))), 'warning');
  assert.equal(severityWith(after(today, days(6))), 'critical');
  assert.equal(severityWith(null), 'critical');
  assert.equal(assessInventory(inventory, context)[0]?.severity, 'warning');
});
