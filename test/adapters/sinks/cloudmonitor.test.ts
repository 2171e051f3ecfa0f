import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import cms from '@alicloud/cms20190101';
import { z } from 'zod';
import { openMonitor } from '../../../src/adapters/alibaba/monitor.ts';
import { systemClock, systemEntropy } from '../../../src/adapters/clock.ts';
import { type RunningSandbox, startSandbox } from '../../../src/sandbox/start.ts';
import { takeStock } from '../../../src/domain/assessment.ts';
import { openDaysReport } from '../../../src/usecases/report-days.ts';
import { aBinding, expiryFacts, steady } from '../../helpers/alerts.ts';
import {
  aCertificate,
  after as later,
  aListener,
  anInventory,
  aPolicy,
  days,
  today,
} from '../../helpers/facts.ts';
import { logBook } from '../../helpers/log-book.ts';
import { openOne } from '../../helpers/robots.ts';
import { callsOf, order, stateOf } from '../../helpers/sandbox-control.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { batchOf, one } from '../../helpers/webhook.ts';
import { announcing } from '../../messages/samples.ts';
import { configFor } from '../../sandbox/certificate-clients.ts';

const Held = z.object({
  monitor: z.object({
    metrics: z.array(
      z.object({
        name: z.string(),
        dimensions: z.record(z.string(), z.string()),
        values: z.record(z.string(), z.number()),
      }),
    ),
  }),
});

let sandbox: RunningSandbox;

before(async () => {
  sandbox = await startSandbox({ seed: 'small', rateLimits: 'off' });
});
after(() => sandbox.close());

function monitor(accessKeySecret = sandbox.description.accessKeySecret) {
  const { endpoints, accessKeyId } = sandbox.description;
  return openMonitor(
    {
      account: 'main',
      region: 'cn-hangzhou',
      credentials: { kind: 'keys', accessKeyId, accessKeySecret, securityToken: null },
      endpoints,
      timeouts: { attemptMs: 5_000, totalMs: 10_000 },
      rateShare: null,
    },
    { clock: systemClock, entropy: systemEntropy, onCall: () => undefined },
  );
}

function sink(secret?: string) {
  const wording = { language: 'zh', timezone: 'Asia/Shanghai', runbook: 'docs/alerts.md' } as const;
  return openOne({ kind: 'cloudmonitor', name: 'cms', wording, monitor: monitor(secret) });
}

/** The events of a name as CloudMonitor holds them, the newest first. */
async function eventsNamed(name: string) {
  const client = new cms.default(configFor(sandbox, 'cms', 'cn-hangzhou'));
  const request = new cms.DescribeCustomEventAttributeRequest({ name, pageSize: 1000 });
  const { body } = await client.describeCustomEventAttribute(request);
  return body?.customEvents?.customEvent ?? [];
}

test('CloudMonitor holds an event for each alert, named by its severity', async () => {
  const over = announcing(expiryFacts(), 'critical', { status: 'resolved', resolvedAt: today });

  const result = await sink().deliver(batchOf(announcing(expiryFacts(), 'expired'), over), steady);

  assert.deepEqual(result, { kind: 'accepted', taken: 2 });
  const [expired, ...others] = await eventsNamed('newleaf_expired');
  assert.deepEqual(others, []);
  assert.equal(expired?.time, String(today.getTime()));
  assert.match(expired?.content ?? '', /shop\.example\.com[^]*edge（nlb-1）[^]*\nid: key\/1@/);
  assert.equal((await eventsNamed('newleaf_resolved')).length, 1);
});

test('many alerts go in calls of at most fifty, and none is lost', async () => {
  const bindings = Array.from({ length: 40 }, () =>
    aBinding({ loadBalancerName: '负载均衡'.repeat(20) }),
  );
  const batch = batchOf(
    ...Array.from({ length: 120 }, (_, index) =>
      announcing(expiryFacts({ bindings }), 'info', { id: `n-${index}` }),
    ),
  );
  const to = sink();

  const unsaid = [...batch.announcements];
  while (unsaid.length > 0) {
    const result = await to.deliver({ ...batch, announcements: unsaid }, steady);
    assert.ok(result.kind === 'accepted' && result.taken > 0 && result.taken <= 50);
    unsaid.splice(0, result.taken);
  }

  const ids = (await eventsNamed('newleaf_info')).map(
    ({ content = '' }) => /id: (.*)$/.exec(content)?.[1],
  );
  assert.deepEqual(new Set(ids), new Set(batch.announcements.map(({ id }) => id)));
});

test('a failure inside HTTP 200, a throttled call and a bad key are told apart, and nothing is half accepted', async () => {
  const inside = { kind: 'refuse-inside-200', action: 'PutCustomEvent', times: 1 };
  const results = [];
  for (const code of [
    'InternalError',
    'ThrottlingException',
    'AccessForbidden',
    'ParameterInvalid',
    '500',
  ]) {
    await order(sandbox, { ...inside, code, message: 'no' });
    results.push(await sink().deliver(one, steady));
  }
  results.push(await sink('wrong').deliver(one, steady));

  const refused = 'CloudMonitor refused the events:';
  assert.deepEqual(results, [
    { kind: 'retry', afterMs: null, reason: `${refused} InternalError` },
    { kind: 'retry', afterMs: null, reason: `${refused} ThrottlingException` },
    { kind: 'rejected', blames: 'sink', reason: `${refused} AccessForbidden` },
    { kind: 'rejected', blames: 'message', reason: `${refused} ParameterInvalid` },
    { kind: 'retry', afterMs: null, reason: `${refused} 500` },
    { kind: 'rejected', blames: 'sink', reason: `${refused} SignatureDoesNotMatch` },
  ]);
  assert.deepEqual(await eventsNamed('newleaf_warning'), []);
});

/** Two certificates on three bindings, and one whose end nobody knows. */
function stock() {
  const bound = ['1', '2', '2', 'unknown'].map(
    (id) => ({ slot: 'additional', id, state: 'bound' }) as const,
  );
  const certificates = [
    aCertificate({ id: '1', names: ['a.example.com'], notAfter: later(today, days(6.25)) }),
    aCertificate({ id: '2', names: ['b.example.com'], notAfter: later(today, -days(1)) }),
  ];
  return takeStock(anInventory({ listeners: [aListener({ bound })], certificates }), {
    now: today,
    policies: [aPolicy()],
    planning: null,
    admission: { inFlight: [] },
    additionalLimit: () => 25,
  });
}

test('the days left of each certificate are reported once a period, and a failure waits for the next', async () => {
  const clock = new VirtualClock(today);
  const { log, lines } = logBook();
  const report = openDaysReport({ monitors: [monitor()], stock: async () => stock(), clock, log });

  await report(steady);
  await report(steady);
  await clock.sleep(300_000, steady);
  await order(sandbox, {
    kind: 'refuse-inside-200',
    action: 'PutCustomMetric',
    code: 'AccessForbidden',
    message: 'no',
    times: 1,
  });
  await report(steady);

  const { monitor: held } = Held.parse(await stateOf(sandbox));
  assert.deepEqual(
    held.metrics.map(({ name, dimensions, values }) => [name, dimensions, values['value']]),
    [
      ['newleaf_days_left', { account: 'main', certificate: '2', name: 'b.example.com' }, -1],
      ['newleaf_days_left', { account: 'main', certificate: '1', name: 'a.example.com' }, 6.25],
    ],
  );
  assert.equal((await callsOf(sandbox, 'PutCustomMetric')).length, 2);
  assert.deepEqual(
    lines.map(({ level, fields, sentence }) => [level, fields, sentence]),
    [['warn', { code: 'cloud.denied' }, 'the days left could not be reported to CloudMonitor']],
  );
});
