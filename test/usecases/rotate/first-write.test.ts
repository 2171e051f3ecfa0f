import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Millis } from '../../../src/domain/certificate.ts';
import { listenerKey } from '../../../src/domain/listener.ts';
import type { Freeze, Policy, Weekday, Window } from '../../../src/domain/policy.ts';
import { planRotations } from '../../../src/domain/planner.ts';
import type { Trigger } from '../../../src/domain/rotation.ts';
import { isOpen, nextOpening } from '../../../src/domain/window.ts';
import { blockerNow } from '../../../src/usecases/plan.ts';
import { aRenewal, bound } from '../../helpers/candidates.ts';
import { aPolicy, after, anInventory, at, days, hours } from '../../helpers/facts.ts';
import { listenerNo, planningFacts } from '../../helpers/plannings.ts';
import { RotationWorld, testRules } from '../../helpers/rotation-world.ts';

const minute = 60_000;
const week: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** The nights in which the clock jumps: an hour ahead and back, half an hour, and one that has none. */
const nights = [
  { timezone: 'America/New_York', around: '2027-03-14T07:00:00Z' },
  { timezone: 'America/New_York', around: '2027-11-07T06:00:00Z' },
  { timezone: 'Europe/Berlin', around: '2027-03-28T01:00:00Z' },
  { timezone: 'Europe/Berlin', around: '2027-10-31T01:00:00Z' },
  { timezone: 'Australia/Lord_Howe', around: '2027-04-03T15:00:00Z' },
  { timezone: 'Australia/Lord_Howe', around: '2027-10-02T15:30:00Z' },
  { timezone: 'Asia/Shanghai', around: '2027-01-10T18:00:00Z' },
] as const;

/** One attempt to start: who asks, when, what the operator allows, how long the baseline takes. */
interface Attempt {
  readonly now: Date;
  readonly notAfter: Date;
  readonly policy: Policy;
  readonly freezes: readonly Freeze[];
  readonly trigger: Trigger;
  readonly approved: boolean;
  /** How long each handshake takes: windows close and freezes begin meanwhile. */
  readonly handshake: Millis;
}

const clock = fc
  .integer({ min: 0, max: 1439 })
  .map((m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`);

/** Minutes before or after the jump; small ones often. */
const minutes = fc.oneof(fc.integer({ min: -90, max: 90 }), fc.integer({ min: -2880, max: 2880 }));

const triggers = fc.oneof(
  fc.constant<Trigger>({ kind: 'schedule', emergency: false }),
  fc.boolean().map(
    (ignoreWindow): Trigger => ({
      kind: 'manual',
      requestId: 'q1',
      requestedBy: 'kim',
      reason: 'now',
      ignoreWindow,
    }),
  ),
);

const attempts: fc.Arbitrary<Attempt> = fc
  .record({
    night: fc.constantFrom(...nights),
    offset: minutes,
    windows: fc.array(
      fc.record({ start: clock, end: clock, days: fc.uniqueArray(fc.constantFrom(...week)) }),
      { maxLength: 2 },
    ),
    spans: fc.array(
      fc.record({ from: minutes, length: fc.integer({ min: 1, max: 600 }), open: fc.boolean() }),
      { maxLength: 2 },
    ),
    left: fc.constantFrom(hours(1), hours(20), days(3), days(20), days(50)),
    mode: fc.constantFrom('auto', 'auto', 'auto', 'approve', 'observe'),
    emergency: fc.constantFrom('rotate', 'page'),
    allowIgnoreWindow: fc.boolean(),
    approved: fc.boolean(),
    handshake: fc.constantFrom(10, 2 * minute, 4 * minute),
    trigger: triggers,
    closing: fc.option(fc.integer({ min: 1, max: 8 })),
  })
  .map((drawn) => {
    const around = at(drawn.night.around);
    const now = after(around, drawn.offset * minute);
    const { timezone } = drawn.night;
    const closing = drawn.closing === null ? [] : [closingSoon(now, drawn.closing, timezone)];
    const windows: readonly Window[] = [...closing, ...drawn.windows].map((span, n) => ({
      ...span,
      name: `w${n}`,
      timezone,
    }));
    const freezes: readonly Freeze[] = drawn.spans.map(({ from, length, open }, n) => ({
      name: `f${n}`,
      from: after(around, from * minute),
      until: after(around, (from + length) * minute),
      allowEmergency: open,
    }));
    const { mode, emergency, allowIgnoreWindow } = drawn;
    return {
      now,
      notAfter: after(now, drawn.left),
      policy: aPolicy({ mode, emergency, allowIgnoreWindow, windows }),
      freezes,
      trigger: drawn.trigger,
      approved: drawn.approved,
      handshake: drawn.handshake,
    };
  });

/** A window that has been open for an hour and closes in so many minutes, unless the clock jumps in between. */
function closingSoon(now: Date, inMinutes: number, timeZone: string) {
  const wall = (time: Date): string =>
    time.toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  return {
    days: week,
    start: wall(after(now, -hours(1))),
    end: wall(after(now, inMinutes * minute)),
  };
}

/** What the policy means, once more and from the design: whether a first write at this instant is allowed. */
function isAllowed(tried: Attempt, now: Date): boolean {
  const { policy, freezes, approved } = tried;
  if (policy.mode === 'observe' || (policy.mode === 'approve' && !approved)) return false;
  const emergency = isEmergency(tried, now);
  const isFrozen = freezes.some(
    ({ from, until, allowEmergency }) =>
      from <= now && now < until && !(emergency && allowEmergency),
  );
  return !isFrozen && (emergency || isInTime(tried, now));
}

function isEmergency({ policy, notAfter }: Attempt, now: Date): boolean {
  const opening = nextOpening(policy.windows, now) ?? now;
  return policy.emergency === 'rotate' && notAfter < after(opening, policy.emergencyMargin);
}

function isInTime({ policy, trigger, notAfter }: Attempt, now: Date): boolean {
  const isInside = policy.windows.length === 0 || policy.windows.some((w) => isOpen(w, now));
  if (trigger.kind === 'manual')
    return isInside || (trigger.ignoreWindow && policy.allowIgnoreWindow);
  return isInside && after(notAfter, -policy.renewBefore) <= now;
}

/** Carries one admitted rotation through the whole engine, on a clock that only its own waiting moves. */
async function attempt(tried: Attempt): Promise<RotationWorld> {
  const { now, notAfter, policy, freezes, handshake, approved } = tried;
  const world = new RotationWorld({ oldNotAfter: notAfter });
  await world.clock.sleep(
    now.getTime() - world.clock.now().getTime(),
    new AbortController().signal,
  );
  world.record = { ...world.record, trigger: tried.trigger, admittedAt: now };
  const { id, plan } = world.record;
  const listener = listenerKey(plan.ref);
  const flight = { rotationId: id, listener, loadBalancer: 'lb', candidate: 'c', policy: 'p' };
  world.admission = { ...world.admission, inFlight: [{ ...flight, since: now }] };
  const approval = {
    planHash: plan.hash,
    listener,
    by: 'kim',
    at: now,
    until: after(now, days(7)),
  };
  const [configured, ordered] = [freezes.slice(0, 1), freezes.slice(1)];
  const operator = {
    approvals: approved ? [approval] : [],
    freezes: ordered.map((freeze) => ({ ...freeze, reason: 'x', by: 'kim', at: now })),
    requests: [],
  };
  world.rules = { ...testRules, policies: [policy], freezes: configured };
  world.adjust = (deps) => ({
    ...deps,
    prober: {
      ...deps.prober,
      observe: async (probe, signal) => {
        await world.clock.sleep(handshake, signal);
        return deps.prober.observe(probe, signal);
      },
    },
    startBlocker: (record, state) =>
      blockerNow(
        {
          ...deps,
          operator: {
            read: async () => operator,
            update: async (change) => change(operator).result,
          },
          skewMs: async () => 0,
        },
        record,
        state,
      ),
  });
  await world.run();
  return world;
}

test('no first write is ever outside what windows, freezes, emergencies and approvals allow, whatever the clock does', async () => {
  const seen = { started: 0, deferred: 0 };

  await fc.assert(
    fc.asyncProperty(attempts, async (tried) => {
      const world = await attempt(tried);

      const first = world.entries.find(({ kind }) => kind === 'intended');
      if (first === undefined) {
        seen.deferred += 1;
        assert.deepEqual(world.cloud.writes, []);
        assert.equal(world.entries.at(-2)?.kind, 'deferred');
        return;
      }
      seen.started += 1;
      assert.ok(isAllowed(tried, first.at), `${first.at.toISOString()} is outside`);
    }),
    { numRuns: 200 },
  );
  assert.ok(seen.started >= 20 && seen.deferred >= 20, JSON.stringify(seen));
});

test('a plan waits exactly as long as it may not start, and says for what', () => {
  const seen = { starts: 0, waits: 0 };

  fc.assert(
    fc.property(attempts, (tried) => {
      const { now, notAfter, policy, freezes } = tried;
      const certificates = [
        { ...bound, notAfter },
        aRenewal({ notBefore: after(now, -days(2)), notAfter: after(now, days(200)) }),
      ];
      const inventory = anInventory({ listeners: [listenerNo(1)], certificates });
      const facts = planningFacts({
        inventory,
        now,
        rules: { policies: [policy], freezes, identities: [], caReplacements: [] },
      });

      const [planned] = planRotations(facts).plans;

      assert.ok(planned);
      const allowed = isAllowed({ ...tried, approved: false, trigger: scheduled }, now);
      if (planned.waitsFor === null) {
        seen.starts += 1;
        assert.ok(allowed, 'it starts although it may not');
        return;
      }
      seen.waits += 1;
      assert.notEqual(planned.waitsFor.detail, '');
      // Inside its window a scheduled start may still wait for the delay that spreads the starts.
      const { reason, until } = planned.waitsFor;
      const delay = (until?.getTime() ?? 0) - now.getTime();
      const delayed = reason === 'window' && delay <= 15 * minute && !isEmergency(tried, now);
      assert.ok(!allowed || delayed, `${planned.waitsFor.reason} although it may start`);
    }),
    { numRuns: 400 },
  );
  assert.ok(seen.starts >= 20 && seen.waits >= 20, JSON.stringify(seen));
});

const scheduled: Trigger = { kind: 'schedule', emergency: false };
