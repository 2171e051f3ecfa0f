import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problems } from './world.ts';

const cases: Readonly<Record<string, readonly [yaml: string, lines: readonly string[]]>> = {
  'a policy cannot use a window that is not there': [
    'policies:\n  - name: eu\n    match: {}\n    windows: [night]',
    ['4: policies[0].windows[0]: night is not in windows (defined: nights); did you mean nights?'],
  ],
  'replacing the windows asks for new defaults': [
    'windows: [{ name: eu, days: [mon], start: "01:00", end: "02:00" }]',
    [' defaults.windows[0]: nights is not in windows (defined: eu)'],
  ],
  'a route cannot lead to a sink that is not there': [
    'routes: [{ match: {}, to: [log, pager] }]',
    ['1: routes[0].to[1]: pager is not in sinks (defined: log)'],
  ],
  'a route cannot escalate to a sink that is not there, nor to one that hears at once': [
    'routes: [{ match: {}, to: [log], escalate: { after: 30m, to: [pager, log] } }]',
    [
      '1: routes[0].escalate.to[0]: pager is not in sinks (defined: log)',
      '1: routes[0].escalate.to[1]: log is in to, which hears at once',
    ],
  ],
  'a route cannot match a policy or an account that is not there': [
    'routes: [{ match: { policies: [default], accounts: [mian] }, to: [log] }]',
    [
      '1: routes[0].match.policies[0]: default is not in policies (defined: defaults); did you mean defaults?',
      '1: routes[0].match.accounts[0]: mian is not in accounts (defined: main); did you mean main?',
    ],
  ],
  'a policy cannot match an account that is not there': [
    'policies: [{ name: p, match: { accounts: [mian] } }]',
    [
      '1: policies[0].match.accounts[0]: mian is not in accounts (defined: main); did you mean main?',
    ],
  ],
  'no two policies share a name': [
    'policies: [{ name: p, match: { regions: [a-b] } }, { name: p, match: {} }]',
    ['1: policies[1].name: p is used twice'],
  ],
  'no policy takes the name of the catch-all': [
    'policies: [{ name: defaults, match: {} }]',
    ['1: policies[0].name: defaults is the name of the catch-all policy'],
  ],
  'thresholds must shrink, those completed from the defaults too': [
    'policies: [{ name: p, match: {}, thresholds: { warning: 40d } }]',
    ['1: policies[0].thresholds: must shrink from info over warning to critical'],
  ],
  'a proof must have time for its rounds': [
    'verify: { rounds: 5, gap: 10s, deadline: 30s }',
    ['1: verify.deadline: is too short for verify.rounds rounds that are verify.gap apart'],
  ],
  'a window must have a length': [
    'windows: [{ name: nights, days: [mon], start: "02:00", end: "02:00" }]',
    ['1: windows[0].end: must differ from start'],
  ],
  'a freeze must end after it began': [
    'freezes: [{ name: f, from: 2027-02-02T00:00:00Z, until: 2027-02-02T00:00:00Z }]',
    ['1: freezes[0].until: must be after from'],
  ],
};

for (const [title, [yaml, lines]] of Object.entries(cases)) {
  test(title, (context) => {
    assert.deepEqual(problems(context, yaml), lines);
  });
}
