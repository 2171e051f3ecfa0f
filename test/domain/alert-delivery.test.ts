import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AlertState, observe } from '../../src/domain/alert.ts';
import {
  afterAccepted,
  afterRefused,
  backlogOf,
  batchOf,
  isForgettable,
} from '../../src/domain/alert-delivery.ts';
import { dueOf } from '../../src/domain/alert-due.ts';
import type { AlertRules } from '../../src/domain/alert-routing.ts';
import type { Problem } from '../../src/domain/problem.ts';
import {
  choosing,
  failing,
  newSink,
  pauseOf,
  refusing,
  type SinkState,
  sinkProblem,
  working,
} from '../../src/domain/sink-state.ts';
import { expiring, hearer, missing, plainRules } from '../helpers/alerts.ts';
import { after, days, today } from '../helpers/facts.ts';

const everywhere = plainRules;
const news = { kind: 'news' } as const;

function seen(problem: Problem | null, state: AlertState | null = null): AlertState {
  const next = observe(state, problem, today);
  assert.ok(next !== null);
  return next;
}

function told(state: AlertState, sink = 'team'): AlertState {
  return afterAccepted(state, { state, occasion: news }, sink, today);
}

function dueAt(state: AlertState, sink: string, rules: AlertRules): Date | null {
  return dueOf(state, hearer(sink), rules, today)?.at ?? null;
}

function minutes(n: number): Date {
  return after(today, n * 60_000);
}

function fail(sink = newSink('team')): SinkState {
  return failing(sink, { reason: 'x', askedMs: null }, today);
}

test('what a sink accepted is not due again until something new is wanted', () => {
  const state = told(seen(expiring('info')));

  assert.equal(dueAt(state, 'team', everywhere), null);
  assert.notEqual(dueAt(state, 'new sink', everywhere), null);
  assert.notEqual(dueAt(seen(expiring('critical'), state), 'team', everywhere), null);
});

test('an end is due only where its beginning was heard', () => {
  const fired = seen(expiring('info'));

  assert.equal(dueAt(seen(null, fired), 'team', everywhere), null);
  assert.notEqual(dueAt(seen(null, told(fired)), 'team', everywhere), null);
});

test('an end is due where an earlier episode was heard and its end was not', () => {
  const missedEnd = seen(null, told(seen(expiring('info'))));
  const missedEpisode = seen(null, seen(expiring('info'), missedEnd));

  assert.notEqual(dueAt(missedEpisode, 'team', everywhere), null);
  assert.equal(dueAt(told(missedEpisode), 'team', everywhere), null);
});

test('an acceptance of an older state does not hide what came after it', () => {
  const sent = seen(expiring('info'));
  const moved = seen(expiring('critical'), sent);

  const recorded = afterAccepted(moved, { state: sent, occasion: news }, 'team', today);

  assert.equal(recorded.sinks['team']?.said?.level, 'info');
  assert.notEqual(dueAt(recorded, 'team', everywhere), null);
  assert.equal(
    afterAccepted(told(moved), { state: sent, occasion: news }, 'team', today).sinks['team']?.said
      ?.level,
    'critical',
  );
});

test('the first route that matches decides, and what none matches goes everywhere', () => {
  const routes = [
    { match: { severities: ['critical' as const] }, to: ['oncall'] },
    {
      match: { kinds: ['expiring' as const], severities: ['warning' as const] },
      to: ['team'],
    },
  ];
  const hears = (problem: Problem, sink: string): boolean =>
    dueAt(seen(problem), sink, { ...everywhere, routes }) !== null;

  assert.deepEqual(
    [hears(expiring('critical'), 'oncall'), hears(expiring('critical'), 'team')],
    [true, false],
  );
  assert.deepEqual(
    [hears(expiring('warning'), 'oncall'), hears(expiring('warning'), 'team')],
    [false, true],
  );
  assert.deepEqual(
    [hears(missing('List'), 'oncall'), hears(missing('List'), 'team')],
    [true, true],
  );
});

test('who heard the beginning hears the end, wherever the routes lead by then', () => {
  const heard = told(seen(expiring('warning')));
  const rules = { ...everywhere, routes: [{ match: {}, to: ['oncall'] }] };

  assert.equal(dueAt(seen(expiring('critical'), heard), 'team', rules), null);
  assert.notEqual(dueAt(seen(null, heard), 'team', rules), null);
});

test('a sink is not asked to announce its own failing', () => {
  const failed = refusing(newSink('team'), 'the receiver answered 401', today);
  const state = seen(sinkProblem(failed));

  assert.equal(dueAt(state, 'team', everywhere), null);
  assert.notEqual(dueAt(state, 'oncall', everywhere), null);
});

test('the worst is said first, what is over last', () => {
  const states = [
    seen(null, told(seen(expiring('expired', {}, 'over')))),
    seen(expiring('info', {}, 'b')),
    seen(expiring('expired', {}, 'worst')),
    seen(expiring('info', {}, 'a')),
  ];

  const { due } = backlogOf(states, hearer(), everywhere, today);

  assert.deepEqual(
    due.map(({ state }) => state.key),
    ['worst', 'a', 'b', 'over'],
  );
});

test('a refused message is held for a growing while, until there is another one', () => {
  const state = seen(expiring('info'));
  const once = afterRefused(state, state, 'team', today);
  const twice = afterRefused(once, once, 'team', today);

  assert.deepEqual(backlogOf([once], hearer(), everywhere, today), {
    due: [],
    nextAt: minutes(10),
    holds: true,
  });
  assert.deepEqual(dueAt(twice, 'team', everywhere), minutes(20));
  assert.equal(
    backlogOf([seen(expiring('critical'), twice)], hearer(), everywhere, today).due.length,
    1,
  );
});

test('a batch to a sink that heard nothing yet is a summary', () => {
  const dues = [{ state: seen(expiring('info')), occasion: news, at: today, held: false }];
  const earlier = working(newSink('team'), after(today, -1));

  assert.equal(batchOf(dues, newSink('team'), today).reason, 'first');
  assert.equal(batchOf(dues, working(newSink('team'), today), today).reason, 'first');
  assert.equal(batchOf(dues, earlier, today).reason, 'changes');
});

test('only what is over and said to everyone may be forgotten', () => {
  const later = after(today, days(90));
  const over = seen(null, told(seen(expiring('info'))));

  assert.equal(isForgettable(told(seen(expiring('info'))), [hearer()], everywhere, later), false);
  assert.equal(isForgettable(over, [hearer()], everywhere, later), false);
  assert.equal(isForgettable(told(over), [hearer()], everywhere, today), false);
  assert.equal(isForgettable(told(over), [hearer()], everywhere, later), true);
});

test('a failing sink is left alone for a growing while, as long as it asks for, and never for more than an hour', () => {
  const once = fail();
  const often = Array.from({ length: 12 }).reduce<SinkState>((sink) => fail(sink), once);
  const asked = failing(once, { reason: 'x', askedMs: 90_000 }, today);
  const greedy = failing(once, { reason: 'x', askedMs: days(2) }, today);

  assert.deepEqual(
    [once, often, asked, greedy].map((sink) => pauseOf(sink, 60, today)),
    [1_000, 300_000, 90_000, 3_600_000],
  );
  assert.equal(pauseOf(once, 60, after(today, 1_000)), 0);
  assert.equal(pauseOf(working(often, today), 60, after(today, 1_000)), 0);
});

test('a clock that goes back neither silences a sink nor its next message', () => {
  const failed = fail();

  assert.equal(pauseOf(failed, 60, after(today, -days(1))), 0);
  assert.equal(pauseOf(working(failed, today), 60, after(today, -days(1))), 0);
});

test('the rate of a sink is kept between two messages', () => {
  assert.equal(pauseOf(working(newSink('team'), today), 20, after(today, 1_000)), 2_000);
});

test('a hiccup is no news, failing on and being refused is', () => {
  assert.equal(sinkProblem(fail(fail())), null);
  assert.equal(sinkProblem(fail(fail(fail())))?.key, 'sink-failing/team');
  assert.equal(sinkProblem(refusing(newSink('team'), 'x', today))?.severity, 'critical');
  assert.equal(sinkProblem(choosing(newSink('team'), 'x', today))?.severity, 'critical');
  assert.equal(pauseOf(choosing(newSink('team'), 'x', today), 60, today), 0);
});
