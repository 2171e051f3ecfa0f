import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Announcement } from '../../../src/domain/alert.ts';
import { expiryFacts, rotationEnded, steady } from '../../helpers/alerts.ts';
import { today } from '../../helpers/facts.ts';
import { type Answer, startReceiver, status } from '../../helpers/receiver.ts';
import { openOne } from '../../helpers/robots.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { batchOf, one } from '../../helpers/webhook.ts';
import { announcing } from '../../messages/samples.ts';

const routingKey = '0123456789abcdef0123456789abcdef';

function sinkTo(url: string) {
  return openOne(
    {
      kind: 'pagerduty',
      name: 'oncall',
      url,
      routingKey,
      timeout: 5_000,
      reach: { loopback: true, linkLocal: false },
      wording: { language: 'en', timezone: 'UTC', runbook: 'https://wiki.example.com/alerts' },
    },
    new VirtualClock(today),
  );
}

const accepted: Answer = (response) => {
  response.writeHead(202).end('{"status":"success","message":"Event processed","dedup_key":"k"}');
};

const wrongKey: Answer = (response) => {
  response.writeHead(400).end(`{"errors":["Length of 'routing_key' is incorrect"]}`);
};

function alert(overrides: Partial<Announcement> = {}): Announcement {
  const key = 'expiring/main/cn-hangzhou/101-cn-hangzhou';
  return announcing(expiryFacts(), 'warning', { key, ...overrides });
}

test('a firing alert triggers, with one key for all its thresholds', async () => {
  await using receiver = await startReceiver(accepted);
  const sink = sinkTo(receiver.url);

  await sink.deliver(batchOf(alert()), steady);
  await sink.deliver(batchOf(alert({ severity: 'expired' })), steady);

  const [first, second] = receiver.received.map(({ body }) => JSON.parse(body));
  assert.deepEqual(
    { ...first, payload: null },
    {
      routing_key: routingKey,
      event_action: 'trigger',
      dedup_key: 'newleaf/expiring/main/cn-hangzhou/101-cn-hangzhou',
      payload: null,
      links: [{ href: 'https://wiki.example.com/alerts#expiring', text: 'Runbook' }],
      client: 'newleaf',
    },
  );
  assert.deepEqual(
    { ...first.payload, custom_details: null },
    {
      summary: '[warning] Certificate shop.example.com expires in 6 days',
      source: '101-cn-hangzhou',
      severity: 'warning',
      timestamp: '2026-11-22T00:00:00.000Z',
      component: 'nlb',
      group: '/newleaf/main/cn-hangzhou',
      class: 'expiring',
      custom_details: null,
    },
  );
  assert.match(first.payload.custom_details.text, /edge \(nlb-1\) port 443/);
  assert.deepEqual(first.payload.custom_details.bindings, ['lsn-1@443/default']);
  assert.equal(second.dedup_key, first.dedup_key);
  assert.equal(second.payload.severity, 'critical');
});

test('what is seen is acknowledged, what is over is resolved, and what only happened opens nothing', async () => {
  await using receiver = await startReceiver(accepted);
  const acknowledged = { by: 'ada', at: today, note: '' };
  const { facts } = rotationEnded('info');

  await sinkTo(receiver.url).deliver(
    batchOf(
      alert({ acknowledged }),
      alert({ status: 'resolved', resolvedAt: today }),
      announcing(facts, 'info', { status: 'notice' }),
    ),
    steady,
  );

  assert.deepEqual(
    receiver.received.map(({ body }) => JSON.parse(body).event_action),
    ['trigger', 'acknowledge', 'resolve', 'resolve'],
  );
});

test('a key that is too long is cut and stays apart from others', async () => {
  await using receiver = await startReceiver(accepted);
  const long = `drift/${'x'.repeat(300)}`;

  await sinkTo(receiver.url).deliver(
    batchOf(alert({ key: `${long}a` }), alert({ key: `${long}b` })),
    steady,
  );

  const keys = receiver.received.map(({ body }) => String(JSON.parse(body).dedup_key));
  assert.ok(keys.every((key) => key.length <= 255));
  assert.equal(new Set(keys).size, 2);
});

test('of a batch what was taken before a failure is not sent again', async () => {
  await using receiver = await startReceiver(accepted, accepted, status(429), accepted);
  const sink = sinkTo(receiver.url);
  const alerts = ['a', 'b', 'c'].map((key) => alert({ key }));

  assert.deepEqual(await sink.deliver(batchOf(...alerts), steady), { kind: 'accepted', taken: 2 });
  assert.deepEqual(await sink.deliver(batchOf(...alerts.slice(2)), steady), {
    kind: 'accepted',
    taken: 1,
  });
});

test('an answer of PagerDuty that is not 202 says who is to blame', async () => {
  await using receiver = await startReceiver(
    wrongKey,
    status(400),
    status(429, { 'retry-after': '3' }),
    status(500),
  );
  const sink = sinkTo(receiver.url);

  const results = [];
  for (let sent = 0; sent < 4; sent += 1) results.push(await sink.deliver(one, steady));

  assert.deepEqual(results, [
    {
      kind: 'rejected',
      blames: 'sink',
      reason: 'the receiver answered 400: it does not know the routing key',
    },
    { kind: 'rejected', blames: 'message', reason: 'the receiver answered 400' },
    { kind: 'retry', afterMs: 3_000, reason: 'the receiver answered 429' },
    { kind: 'retry', afterMs: null, reason: 'the receiver answered 500' },
  ]);
  assert.doesNotMatch(JSON.stringify(results), new RegExp(routingKey));
});
