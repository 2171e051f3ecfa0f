import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AlertState, acknowledge, observe } from '../../src/domain/alert.ts';
import { announcementOf } from '../../src/domain/alert-delivery.ts';
import type { Problem } from '../../src/domain/problem.ts';
import { aBinding, expiring, expiryFacts, missing, rotationEnded } from '../helpers/alerts.ts';
import { after, days, hours, today } from '../helpers/facts.ts';

/** The state after seeing these problems one hour apart; null stands for a look that found none. */
function afterSeeing(...problems: readonly (Problem | null)[]): AlertState {
  let state: AlertState | null = null;
  for (const [index, problem] of problems.entries())
    state = observe(state, problem, after(today, hours(index)));
  assert.ok(state !== null);
  return state;
}

function idOf(state: AlertState): string {
  return announcementOf({ state, occasion: { kind: 'news' } }).id;
}

function refused(rotationId: string): Problem {
  return rotationEnded('warning', { rotationId, outcome: 'refused', reason: 'blind' });
}

function asking(planHash: string): Problem {
  return {
    key: 'approval-wanted/lsn-1',
    severity: 'warning',
    facts: {
      kind: 'approval-wanted',
      binding: aBinding(),
      planHash,
      from: '101',
      to: '202',
      notAfter: after(today, days(6)),
    },
  };
}

test('nothing seen and nothing known stays nothing', () => {
  assert.equal(observe(null, null, today), null);
  assert.equal(observe(null, expiring('ok'), today), null);
});

test('a first sight opens the first episode', () => {
  const state = afterSeeing(expiring('warning'));

  assert.equal(state.status, 'firing');
  assert.deepEqual([state.episode, state.level, state.wanted], [1, 'warning', 1]);
  assert.equal(
    idOf(state),
    'expiring/main/cn-hangzhou/101-cn-hangzhou/1@2026-11-22T00:00:00.000Z/warning',
  );
});

test('the same sight again is the very same state', () => {
  const state = afterSeeing(expiring('warning'));

  assert.equal(observe(state, expiring('warning'), after(today, days(1))), state);
});

test('a stored state with fewer fields in another order is the same sight', () => {
  const { outlook, ...others } = expiryFacts();
  const state = afterSeeing({ ...expiring('warning'), facts: { outlook, ...others } });
  const seen = { ...expiring('warning'), facts: { ...expiryFacts(), extra: 'of the caller' } };

  assert.equal(observe(state, seen, after(today, days(1))), state);
});

test('each threshold on the way up is wanted once, however many were passed at once', () => {
  const state = afterSeeing(expiring('info'), expiring('expired'), expiring('expired'));

  assert.deepEqual([state.level, state.wanted, state.episode], ['expired', 2, 1]);
  assert.equal(state.raisedAt.getTime(), after(today, hours(1)).getTime());
});

test('changed facts are kept quietly', () => {
  const state = afterSeeing(expiring('warning'), expiring('warning', { bindings: [] }));

  assert.equal(state.wanted, 1);
  assert.deepEqual(state.facts, expiryFacts({ bindings: [] }));
});

test('an expiry does not get milder because time went back', () => {
  const expired = expiring('expired', { kind: 'expired' });

  const state = afterSeeing(expired, expiring('critical'));

  assert.deepEqual([state.severity, state.facts.kind, state.wanted], ['expired', 'expired', 1]);
});

test('a mended end lowers the severity quietly, and the way up is not announced again', () => {
  const later = { notAfter: after(today, days(6) + hours(20)) };

  const lowered = afterSeeing(expiring('critical'), expiring('warning', later));
  const risen = observe(lowered, expiring('critical', later), after(today, days(2)));

  assert.deepEqual([lowered.severity, lowered.level], ['warning', 'critical']);
  assert.equal(risen?.wanted, 1);
});

test('an end that moved by more than a day is another certificate: a new episode', () => {
  const renewed = expiring('info', { notAfter: after(today, days(29)) });

  const state = afterSeeing(expiring('critical'), renewed);

  assert.deepEqual([state.episode, state.level, state.wanted], [2, 'info', 2]);
});

test('an end is wanted once', () => {
  const state = afterSeeing(expiring('warning'), null, null);

  assert.deepEqual([state.status, state.wanted], ['resolved', 2]);
  assert.equal(state.resolvedAt?.getTime(), after(today, hours(1)).getTime());
  assert.match(idOf(state), /\/resolved$/);
});

test('what comes back opens a new episode with ids of its own', () => {
  const first = afterSeeing(expiring('warning'));
  const second = afterSeeing(expiring('warning'), null, expiring('warning'));

  assert.deepEqual([second.episode, second.status, second.resolvedAt], [2, 'firing', null]);
  assert.notEqual(idOf(second), idOf(first));
});

test('a problem without an end of its own may get milder', () => {
  const state = afterSeeing(missing('List', 'critical'), missing('List', 'warning'));

  assert.deepEqual([state.severity, state.level, state.wanted], ['warning', 'critical', 1]);
});

test('an acknowledgement holds until it gets worse', () => {
  const seen = { by: 'li', at: today, note: '' };
  const state = acknowledge(afterSeeing(expiring('warning')), seen);

  assert.deepEqual(state.acknowledged, seen);
  assert.equal(observe(state, expiring('critical'), today)?.acknowledged, null);
  const over = afterSeeing(expiring('warning'), null);
  assert.equal(acknowledge(over, seen), over);
});

test('how a rotation ended is a notice: told once and never resolved', () => {
  const state = afterSeeing(rotationEnded('info'), rotationEnded('info'), null);

  assert.deepEqual([state.status, state.wanted], ['notice', 1]);
});

test('the next rotation of the listener is news, the same refusal is not for a day', () => {
  const again = afterSeeing(refused('r-1'), refused('r-2'));
  const nextDay = observe(again, refused('r-3'), after(today, days(2)));
  const committed = observe(again, rotationEnded('info', { rotationId: 'r-3' }), today);

  assert.deepEqual([again.episode, nextDay?.episode, committed?.episode], [1, 2, 2]);
});

test('a rotation that needs an operator fires, also after it was told as done', () => {
  const late = rotationEnded('critical', { detail: 'changed later' });

  const state = afterSeeing(rotationEnded('info'), late);

  assert.deepEqual([state.status, state.episode, state.level], ['firing', 2, 'critical']);
  assert.equal(observe(state, null, today)?.status, 'resolved');
});

test('another plan asks for another approval', () => {
  assert.equal(afterSeeing(asking('a'), asking('a')).episode, 1);
  assert.equal(afterSeeing(asking('a'), asking('b')).episode, 2);
});
