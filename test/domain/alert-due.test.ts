import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AlertState, acknowledge, observe } from '../../src/domain/alert.ts';
import { afterAccepted, announcementOf } from '../../src/domain/alert-delivery.ts';
import { dueOf, type Hearer } from '../../src/domain/alert-due.ts';
import type { AlertRules } from '../../src/domain/alert-routing.ts';
import type { Problem } from '../../src/domain/problem.ts';
import {
  aBinding,
  expiring,
  hearer,
  missing,
  plainRules,
  rotationEnded,
} from '../helpers/alerts.ts';
import { after, days, hours, today } from '../helpers/facts.ts';

/** Eight in the morning in Shanghai. */
const start = today;
const daily: AlertRules = { ...plainRules, repeat: days(1) };

const night: AlertRules = {
  ...daily,
  sinks: {
    team: {
      quiet: { from: '22:00', until: '09:00', timezone: 'Asia/Shanghai' },
      digest: { at: '10:00', timezone: 'Asia/Shanghai' },
    },
  },
};

function seen(problem: Problem | null, at = start, state: AlertState | null = null): AlertState {
  return observe(state, problem, at) ?? assert.fail();
}

function told(state: AlertState, at: Date, rules = daily, sink = 'team'): AlertState {
  const due = dueOf(state, hearer(sink), rules, at) ?? assert.fail();
  return afterAccepted(state, due, sink, at);
}

/** When it is due, counted from the start; at once is "now". */
function when(
  state: AlertState,
  rules: AlertRules,
  now = start,
  to: Hearer = hearer(),
): number | 'now' | null {
  const due = dueOf(state, to, rules, now);
  if (due === null) return null;
  return due.at <= now ? 'now' : (due.at.getTime() - start.getTime()) / hours(1);
}

function idOf(state: AlertState, rules: AlertRules, now: Date, sink = 'team'): string {
  return announcementOf(dueOf(state, hearer(sink), rules, now) ?? assert.fail()).id;
}

test('what is critical is repeated daily, counted from when it was heard, each time under an id of its own', () => {
  const critical = seen(expiring('critical'));
  const heard = told(critical, after(start, hours(5)));
  const again = told(heard, after(start, hours(30)));

  assert.equal(when(heard, daily), 29);
  assert.equal(when(again, daily), 54);
  assert.match(idOf(critical, daily, start), /\/critical$/);
  assert.match(idOf(heard, daily, start), /\/critical\/repeat-1$/);
  assert.match(idOf(again, daily, start), /\/critical\/repeat-2$/);
});

test('a repeat that nobody recorded keeps its id, however late it is sent again', () => {
  const heard = told(seen(expiring('critical')), start);

  assert.equal(
    idOf(heard, daily, after(start, days(1))),
    idOf(heard, daily, after(start, days(9))),
  );
});

test('a repeat that is recorded late does not hide the one after it', () => {
  const heard = told(seen(expiring('critical')), start);
  const once = told(heard, after(start, days(1)));
  const twice = told(once, after(start, days(2)));
  const first = dueOf(heard, hearer(), daily, start) ?? assert.fail();

  assert.equal(afterAccepted(twice, first, 'team', after(start, days(3))), twice);
});

test('what is not critical, is acknowledged, is over or was told once is not repeated', () => {
  const warning = told(seen(expiring('warning')), start);
  const critical = told(seen(expiring('critical')), start);
  const taken = acknowledge(critical, { by: 'li', at: start, note: '' });
  const over = told(seen(null, start, critical), start);
  const notice = told(seen(rotationEnded('warning')), start);

  for (const state of [warning, taken, over, notice]) assert.equal(when(state, daily), null);
  assert.equal(when(critical, { ...daily, repeat: null }), null);
});

test('an acknowledgement holds until the next threshold', () => {
  const critical = told(seen(expiring('critical')), start);
  const taken = acknowledge(critical, { by: 'li', at: start, note: '' });
  const expired = seen(expiring('expired'), after(start, days(1)), taken);

  assert.equal(when(expired, daily), 'now');
  assert.equal(when(told(expired, after(start, days(1))), daily), 48);
});

test('a route may repeat at another pace, or never', () => {
  const heard = told(seen(expiring('critical')), start);
  const route = { match: {}, to: ['team'] };

  assert.equal(when(heard, { ...daily, routes: [{ ...route, repeat: hours(4) }] }), 4);
  assert.equal(when(heard, { ...daily, routes: [{ ...route, repeat: null }] }), null);
  assert.equal(when(heard, { ...daily, routes: [route] }), 24);
});

const escalating: AlertRules = {
  ...daily,
  routes: [{ match: {}, to: ['oncall'], escalate: { after: hours(1), to: ['team'] } }],
};

test('what nobody acknowledges is told to the second sink too, under an id of its own, and repeated there', () => {
  const critical = seen(expiring('critical'));
  const oncallHeard = told(critical, start, escalating, 'oncall');
  const both = told(oncallHeard, after(start, hours(1)), escalating);

  assert.equal(when(critical, escalating, start, hearer('oncall')), 'now');
  assert.equal(when(critical, escalating), 1);
  assert.equal(when(oncallHeard, escalating, after(start, hours(1))), 'now');
  assert.match(idOf(oncallHeard, escalating, start), /\/critical\/escalated$/);
  assert.equal(when(both, escalating), 25);
});

test('an acknowledgement ends an escalation, and those who heard of it hear the end', () => {
  const critical = seen(expiring('critical'));
  const escalated = told(critical, after(start, hours(1)), escalating);
  const takenBefore = acknowledge(critical, { by: 'li', at: start, note: '' });
  const takenAfter = acknowledge(escalated, { by: 'li', at: start, note: '' });

  assert.equal(when(takenBefore, escalating), null);
  assert.equal(when(takenAfter, escalating), null);
  assert.equal(when(seen(null, start, takenAfter), escalating), 'now');
  assert.equal(when(seen(null, start, takenBefore), escalating), null);
});

test('each threshold gives those who were told first their time', () => {
  const warning = told(seen(expiring('warning')), after(start, hours(1)), escalating);
  const critical = seen(expiring('critical'), after(start, hours(10)), warning);

  assert.equal(when(critical, escalating), 11);
});

test('an escalation is counted from when the first sink wanted to be told', () => {
  const evening = after(start, hours(15));
  const warning = seen(expiring('warning'), evening);
  const rules = { ...escalating, sinks: { oncall: night.sinks['team'] ?? assert.fail() } };

  assert.equal(when(warning, rules, evening, hearer('oncall')), 25);
  assert.equal(when(warning, rules, evening), 26);
});

test('quiet hours hold back what is below critical, its end too, and nothing else', () => {
  const evening = after(start, hours(15));
  const warning = seen(expiring('warning'), evening);
  const critical = seen(expiring('critical'), evening);
  const heard = told(seen(expiring('warning')), start);
  const worse = told(critical, evening);

  assert.equal(when(warning, night, evening), 25);
  assert.equal(when(warning, night, after(start, hours(25))), 'now');
  assert.equal(when(critical, night, evening), 'now');
  assert.equal(when(seen(null, evening, heard), night, evening), 25);
  assert.equal(when(seen(null, evening, worse), night, evening), 'now');
});

test('what was due by day but could not be sent waits for the end of the next quiet hours', () => {
  const noon = after(start, hours(4));
  const warning = seen(expiring('warning'), noon);

  assert.equal(when(warning, night, noon), 'now');
  assert.equal(when(warning, night, after(start, hours(20))), 25);
});

test('what is merely informative waits for the digest, its end and notices too', () => {
  const noon = after(start, hours(4));
  const info = seen(expiring('info'), noon);
  const heard = told(seen(expiring('info')), start, daily);

  assert.equal(when(info, night, noon), 26);
  assert.equal(when(info, night, after(start, hours(26))), 'now');
  assert.equal(when(seen(rotationEnded('info'), noon), night, noon), 26);
  assert.equal(when(seen(null, noon, heard), night, noon), 26);
});

test('the first message is a summary that waits for no digest, but for the end of the night', () => {
  const noon = after(start, hours(4));
  const info = seen(expiring('info'), noon);
  const never = hearer('team', { firstAcceptedAt: null });

  assert.equal(when(info, night, noon, never), 'now');
  assert.equal(when(info, night, after(start, hours(15)), never), 25);
  // The rest of a summary that did not fit into one message.
  assert.equal(when(info, night, noon, hearer('team', { firstAcceptedAt: noon })), 'now');
});

test('a sink that shows states is told at once, by night too, and is not sent repeats', () => {
  const evening = after(start, hours(15));
  const state = hearer('team', { style: 'state' });
  const critical = seen(expiring('critical'), evening);

  assert.equal(when(seen(expiring('info'), evening), night, evening, state), 'now');
  assert.equal(when(told(critical, evening), night, evening, state), null);
});

function bound(overrides: Parameters<typeof aBinding>[0]): Problem {
  return expiring('warning', { bindings: [aBinding(), aBinding(overrides)] });
}

/** Whether a route with this match takes the problem away from the others. */
function hears(match: AlertRules['routes'][number]['match'], problem: Problem): boolean {
  return when(seen(problem), { ...plainRules, routes: [{ match, to: ['other'] }] }) === null;
}

const pay = { policy: 'pilot', tags: { team: 'pay' } };

test('routes choose by account, region, policy, tags and how a rotation ended', () => {
  assert.equal(hears({ policies: ['pilot'] }, bound(pay)), true);
  assert.equal(hears({ policies: ['pilot'] }, expiring('warning')), false);
  assert.equal(hears({ tags: { team: 'pay' } }, bound(pay)), true);
  assert.equal(hears({ tags: { team: 'web' } }, bound(pay)), false);
  assert.equal(hears({ tags: { team: 'pay' }, regions: ['eu-central-1'] }, bound(pay)), false);
  assert.equal(hears({ accounts: ['main'] }, missing('List')), true);
  assert.equal(hears({ accounts: ['other'] }, missing('List')), false);
  assert.equal(hears({ regions: ['cn-hangzhou'] }, missing('List')), true);
  assert.equal(hears({ listeners: ['lsn-1@443'] }, missing('List')), false);
  assert.equal(hears({ listeners: ['lsn-1@443'] }, bound({})), true);
  const asks = rotationEnded('critical', { outcome: 'needs-operator' });
  assert.equal(hears({ kinds: ['needs-operator'] }, asks), true);
  assert.equal(hears({ kinds: ['needs-operator'] }, rotationEnded('warning')), false);
});
