import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkConfig } from '../../src/config/check.ts';
import { longestGap } from '../../src/config/cron.ts';
import { formatDuration, parseDuration } from '../../src/config/duration.ts';
import { explainListener } from '../../src/config/explain.ts';
import { alertRulesFrom } from '../../src/config/alert-rules.ts';
import { rulesFrom } from '../../src/config/rules.ts';
import { showConfig } from '../../src/config/show.ts';
import { policyFor } from '../../src/domain/policy.ts';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { folderWith, load } from './world.ts';

const day = 86_400_000;

const policies = `
windows:
  - { name: nights, days: [mon], start: "02:00", end: "05:00" }
  - { name: eu-nights, days: [sun], start: "23:00", end: "01:00", timezone: Europe/Berlin }
defaults: { maxConcurrent: 2, allow: { age: true }, canary: { soak: 1h } }
policies:
  - { name: pilot, match: { loadBalancers: [nlb-x, nlb-y] }, mode: approve, thresholds: { info: 20d } }
  - { name: eu, match: { regions: [eu-central-1], tags: { env: prod } }, windows: [eu-nights], canary: null, mode: auto }
  - { name: rest-of-eu, match: { regions: [eu-central-1] }, windows: [] }
`;

function listener(loadBalancerId: string, region: string, tags: Record<string, string> = {}) {
  return {
    ref: { account: 'main', region, product: 'nlb' as const, loadBalancerId, listenerId: 'lsn-1' },
    tags,
  };
}

test('a policy takes what it leaves out from the defaults, also within thresholds', (context) => {
  const [pilot, eu] = rulesFrom(load(context, policies)).policies;

  assert.deepEqual(pilot?.thresholds, { info: 20 * day, warning: 7 * day, critical: day });
  assert.deepEqual(pilot?.allow, { issuer: false, keyType: false, age: true, gap: false });
  assert.deepEqual(pilot?.canary, { match: {}, soak: 3_600_000 });
  assert.equal(pilot?.maxConcurrent, 2);
  assert.deepEqual(
    pilot?.windows.map(({ name }) => name),
    ['nights'],
  );
  assert.equal(eu?.canary, null);
});

test('windows come resolved, and an empty list means at any time', (context) => {
  const rules = rulesFrom(load(context, policies));

  assert.deepEqual(rules.policies[1]?.windows, [
    { name: 'eu-nights', days: ['sun'], start: '23:00', end: '01:00', timezone: 'Europe/Berlin' },
  ]);
  assert.deepEqual(rules.policies[2]?.windows, []);
});

test('the defaults are the last policy and match everything', (context) => {
  const rules = rulesFrom(load(context, policies));

  assert.equal(rules.policies.at(-1)?.name, 'defaults');
  assert.equal(policyFor(rules.policies, listener('nlb-z', 'us-east-1')).name, 'defaults');
});

test('an explanation names the policy, and each key for which an earlier one was passed over', (context) => {
  const rules = rulesFrom(load(context, policies));

  const explanation = explainListener(rules, listener('nlb-z', 'eu-central-1', { env: 'stage' }));

  assert.equal(explanation.policy.name, 'rest-of-eu');
  assert.deepEqual(explanation.passedOver, [
    {
      policy: 'pilot',
      missed: [{ key: 'loadBalancers', wanted: ['nlb-x', 'nlb-y'], actual: 'nlb-z' }],
    },
    { policy: 'eu', missed: [{ key: 'tags.env', wanted: ['prod'], actual: 'stage' }] },
  ]);
  assert.deepEqual(explanation.alsoMatching, ['defaults']);
});

test('an explanation agrees with the choice, and gives a reason for every policy before it', (context) => {
  const rules = rulesFrom(load(context, policies));
  const listeners = fc.record({
    lb: fc.constantFrom('nlb-x', 'nlb-y', 'nlb-z'),
    region: fc.constantFrom('eu-central-1', 'cn-hangzhou'),
    tags: fc.dictionary(fc.constantFrom('env', 'team'), fc.constantFrom('prod', 'stage')),
  });

  fc.assert(
    fc.property(listeners, ({ lb, region, tags }) => {
      const explanation = explainListener(rules, listener(lb, region, tags));
      assert.equal(explanation.policy, policyFor(rules.policies, listener(lb, region, tags)));
      for (const { missed } of explanation.passedOver) assert.notEqual(missed.length, 0);
    }),
  );
});

test('routes become rules of the alerts', (context) => {
  const config = load(
    context,
    'routes: [{ match: { severity: [critical] }, to: [log] }, { match: { kind: [drift] }, to: [log] }]',
  );

  assert.deepEqual(alertRulesFrom(config).routes, [
    {
      match: { severities: ['critical'], kinds: undefined },
      to: ['log'],
      repeat: undefined,
      escalate: undefined,
    },
    {
      match: { severities: undefined, kinds: ['drift'] },
      to: ['log'],
      repeat: undefined,
      escalate: undefined,
    },
  ]);
});

test('who hears when becomes rules of the alerts', (context) => {
  const config = load(
    context,
    `
    schedule: { timezone: Europe/Berlin }
    alerts: { digest: "08:30", repeat: 12h }
    sinks:
      log: { kind: log }
      team: { kind: webhook, url: "https://team.test", quiet: "22:00-09:00" }
      east: { kind: webhook, url: "https://east.test", digest: "10:00", timezone: Asia/Shanghai }
      bus: { kind: webhook, url: "https://bus.test", digest: null }
    routes:
      - match: { tags: { team: pay }, policies: [defaults], kind: [needs-operator] }
        to: [team]
        repeat: null
        escalate: { after: 30m, to: [east] }
    `,
  );

  const rules = alertRulesFrom(config);

  assert.equal(rules.repeat, day / 2);
  assert.deepEqual(rules.sinks, {
    log: { quiet: null, digest: null },
    team: {
      quiet: { from: '22:00', until: '09:00', timezone: 'Europe/Berlin' },
      digest: { at: '08:30', timezone: 'Europe/Berlin' },
    },
    east: { quiet: null, digest: { at: '10:00', timezone: 'Asia/Shanghai' } },
    bus: { quiet: null, digest: null },
  });
  assert.deepEqual(rules.routes, [
    {
      match: {
        severities: undefined,
        kinds: ['needs-operator'],
        policies: ['defaults'],
        tags: { team: 'pay' },
      },
      to: ['team'],
      repeat: null,
      escalate: { after: 1_800_000, to: ['east'] },
    },
  ]);
});

test('every length of time survives being shown', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3650 * day }), (millis) => {
      assert.equal(parseDuration(formatDuration(millis)), millis);
    }),
  );
  assert.equal(formatDuration(36 * 3_600_000), '36h');
  for (const bad of ['', '5', '1.5h', '-1s', '1w', ' 1s', '99999d'])
    assert.equal(parseDuration(bad), null, bad);
});

test('the configuration in force loads as itself', (context) => {
  const config = load(context, policies);

  assert.deepEqual(load(context, showConfig(config)), { ...config });
});

const gaps: Readonly<Record<string, number | null>> = {
  '7 */6 * * *': 6 * 3_600_000,
  '*/10 * * * * *': 10_000,
  '* * * * *': 60_000,
  '0 9,17 * * *': 16 * 3_600_000,
  '30 2 * * mon-thu': 4 * day,
  '0 0 1 jan *': 366 * day,
  '0 0 * * 7': 7 * day,
  '5/25 * * * *': 25 * 60_000,
  '0 0 31 2 *': null,
  '0 0 29 2 *': null,
  '60 * * * *': null,
  '*/0 * * * *': null,
  '5-1 * * * *': null,
  '* * * *': null,
  '* * 15W * *': null,
  '* * * * * * *': null,
  '': null,
};

test('the longest time between two ticks of a schedule is known', () => {
  for (const [expression, gap] of Object.entries(gaps))
    assert.equal(longestGap(expression), gap, expression);
});

test('a check lists the problems, one line each', (context) => {
  const folder = folderWith(context, { 'n.yaml': 'a: 1\nb: 2\n' });

  const check = checkConfig(join(folder, 'n.yaml'));

  assert.equal(check.kind === 'invalid' && check.problems.length, 2);
});

test('a check notes what is allowed but probably not meant', (context) => {
  const yaml = 'policies: [{ name: all, match: {}, mode: auto }, { name: never, match: {} }]';
  const folder = folderWith(context, { 'n.yaml': yaml });

  const check = checkConfig(join(folder, 'n.yaml'));

  assert.ok(check.kind === 'valid');
  assert.deepEqual(
    check.notes.map((note) => note.split(':')[0]),
    ['sinks', 'store', 'heartbeat', 'policies'],
  );
  assert.match(check.notes.at(-1) ?? '', /all matches everything/);
});
