import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problems } from './world.ts';

/** What an operator wrote, and the one line they read. */
const cases: Readonly<Record<string, readonly [yaml: string, line: string]>> = {
  'an unknown key is named with the key that was meant': [
    'verify: { round: 3 }',
    '1: verify.round: unknown key; did you mean rounds? (allowed: deadline, rounds, gap, settle, blind)',
  ],
  'two exchanged letters are recognised': [
    'sinks:\n  team: { kind: webhook, url: "https://x.test", secert: s }',
    '2: sinks.team.secert: unknown key; did you mean secret? (allowed: kind, url, secret, perMinute, timeout, allowLinkLocal, timezone, language, quiet, digest)',
  ],
  'an unknown product lists the known ones': [
    'cloud: { endpoints: { slb: {} } }',
    '1: cloud.endpoints.slb: unknown key; did you mean nlb? (allowed: nlb, alb, cas, pca, cms, sts)',
  ],
  'an unknown key far from any other lists them all': [
    'http: { colour: blue }',
    '1: http.colour: unknown key (allowed: listen, hosts, tokens)',
  ],
  'a missing key says what belongs there': [
    'accounts:\n  - regions: all',
    '2: accounts[0].name: is missing; must be a name of letters, digits, dot, dash and underscore',
  ],
  'a wrong type says what is allowed': [
    'verify:\n  rounds: many',
    '2: verify.rounds: must be a whole number from 1 to 20, not "many"',
  ],
  'a mapping that is none lists its keys': [
    'heartbeat: 5m',
    '1: heartbeat: must be a mapping with the keys url, every, not a string',
  ],
  'a list that is none says what it lists': [
    'policies: pilot',
    '1: policies: must be a list of policies, not a string',
  ],
  'a duration without a unit is refused': [
    'verify: { settle: 60 }',
    '1: verify.settle: must be a duration from 0s to 30m, a whole number with ms, s, m, h or d, not 60',
  ],
  'a duration out of range is refused': [
    'probe: { timeout: 2h }',
    '1: probe.timeout: must be a duration from 100ms to 60s, a whole number with ms, s, m, h or d, not "2h"',
  ],
  'an alert may not end in Alertmanager because it is resent less often than the clock is looked at':
    [
      'sinks: { am: { kind: alertmanager, url: "https://am.test", resendEvery: 10s } }',
      '1: sinks.am.resendEvery: must be a duration from 1m to 1h, a whole number with ms, s, m, h or d, not "10s"',
    ],
  'a mistyped word is corrected': [
    'defaults: { mode: aprove }',
    '1: defaults.mode: must be one of observe, approve, auto, not "aprove"; did you mean approve?',
  ],
  'a mistyped time zone is corrected': [
    'schedule: { timezone: Asia/Shangai }',
    '1: schedule.timezone: must be an IANA time zone such as Asia/Shanghai, not "Asia/Shangai"; did you mean Asia/Shanghai?',
  ],
  'a cron expression that never comes due is refused': [
    'schedule: { scan: "0 0 31 2 *" }',
    '1: schedule.scan: must be a cron expression of five fields, or six with seconds first, such as "7 */6 * * *", not "0 0 31 2 *"',
  ],
  'a rate without its unit is refused': [
    'probe: { perLoadBalancer: 2 }',
    '1: probe.perLoadBalancer: must be a rate from 0.1/s to 1000/s such as 2/s, not 2',
  ],
  'an instant without an offset is refused': [
    'freezes:\n  - { name: f, from: 2027-02-01T00:00:00, until: 2027-02-02T00:00:00Z }',
    '2: freezes[0].from: must be an instant with its offset such as 2027-02-01T00:00:00+08:00, not "2027-02-01T00:00:00"',
  ],
  'a day that no calendar has is refused': [
    'freezes:\n  - { name: f, from: 2027-13-01T00:00:00Z, until: 2028-02-02T00:00:00Z }',
    '2: freezes[0].from: must be an instant with its offset such as 2027-02-01T00:00:00+08:00, not "2027-13-01T00:00:00Z"',
  ],
  'the 30th of February is refused': [
    'freezes:\n  - { name: f, from: 2027-02-30T00:00:00Z, until: 2028-02-02T00:00:00Z }',
    '2: freezes[0].from: must be an instant with its offset such as 2027-02-01T00:00:00+08:00, not "2027-02-30T00:00:00Z"',
  ],
  'an account that CloudMonitor cannot be told with is refused': [
    'accounts: [{ name: prod }]\nsinks: { c: { kind: cloudmonitor, account: prd } }',
    '2: sinks.c.account: prd is not in accounts (defined: prod); did you mean prod?',
  ],
  'a sink of no kind at all is refused': [
    'sinks: { page: { url: "https://x.test" } }',
    '1: sinks.page.kind: is missing; must be one of log, webhook, cloudmonitor, alertmanager, pagerduty, email, slack, dingtalk, feishu, wecom',
  ],
  'an escalation to nobody is refused': [
    'routes: [{ match: {}, to: [log], escalate: { after: 30m } }]',
    '1: routes[0].escalate.to: must be a list of sink names, not a undefined',
  ],
  'quiet hours that are none are refused': [
    'sinks: { team: { kind: webhook, url: "https://x.test", quiet: "22:00" } }',
    '1: sinks.team.quiet: must be hours such as "22:00-09:00", not "22:00"',
  ],
  'quiet hours that never end are refused': [
    'sinks: { team: { kind: webhook, url: "https://x.test", quiet: "09:00-09:00" } }',
    '1: sinks.team.quiet: must be hours such as "22:00-09:00", not "09:00-09:00"',
  ],
  'a log that is to be quiet is refused': [
    'sinks: { log: { kind: log, quiet: "22:00-09:00" } }',
    '1: sinks.log.quiet: is not for this kind of sink, which is told everything at once',
  ],
  'a digest at no time is refused': [
    'alerts: { digest: morning }',
    '1: alerts.digest: must be a time as "HH:MM", not "morning"',
  ],
  'a name that cannot be part of a key is refused': [
    'accounts: [{ name: a/b }]',
    '1: accounts[0].name: must be a name of letters, digits, dot, dash and underscore, not "a/b"',
  ],
  'a sink name that cannot be part of a key is refused': [
    'sinks: { "on call": { kind: log } }',
    '1: sinks["on call"]: must be a name of letters, digits, dot, dash and underscore, not "on call"',
  ],
  'a listening address needs its port': [
    'http: { listen: 127.0.0.1 }',
    '1: http.listen: must be HOST:PORT such as 127.0.0.1:9877, not "127.0.0.1"',
  ],
  'a listening address that is no IPv6 address is refused': [
    'http: { listen: "[::zz]:80" }',
    '1: http.listen: must be HOST:PORT such as 127.0.0.1:9877, not "[::zz]:80"',
  ],
  'a port that no machine has is refused': [
    'http: { listen: "localhost:70000" }',
    '1: http.listen: must be HOST:PORT such as 127.0.0.1:9877, not "localhost:70000"',
  ],
  'a section whose keys are all commented out is called empty': [
    'policies:\n  # - name: pilot',
    '1: policies: must be a list of policies, not empty',
  ],
  'a list in place of a mapping is called a list': [
    'probe: [1]',
    '1: probe: must be a mapping with the keys vantage, concurrency, perLoadBalancer, namesPerListener, timeout, roots, not a list',
  ],
  'a mapping in place of a value is called a mapping': [
    'dataDir: { a: 1 }',
    '1: dataDir: must be the path of a folder, not a mapping',
  ],
  'an empty mode is called empty': [
    'defaults: { mode: }',
    '1: defaults.mode: must be one of observe, approve, auto, not empty',
  ],
  'an environment variable outside secrets and URLs is refused': [
    'dataDir: "${HOME}/newleaf"',
    '1: dataDir: ${…} works only in secrets and URLs',
  ],
  'a store that this release cannot use is refused without showing its address': [
    'store: { url: "mysql://user:hunter2@db" }',
    '1: store.url: must be a URL starting with redis:// or rediss:// or postgres:// or postgresql://',
  ],
  'a webhook to a metadata service is refused': [
    'sinks: { w: { kind: webhook, url: "http://100.100.100.200/latest" } }',
    '1: sinks.w.url: must not point at a metadata or link-local address unless allowLinkLocal is true',
  ],
  'a user without a password is refused': [
    'sinks: { m: { kind: email, host: mx, from: a@b.c, to: [d@e.f], user: u } }',
    '1: sinks.m.password: user and password are only of use together',
  ],
  'an account list must not be empty': [
    'accounts: []',
    '1: accounts: must name at least one account',
  ],
  'a list of regions must not be empty': [
    'accounts: [{ name: a, regions: [] }]',
    '1: accounts[0].regions: must name at least one region, or be all',
  ],
  'a session that would be renewed with each call is refused': [
    'accounts: [{ name: a, credentials: { ramRole: { arn: "acs:ram::1:role/x", durationSeconds: 1799 } } }]',
    '1: accounts[0].credentials.ramRole.durationSeconds: must be a whole number from 1800 to 43200, not 1799',
  ],
  'a share above one is refused': [
    'cloud: { rateShare: 2 }',
    '1: cloud.rateShare: must be a number above 0 and up to 1, not 2',
  ],
  'a repeated key is refused': ['dataDir: a\nstore: {}\ndataDir: b', '3: map keys must be unique'],
  'an alias of nothing is refused': [
    'dataDir: *nowhere',
    ' unresolved alias (the anchor must be set before the alias): nowhere',
  ],
};

for (const [title, [yaml, line]] of Object.entries(cases)) {
  test(title, (context) => {
    assert.deepEqual(problems(context, yaml), [line]);
  });
}

test('every problem has its own line, in the order of the file', (context) => {
  const yaml = 'verify: { rounds: 0 }\nprobe:\n  concurrency: none\n  speed: 9\nunknown: true\n';

  const lines = problems(context, yaml);

  assert.deepEqual(
    lines.map((line) => line.split(':').slice(0, 2).join(':')),
    ['1: verify.rounds', '3: probe.concurrency', '4: probe.speed', '5: unknown'],
  );
});

test('bad syntax names its line', (context) => {
  const [line] = problems(context, 'dataDir: a\nwindows: [1\nstore: 5\n');

  assert.match(line ?? '', /^\d+: \S/);
});
