import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Admission, emptyAdmission, type InFlight } from '../../src/domain/admission.ts';
import { type StartFacts, startBlocker } from '../../src/domain/admit.ts';
import { planRotations } from '../../src/domain/planner.ts';
import type { Freeze, Window } from '../../src/domain/policy.ts';
import { startsAt } from '../../src/domain/when.ts';
import { aRenewal, bound } from '../helpers/candidates.ts';
import { aPolicy, after, at, days, hours, today } from '../helpers/facts.ts';
import { keyNo, planningFacts } from '../helpers/plannings.ts';

const fp = aRenewal().fingerprint256 ?? '';

/** Sundays to Saturdays, 02:00 to 05:00 UTC; `today` is a Sunday at midnight. */
const nights: Window = {
  name: 'nights',
  days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  start: '02:00',
  end: '05:00',
  timezone: 'UTC',
};

const freeze: Freeze = {
  name: 'sale',
  from: after(today, hours(-1)),
  until: after(today, days(1)),
  allowEmergency: false,
};

const manual = {
  kind: 'manual',
  requestId: 'q1',
  requestedBy: 'kim',
  reason: 'now',
  ignoreWindow: false,
} as const;

function planFor(notAfter: Date) {
  const [planned] = planRotations(planningFacts()).plans;
  assert.ok(planned);
  return { ...planned.plan, from: { ...planned.plan.from, notAfter } };
}

function facts(overrides: Partial<StartFacts> & { readonly left?: number } = {}): StartFacts {
  const { left = days(20), ...rest } = overrides;
  return {
    plan: planFor(after(today, left)),
    policy: aPolicy(),
    trigger: { kind: 'schedule', emergency: false },
    freezes: [],
    approvals: [],
    identities: [],
    admission: emptyAdmission,
    now: today,
    ...rest,
  };
}

function flight(n: number, overrides: Partial<InFlight> = {}): InFlight {
  return {
    rotationId: `r${n}`,
    listener: keyNo(n),
    loadBalancer: `main/cn-hangzhou/nlb/nlb-${n}`,
    candidate: 'other',
    policy: 'defaults',
    since: today,
    ...overrides,
  };
}

function admissionOf(parts: Partial<Admission>): Admission {
  return { ...emptyAdmission, ...parts };
}

function reasonFor(overrides: Parameters<typeof facts>[0]): string | null {
  return startBlocker(facts(overrides))?.reason ?? null;
}

test('nothing stands in the way of a due rotation in mode auto', () => {
  assert.equal(startBlocker(facts()), null);
});

test('observe never starts, not even in an emergency or by hand', () => {
  const policy = aPolicy({ mode: 'observe' });

  assert.equal(reasonFor({ policy }), 'observe-mode');
  assert.equal(reasonFor({ policy, left: hours(1) }), 'observe-mode');
  assert.equal(reasonFor({ policy, trigger: manual }), 'observe-mode');
});

test('approve waits for an unexpired approval of this very plan, even in an emergency or by hand', () => {
  const policy = aPolicy({ mode: 'approve' });
  const { hash } = facts().plan;
  const approval = { planHash: hash, listener: keyNo(1), by: 'kim', at: today };

  assert.equal(reasonFor({ policy }), 'approval');
  assert.equal(reasonFor({ policy, left: hours(1) }), 'approval');
  assert.equal(reasonFor({ policy, trigger: manual }), 'approval');
  assert.equal(reasonFor({ policy, approvals: [{ ...approval, until: today }] }), 'approval');
  const until = after(today, 1);
  assert.equal(
    reasonFor({ policy, approvals: [{ ...approval, planHash: 'x', until }] }),
    'approval',
  );
  assert.equal(reasonFor({ policy, approvals: [{ ...approval, until }] }), null);
});

test('a plan that is not due asks for no approval yet', () => {
  assert.equal(reasonFor({ policy: aPolicy({ mode: 'approve' }), left: days(40) }), 'not-due');
});

test('a request is due at once and needs no spreading delay', () => {
  const policy = aPolicy({ windows: [nights] });
  const opening = at('2026-11-22T02:00:00Z');

  assert.equal(reasonFor({ left: days(40), trigger: manual }), null);
  assert.deepEqual(startBlocker(facts({ policy, trigger: manual }))?.until, opening);
  assert.equal(reasonFor({ policy, trigger: manual, now: opening }), null);
});

test('outside its windows a rotation waits until they open, plus its delay', () => {
  const policy = aPolicy({ windows: [nights] });

  const wait = startBlocker(facts({ policy }));

  assert.equal(wait?.reason, 'window');
  const until = wait?.until ?? today;
  assert.ok(until >= at('2026-11-22T02:00:00Z') && until < at('2026-11-22T02:15:00Z'));
  assert.equal(reasonFor({ policy, now: until }), null);
  assert.equal(reasonFor({ policy, now: after(until, -1) }), 'window');
  assert.equal(reasonFor({ policy, now: at('2026-11-22T05:00:00Z') }), 'window');
});

test('a window that never opens is told as such', () => {
  const wait = startBlocker(facts({ policy: aPolicy({ windows: [{ ...nights, days: [] }] }) }));

  assert.equal(wait?.until, null);
  assert.match(wait?.detail ?? '', /no window of nights ever opens/);
});

test('ignoring the window works by hand only, and only where the policy allows it', () => {
  const windows = [nights];
  const trigger = { ...manual, ignoreWindow: true };

  assert.equal(reasonFor({ policy: aPolicy({ windows }), trigger }), 'window');
  assert.equal(reasonFor({ policy: aPolicy({ windows, allowIgnoreWindow: true }), trigger }), null);
});

test('an emergency is an end before the next opening plus margin: it overrides the window and the due date', () => {
  const policy = aPolicy({ windows: [nights], renewBefore: hours(1) });

  assert.equal(reasonFor({ policy, left: hours(8) }), 'not-due');
  assert.equal(reasonFor({ policy, left: hours(8) - 1 }), null);
  assert.equal(reasonFor({ policy: { ...policy, emergency: 'page' }, left: hours(7) }), 'not-due');
  const never = aPolicy({ windows: [{ ...nights, days: [] }] });
  assert.equal(reasonFor({ policy: never, left: hours(7) }), 'window');
  assert.equal(reasonFor({ policy: never, left: hours(5) }), null);
});

test('a freeze binds everything but an emergency that it lets through', () => {
  const open = { ...freeze, allowEmergency: true };

  assert.equal(reasonFor({ freezes: [freeze] }), 'freeze');
  assert.equal(reasonFor({ freezes: [freeze], trigger: manual }), 'freeze');
  assert.equal(reasonFor({ freezes: [freeze], left: hours(1) }), 'freeze');
  assert.equal(reasonFor({ freezes: [open], left: hours(1) }), null);
  assert.equal(reasonFor({ freezes: [open] }), 'freeze');
  assert.equal(reasonFor({ freezes: [freeze], now: freeze.until }), null);
  assert.equal(reasonFor({ freezes: [freeze], now: after(freeze.from, -1) }), null);
});

test('of several freezes the one that ends last is named', () => {
  const longer = { ...freeze, name: 'new year', until: after(today, days(40)) };

  assert.match(startBlocker(facts({ freezes: [freeze, longer] }))?.detail ?? '', /new year/);
});

test('the earliest start passes due date, freezes and windows in turn', () => {
  const policy = aPolicy({ windows: [nights] });
  const start = startsAt(facts({ policy, freezes: [freeze], trigger: manual }), today);
  const due = startsAt(facts({ policy, left: days(60) }), today);

  assert.deepEqual(start, at('2026-11-23T02:00:00Z'));
  assert.ok(due !== null && due >= after(today, days(30) + hours(2)));
  assert.ok(due < after(today, days(30) + hours(5)));
  const never = aPolicy({ windows: [{ ...nights, days: [] }] });
  assert.equal(startsAt(facts({ policy: never }), today), null);
});

test('freezes without end leave the start open', () => {
  const chain = Array.from({ length: 60 }, (_, index) => ({
    ...freeze,
    from: after(today, days(index)),
    until: after(today, days(index + 1)),
  }));

  assert.equal(startsAt(facts({ freezes: chain }), today), null);
});

test('a clock that is off by more than a minute stops everything', () => {
  assert.equal(reasonFor({ skewMs: 60_000 }), null);
  assert.equal(reasonFor({ skewMs: 60_001 }), 'clock-skew');
  assert.equal(reasonFor({ skewMs: -61_000, left: hours(1) }), 'clock-skew');
});

test('one rotation at a time runs on a load balancer', () => {
  const inFlight = [flight(1, { listener: 'main/cn-hangzhou/nlb/nlb-1/lsn-9@443' })];

  const wait = startBlocker(facts({ admission: admissionOf({ inFlight }) }));
  const own = startBlocker(facts({ admission: admissionOf({ inFlight: [flight(1)] }) }));

  assert.equal(wait?.reason, 'load-balancer-busy');
  assert.match(wait?.detail ?? '', /r1 is under way on this load balancer/);
  assert.match(own?.detail ?? '', /r1 is under way on this listener/);
});

test('a policy runs no more than its limit, and counts only its own', () => {
  const inFlight = [2, 3, 4].map((n) => flight(n));
  const foreign = inFlight.map((entry) => ({ ...entry, policy: 'eu' }));

  assert.equal(reasonFor({ admission: admissionOf({ inFlight }) }), 'concurrency');
  assert.equal(reasonFor({ admission: admissionOf({ inFlight: foreign }) }), null);
});

test('an untested candidate is tried by one canary while the others wait for it by name', () => {
  const inFlight = [flight(2, { candidate: fp })];
  const candidates = { [fp]: { kind: 'canary', rotationId: 'r2' } } as const;

  const wait = startBlocker(facts({ admission: admissionOf({ inFlight, candidates }) }));

  assert.equal(wait?.reason, 'canary');
  assert.match(wait?.detail ?? '', /r2 is trying 202-cn-hangzhou/);
  assert.equal(reasonFor({ admission: admissionOf({ candidates }) }), null);
});

test('a proven candidate soaks as long as the policy says, except in an emergency', () => {
  const candidates = { [fp]: { kind: 'proven', since: after(today, hours(-1)) } } as const;
  const admission = admissionOf({ candidates });
  const policy = aPolicy({ canary: { match: {}, soak: hours(24) } });

  assert.equal(reasonFor({ admission }), null);
  const wait = startBlocker(facts({ admission, policy }));
  assert.equal(wait?.reason, 'soak');
  assert.deepEqual(wait?.until, after(today, hours(23)));
  assert.equal(reasonFor({ admission, policy, left: hours(5) }), null);
});

test('a rotation that needs an operator holds its listener and pauses its candidate elsewhere, but uses no place', () => {
  const hold = { rotationId: 'r1', since: today, reason: 'restore-failed' };
  const held = admissionOf({
    inFlight: [flight(1, { candidate: fp, loadBalancer: 'x' })],
    holds: { [keyNo(1)]: hold },
  });
  const elsewhere = admissionOf({
    inFlight: [flight(2, { candidate: fp })],
    holds: { [keyNo(2)]: { ...hold, rotationId: 'r2' } },
  });
  const otherCandidate = admissionOf({
    inFlight: [2, 3, 4].map((n) => flight(n)),
    holds: { [keyNo(4)]: { ...hold, rotationId: 'r4' } },
  });

  assert.equal(reasonFor({ admission: held }), 'hold');
  assert.equal(reasonFor({ admission: elsewhere }), 'paused');
  assert.equal(reasonFor({ admission: otherCandidate }), null);
});

test('a candidate that was quarantined meanwhile pauses the rotations towards it', () => {
  const until = after(today, days(1));
  const state = { kind: 'quarantined', since: today, until, rotationId: 'r3', reason: 'untrusted' };
  const candidates = { [fp]: { ...state, kind: 'quarantined' as const } };

  const wait = startBlocker(facts({ admission: admissionOf({ candidates }) }));

  assert.equal(wait?.reason, 'paused');
  assert.deepEqual(wait?.until, until);
});

test('looking again, a rotation does not stand in its own way, but must still be admitted', () => {
  const candidates = { [fp]: { kind: 'canary', rotationId: 'r1' } } as const;
  const admission = admissionOf({ inFlight: [flight(1, { candidate: fp })], candidates });
  const policy = aPolicy({ maxConcurrent: 1 });

  assert.equal(reasonFor({ admission, policy, rotationId: 'r1' }), null);
  assert.equal(reasonFor({ admission, policy }), 'load-balancer-busy');
  assert.equal(reasonFor({ rotationId: 'r1' }), 'paused');
});

test('a certificate whose end is unknown is neither due nor an emergency by its date', () => {
  const plan = { ...facts().plan, from: { ...bound, notAfter: null } };

  assert.equal(reasonFor({ plan }), null);
});
