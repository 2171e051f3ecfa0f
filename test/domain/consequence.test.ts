import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type Admission, emptyAdmission } from '../../src/domain/admission.ts';
import {
  applyOutcome,
  type Ended,
  release,
  releaseHold,
  withoutPast,
} from '../../src/domain/consequence.ts';
import { onListener } from '../../src/domain/trial.ts';
import { after, days, hours, today } from '../helpers/facts.ts';

const outcomes = [
  'committed',
  'rolled-back',
  'refused',
  'needs-operator',
  'deferred',
  'resolved',
] as const;

/** Rotation `r1` tries `leaf` on listener `l1` as its canary, `r2` rotates another listener to another leaf. */
const canary: Admission = {
  ...emptyAdmission,
  inFlight: [flight('r1', 'l1', 'leaf'), flight('r2', 'l2', 'other')],
  candidates: {
    leaf: { kind: 'canary', rotationId: 'r1' },
    other: { kind: 'proven', since: today },
  },
};

function flight(rotationId: string, listener: string, candidate: string) {
  return {
    rotationId,
    listener,
    loadBalancer: `lb-${listener}`,
    candidate,
    policy: 'p',
    since: today,
  };
}

function ended(overrides: Partial<Ended> = {}): Ended {
  return {
    rotationId: 'r1',
    listener: 'l1',
    candidate: 'leaf',
    outcome: 'committed',
    blamesCandidate: false,
    reason: 'stale',
    now: today,
    quarantine: days(7),
    ...overrides,
  };
}

function flying(admission: Admission): readonly string[] {
  return admission.inFlight.map(({ rotationId }) => rotationId);
}

test('a commit proves the candidate and remembers which listener holds it', () => {
  const next = applyOutcome(canary, ended());

  assert.deepEqual(flying(next), ['r2']);
  assert.deepEqual(next.candidates['leaf'], { kind: 'proven', since: today });
  assert.deepEqual(next.candidates['leaf@l1'], { kind: 'proven', since: today });
});

test('a later commit does not make a proven candidate soak again, nor lift a quarantine', () => {
  const before: Admission = {
    ...canary,
    candidates: { leaf: { kind: 'proven', since: after(today, days(-3)) } },
  };
  const until = after(today, days(1));
  const state = {
    kind: 'quarantined',
    since: today,
    until,
    rotationId: 'r9',
    reason: 'bad',
  } as const;

  const proven = applyOutcome(before, ended());
  const barred = applyOutcome({ ...canary, candidates: { leaf: state } }, ended());

  assert.deepEqual(proven.candidates['leaf'], { kind: 'proven', since: after(today, days(-3)) });
  assert.deepEqual(barred.candidates['leaf'], state);
});

test('the same certificate bound once more is remembered as of now', () => {
  const before: Admission = {
    ...canary,
    candidates: { 'leaf@l1': { kind: 'proven', since: after(today, days(-3)) } },
  };

  const next = applyOutcome(before, ended());

  assert.deepEqual(next.candidates['leaf@l1'], { kind: 'proven', since: today });
});

test('a rollback the candidate caused quarantines it everywhere, with the rotation and its reason', () => {
  const next = applyOutcome(
    canary,
    ended({ outcome: 'rolled-back', blamesCandidate: true, reason: 'untrusted' }),
  );

  assert.deepEqual(next.candidates['leaf'], {
    kind: 'quarantined',
    since: today,
    until: after(today, days(7)),
    rotationId: 'r1',
    reason: 'untrusted',
  });
  assert.deepEqual(flying(next), ['r2']);
});

test('a rollback nobody is to blame for rests that listener alone, and the canary role passes on', () => {
  const next = applyOutcome(canary, ended({ outcome: 'rolled-back' }));

  assert.equal(next.candidates['leaf'], undefined);
  const resting = next.candidates['leaf@l1'];
  assert.equal(resting?.kind, 'quarantined');
  assert.deepEqual(resting.kind === 'quarantined' && resting.until, after(today, hours(20)));
});

test('a refusal rests the listener for an hour, or for the quarantine where that is shorter', () => {
  const usual = applyOutcome(canary, ended({ outcome: 'refused' })).candidates['leaf@l1'];
  const short = applyOutcome(canary, ended({ outcome: 'refused', quarantine: 1000 })).candidates[
    'leaf@l1'
  ];

  assert.deepEqual(usual?.kind === 'quarantined' && usual.until, after(today, hours(1)));
  assert.deepEqual(short?.kind === 'quarantined' && short.until, after(today, 1000));
});

test('a deferred rotation leaves no trace', () => {
  const next = applyOutcome(canary, ended({ outcome: 'deferred' }));

  assert.deepEqual(next, release(canary, 'r1'));
  assert.deepEqual(Object.keys(next.candidates), ['other']);
});

test('what needs an operator holds the listener until it is resolved', () => {
  const held = applyOutcome(canary, ended({ outcome: 'needs-operator', reason: 'restore-failed' }));
  const resolved = applyOutcome(held, ended({ outcome: 'resolved' }));

  assert.deepEqual(held.holds, {
    l1: { rotationId: 'r1', since: today, reason: 'restore-failed' },
  });
  assert.deepEqual(flying(held), ['r1', 'r2']);
  assert.deepEqual(resolved.holds, {});
  assert.deepEqual(flying(resolved), ['r2']);
  assert.equal(resolved.candidates['leaf'], undefined);
});

test('resolving one rotation leaves the hold of another', () => {
  const hold = { rotationId: 'r8', since: today, reason: 'x' };
  const before: Admission = { ...canary, holds: { l1: hold, l2: hold } };

  assert.deepEqual(releaseHold(before, 'l1', 'r1').holds, before.holds);
  assert.deepEqual(releaseHold(before, 'l1', 'r8').holds, { l2: hold });
});

test('applying an outcome again, even later, changes nothing', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...outcomes),
      fc.boolean(),
      fc.integer({ min: 0, max: days(1) }),
      (outcome, blamesCandidate, delay) => {
        const once = applyOutcome(canary, ended({ outcome, blamesCandidate }));
        const twice = applyOutcome(
          once,
          ended({ outcome, blamesCandidate, now: after(today, delay) }),
        );

        assert.deepEqual(twice, once);
      },
    ),
  );
});

test('an outcome touches nothing of other rotations', () => {
  for (const outcome of outcomes) {
    const next = applyOutcome(canary, ended({ outcome, blamesCandidate: true }));

    assert.ok(flying(next).includes('r2'), outcome);
    assert.deepEqual(next.candidates['other'], canary.candidates['other'], outcome);
  }
});

test('what is over is forgotten: ended quarantines, canaries that run no more, candidates of last year', () => {
  const quarantined = { kind: 'quarantined', since: today, rotationId: 'r0', reason: 'x' } as const;
  const before: Admission = {
    ...canary,
    candidates: {
      ...canary.candidates,
      ended: { ...quarantined, until: today },
      running: { ...quarantined, until: after(today, 1) },
      lost: { kind: 'canary', rotationId: 'r0' },
      old: { kind: 'proven', since: after(today, days(-500)) },
    },
  };

  assert.deepEqual(Object.keys(withoutPast(before, today).candidates), [
    'leaf',
    'other',
    'running',
  ]);
});

test('where a candidate was proven is forgotten long before that it was', () => {
  const proven = { kind: 'proven', since: today } as const;
  const before: Admission = {
    ...emptyAdmission,
    candidates: { leaf: proven, [onListener('leaf', 'l1')]: proven },
  };

  assert.equal(Object.keys(withoutPast(before, after(today, days(6))).candidates).length, 2);
  assert.deepEqual(Object.keys(withoutPast(before, after(today, days(8))).candidates), ['leaf']);
});

function left(admission: Admission): Readonly<Record<string, Date>> {
  return admission.left ?? {};
}

test('a rotation that changed a listener notes when it left, and a repeat or one that touched nothing does not', () => {
  const once = applyOutcome(canary, ended({ outcome: 'rolled-back' }));

  assert.deepEqual(left(once), { l1: today });
  const again = ended({ outcome: 'rolled-back', now: after(today, hours(1)) });
  assert.deepEqual(left(applyOutcome(once, again)), { l1: today });
  assert.deepEqual(left(applyOutcome(canary, ended({ outcome: 'refused' }))), {});
  assert.deepEqual(left(withoutPast(once, after(today, days(8)))), {});
});
