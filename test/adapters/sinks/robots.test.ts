import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertBatch, Announcement } from '../../../src/domain/alert.ts';
import type { Severity } from '../../../src/domain/policy.ts';
import { aBinding, expiryFacts, steady } from '../../helpers/alerts.ts';
import { after, days, today } from '../../helpers/facts.ts';
import { startReceiver } from '../../helpers/receiver.ts';
import {
  isSignedForDingTalk,
  isSignedForFeishu,
  chineseRobot,
  robot,
  robotKinds,
  robotSecret,
  type RobotKind,
  shown,
  success,
} from '../../helpers/robots.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { batchOf, one } from '../../helpers/webhook.ts';
import { announcing } from '../../messages/samples.ts';

/** Certificates `cert-000.example.com` and so on, one alert each. */
function manyAlerts(count: number, severityOf: (index: number) => Severity): AlertBatch {
  return batchOf(
    ...Array.from({ length: count }, (_, index) => alertFor(index, severityOf(index))),
  );
}

function alertFor(index: number, severity: Severity): Announcement {
  const name = nameOf(index);
  const facts = expiryFacts({
    certificate: { id: `${index}-cn-hangzhou`, label: '', names: [name], fingerprint256: null },
  });
  return announcing(facts, severity, { id: name, key: name });
}

function nameOf(index: number): string {
  return `cert-${String(index).padStart(3, '0')}.example.com`;
}

async function answering(kind: RobotKind) {
  return startReceiver((response) => response.end(success[kind]));
}

/** As each vendor documents it. */
const keepsTheLimit: Readonly<Record<RobotKind, (body: string) => boolean>> = {
  slack: (body) => {
    const [{ blocks }] = JSON.parse(body).attachments;
    const [{ text: header }, ...others] = blocks;
    const sections = others.flatMap(({ text }: { text?: { text: string } }) => text?.text ?? []);
    return (
      blocks.length <= 50 &&
      header.text.length <= 150 &&
      sections.every((text: string) => text.length > 0 && text.length <= 3_000)
    );
  },
  dingtalk: (body) => Buffer.byteLength(body) <= 20_000,
  feishu: (body) => Buffer.byteLength(body) <= 20_000,
  wecom: (body) => Buffer.byteLength(JSON.parse(body).markdown.content) <= 4_096,
};

for (const kind of robotKinds) {
  test(`${kind}: one alert says what, until when, where and what to do`, async () => {
    await using receiver = await answering(kind);

    const result = await robot(kind, receiver.url).deliver(one, steady);

    assert.deepEqual(result, { kind: 'accepted', taken: 1 });
    const [request] = receiver.received;
    assert.ok(request);
    assert.equal(request.method, 'POST');
    assert.match(request.headers['content-type'] ?? '', /^application\/json/);
    const text = shown[kind](request);
    assert.match(text, /^\[warning\] Certificate shop\.example\.com expires in 6 days\n/);
    assert.match(text, /2026-11-28 08:00 Asia\/Shanghai \(2026-11-28 00:00 UTC\)/);
    assert.match(text, /edge \(nlb-1\) port 443 "web"/);
    assert.match(text, /newleaf replaces it by certificate 202-cn-hangzhou/);
    assert.match(text, /docs\/alerts\.md#expiring$/);
  });

  test(`${kind}: the runbook is named in the language of the sink`, async () => {
    await using receiver = await answering(kind);

    await chineseRobot(kind, receiver.url).deliver(one, steady);

    const [request] = receiver.received;
    assert.ok(request);
    assert.match(shown[kind](request), /\n处理手册：docs\/alerts\.md#expiring$/);
  });

  test(`${kind}: fifty certificates are one message that names each, worst first`, async () => {
    await using receiver = await answering(kind);
    const batch = manyAlerts(50, (index) => (index < 3 ? 'critical' : 'warning'));

    const result = await robot(kind, receiver.url).deliver(batch, steady);

    assert.deepEqual(result, { kind: 'accepted', taken: 50 });
    const [request, ...others] = receiver.received;
    assert.ok(request && others.length === 0);
    assert.ok(keepsTheLimit[kind](request.body));
    const named = [...shown[kind](request).matchAll(/cert-\d+\.example\.com/g)].map(String);
    const [, counted = '0'] = /(\d+) more/.exec(shown[kind](request)) ?? [];
    assert.deepEqual(
      named,
      Array.from({ length: named.length }, (_, index) => nameOf(index)),
    );
    assert.equal(named.length + Number(counted), 50);
    assert.ok(named.length >= 25, `${named.length} named`);
  });

  test(`${kind}: however many there are, what is critical is named and the rest is told as well`, async () => {
    await using receiver = await answering(kind);
    const sink = robot(kind, receiver.url, new VirtualClock(today));
    const batch = manyAlerts(500, (index) => (index < 200 ? 'critical' : 'info'));

    const unsaid = [...batch.announcements];
    while (unsaid.length > 0) {
      const result = await sink.deliver({ ...batch, announcements: unsaid }, steady);
      assert.ok(result.kind === 'accepted' && result.taken > 0);
      unsaid.splice(0, result.taken);
    }

    const texts = receiver.received.map((request) => shown[kind](request)).join('\n');
    for (let index = 0; index < 200; index += 1) assert.ok(texts.includes(nameOf(index)));
    for (const { body } of receiver.received) assert.ok(keepsTheLimit[kind](body));
    assert.ok(receiver.received.length <= 8, `${receiver.received.length} messages`);
  });

  test(`${kind}: an alert that is too long is shortened, and keeps its title, end and runbook`, async () => {
    await using receiver = await answering(kind);
    const label = '长'.repeat(2_000);
    const bindings = Array.from({ length: 400 }, () =>
      aBinding({ loadBalancerName: label, listenerDescription: label }),
    );
    const names = Array.from(
      { length: 90 },
      (_, index) => `${'证'.repeat(60)}${index}.example.com`,
    );
    const certificate = { id: '1-cn-hangzhou', label, names, fingerprint256: null };
    const facts = expiryFacts({ bindings, certificate });

    const result = await robot(kind, receiver.url).deliver(
      batchOf(announcing(facts, 'critical')),
      steady,
    );

    assert.deepEqual(result, { kind: 'accepted', taken: 1 });
    const [request] = receiver.received;
    assert.ok(request);
    assert.ok(keepsTheLimit[kind](request.body));
    const text = shown[kind](request);
    assert.match(text, /^\[critical\] Certificate 证/);
    assert.match(text, /Until: 2026-11-28 08:00/);
    assert.match(text, /docs\/alerts\.md#expiring$/);
  });

  test(`${kind}: no more messages a minute than it allows, failing ones included`, async () => {
    await using receiver = await startReceiver((response) => response.writeHead(400).end());
    const clock = new VirtualClock(today);
    const sink = robot(kind, receiver.url, clock);

    const allowed = { slack: 60, dingtalk: 20, feishu: 100, wecom: 20 }[kind];
    const times: number[] = [];
    for (let sent = 0; sent < allowed + 10; sent += 1) {
      await sink.deliver(one, steady);
      times.push(clock.now().getTime());
    }

    const windows = times.map((from) => times.filter((at) => at >= from && at < from + 60_000));
    assert.ok(windows.every((window) => window.length <= allowed));
    const inASecond = times.map((from) => times.filter((at) => at >= from && at < from + 1_000));
    assert.ok(inASecond.every((window) => window.length <= 5));
  });
}

test('DingTalk finds its signature in the address, with milliseconds', async () => {
  await using receiver = await answering('dingtalk');
  const clock = new VirtualClock(today);

  await robot('dingtalk', receiver.url, clock).deliver(one, steady);

  const [request] = receiver.received;
  assert.ok(request);
  assert.ok(isSignedForDingTalk(request, robotSecret, clock.now()));
  assert.ok(!isSignedForDingTalk(request, 'another secret', clock.now()));
  assert.ok(!isSignedForDingTalk(request, robotSecret, after(today, days(1))));
  assert.equal(new URL(request.path, 'http://robot').searchParams.get('token'), 'hush');
});

test('Feishu finds its signature in the body, with seconds', async () => {
  await using receiver = await answering('feishu');
  const clock = new VirtualClock(today);

  await robot('feishu', receiver.url, clock).deliver(one, steady);

  const [request] = receiver.received;
  assert.ok(request);
  assert.ok(isSignedForFeishu(request, robotSecret, clock.now()));
  assert.ok(!isSignedForFeishu(request, 'another secret', clock.now()));
  assert.ok(!isSignedForFeishu(request, robotSecret, after(today, days(1))));
});

test('names that look like markup reach the reader as they are, and call nobody', async () => {
  const certificate = {
    id: '1-cn-hangzhou',
    label: '<@all> [x](http://evil) <!channel>',
    names: ['*.example.com', '*.shop.example.com'],
    fingerprint256: null,
  };
  const batch = batchOf(announcing(expiryFacts({ certificate }), 'warning'));

  for (const kind of robotKinds) {
    await using receiver = await answering(kind);
    await robot(kind, receiver.url).deliver(batch, steady);

    const [request] = receiver.received;
    assert.ok(request);
    assert.match(shown[kind](request), /names: \*\.example\.com, \*\.shop\.example\.com/, kind);
    if (kind === 'slack') assert.doesNotMatch(JSON.parse(request.body).text, /[<>]/);
    if (kind === 'slack') assert.doesNotMatch(request.body, /mrkdwn/);
    if (kind === 'wecom') assert.doesNotMatch(shown.wecom(request), /<|]\(/);
  }
});
