import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertBatch, Announcement } from '../../../src/domain/alert.ts';
import { createAlerts } from '../../../src/usecases/announce.ts';
import { deliver } from '../../../src/usecases/deliver.ts';
import { systemClock } from '../../../src/adapters/clock.ts';
import { hasAlertmanager, startAlertmanager } from '../../helpers/alertmanager.ts';
import {
  alertWorld,
  expiring,
  expiryFacts,
  missing,
  rotationEnded,
  steady,
} from '../../helpers/alerts.ts';
import { after, hours } from '../../helpers/facts.ts';
import { openOne } from '../../helpers/robots.ts';
import { type Received, startReceiver, status } from '../../helpers/receiver.ts';
import { announcing } from '../../messages/samples.ts';

function sinkTo(url: string, token: string | null = null) {
  return openOne({
    kind: 'alertmanager',
    name: 'team',
    url,
    token,
    labels: { team: 'platform' },
    resendEvery: 120_000,
    timeout: 5_000,
    reach: { loopback: true, linkLocal: false },
    wording: { language: 'en', timezone: 'UTC', runbook: 'https://wiki.example.com/alerts' },
  });
}

const began = after(new Date(), -hours(3));

function batchAt(at: Date, ...announcements: readonly Announcement[]): AlertBatch {
  return { reason: 'changes', at, announcements };
}

function warning(overrides: Partial<Announcement> = {}): Announcement {
  const given = { key: 'expiring/main/cn-hangzhou/101', since: began, raisedAt: began };
  return announcing(expiryFacts(), 'warning', { ...given, ...overrides });
}

function over(alert: Announcement): Announcement {
  return { ...alert, status: 'resolved', resolvedAt: new Date() };
}

interface Notification {
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly { readonly status: string; readonly labels: Record<string, string> }[];
}

/** A receiver behind Alertmanager; `told` resolves with the first notification that fits. */
async function startPager() {
  const waiting = new Set<() => void>();
  const receiver = await startReceiver((response) => {
    response.end();
    for (const look of waiting) look();
  });
  const all = (): readonly Notification[] =>
    receiver.received.map(({ body }: Received) => JSON.parse(body));
  return {
    url: receiver.url,
    told: (fits: (notification: Notification) => boolean) =>
      new Promise<Notification>((resolve) => {
        const look = (): void => {
          const found = all().find(fits);
          if (found !== undefined) resolve(found);
        };
        waiting.add(look);
        look();
      }),
    [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose](),
  };
}

test('Alertmanager receives, groups, keeps and resolves', {
  skip: !hasAlertmanager && 'prometheus-alertmanager is not installed',
}, async () => {
  await using pager = await startPager();
  await using manager = await startAlertmanager(pager.url);
  const sink = sinkTo(manager.url);
  const first = new Date();
  const other = warning({ key: 'expiring/main/cn-hangzhou/102' });

  // Receives and groups.
  const result = await sink.deliver(batchAt(first, warning(), other), steady);
  assert.deepEqual(result, { kind: 'accepted', taken: 2 });
  const group = await pager.told(({ alerts }) => alerts.length === 2);
  assert.deepEqual(group.groupLabels, { alertname: 'NewleafCertificateExpiring' });
  assert.deepEqual(
    group.alerts.map(({ labels: { severity, team } }) => ({ severity, team })),
    Array.from({ length: 2 }, () => ({ severity: 'warning', team: 'platform' })),
  );

  // Keeps for five resends, from the last one on.
  const later = after(first, 60_000);
  await sink.deliver(batchAt(later, warning(), other), steady);
  const held = await manager.held();
  assert.equal(held.length, 2);
  for (const { startsAt, endsAt } of held) {
    assert.equal(Date.parse(startsAt), began.getTime());
    assert.equal(Date.parse(endsAt), later.getTime() + 5 * 120_000);
  }

  // A higher severity takes the place of the lower one.
  const worse = announcing(expiryFacts({ kind: 'expired' }), 'expired', {
    key: other.key,
    since: began,
  });
  await sink.deliver(batchAt(new Date(), worse), steady);
  const severities = (await manager.held()).map(({ labels }) => labels['severity']);
  assert.deepEqual(new Set(severities), new Set(['critical', 'warning']));

  // Resolves.
  await sink.deliver(batchAt(new Date(), over(warning()), over(worse)), steady);
  assert.deepEqual(await manager.held(), []);
  await pager.told(({ alerts }) => alerts.every((alert) => alert.status === 'resolved'));
});

test('what is no longer seen and what only happened is not held there', {
  skip: !hasAlertmanager && 'prometheus-alertmanager is not installed',
}, async () => {
  await using pager = await startPager();
  await using manager = await startAlertmanager(pager.url);
  const world = { ...alertWorld([sinkTo(manager.url)]), clock: systemClock };
  const alerts = createAlerts(world);
  const everything = { covers: () => true };

  await alerts.update([expiring('warning'), missing('List'), rotationEnded('info')], everything);
  await deliver(world, 'team', steady);
  await alerts.update([missing('List')], everything);
  await deliver(world, 'team', steady);

  const names = (await manager.held()).map(({ labels }) => labels['alertname']);
  assert.deepEqual(names, ['NewleafScanMissing']);
});

test('labels hold nothing that changes, and annotations say what a person needs', async () => {
  await using receiver = await startReceiver(status(200));
  const sink = sinkTo(receiver.url, 'hush');

  await sink.deliver(batchAt(new Date(), warning()), steady);

  const [request] = receiver.received;
  assert.ok(request);
  assert.equal(request.path, '/hook/api/v2/alerts?token=hush');
  assert.equal(request.headers.authorization, 'Bearer hush');
  const alerts = JSON.parse(request.body);
  const current = alerts.find(
    ({ labels }: { labels: Record<string, string> }) => labels['severity'] === 'warning',
  );
  assert.deepEqual(current.labels, {
    team: 'platform',
    alertname: 'NewleafCertificateExpiring',
    severity: 'warning',
    key: 'expiring/main/cn-hangzhou/101',
    account: 'main',
    site: 'cn-hangzhou',
    certificate: '101-cn-hangzhou',
  });
  assert.match(current.annotations.summary, /^\[warning\] Certificate shop\.example\.com/);
  assert.match(current.annotations.description, /edge \(nlb-1\) port 443/);
  assert.equal(current.annotations.runbook_url, 'https://wiki.example.com/alerts#expiring');
});
