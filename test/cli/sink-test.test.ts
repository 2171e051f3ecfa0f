import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SinkTestDocument } from '../../src/api/sink-test.ts';
import { systemClock } from '../../src/adapters/clock.ts';
import { openSinkTestDesk } from '../../src/web/sink-test.ts';
import type { Sink } from '../../src/ports/sink.ts';
import { listAudit } from '../../src/usecases/audit/read.ts';
import { aTrail, sha256 } from '../helpers/audit.ts';
import { against } from '../helpers/daemon-cli.ts';
import { reader } from '../helpers/desk.ts';
import { type Answer, type Receiver, startReceiver, status } from '../helpers/receiver.ts';
import { openOne, robot } from '../helpers/robots.ts';
import { memoryStore } from '../helpers/store.ts';

const accepted: Answer = (response) => response.end('{"errcode":0}');

const wrongSecret: Answer = (response) =>
  response.end('{"errcode":310000,"errmsg":"sign not match"}');

function pagerDuty(url: string): Sink {
  return openOne({
    kind: 'pagerduty',
    name: 'oncall',
    url,
    routingKey: 'key-hush',
    timeout: 5_000,
    reach: { loopback: true, linkLocal: false },
    wording: { language: 'zh', timezone: 'Asia/Shanghai', runbook: 'docs/alerts.md' },
  });
}

/** A daemon with a DingTalk robot and PagerDuty, both answered by one receiver. */
async function ask(receiver: Receiver, line: string, who?: typeof reader) {
  const sinks = [robot('dingtalk', receiver.url), pagerDuty(receiver.url)];
  const trail = aTrail(memoryStore());
  const ran = await against(openSinkTestDesk({ sinks, clock: systemClock }, trail), line, who);
  return { ...ran, trail };
}

test('alerts test sends a marked alert in the way alerts go, and says that it was accepted', async () => {
  await using receiver = await startReceiver(accepted);

  const { code, out, trail } = await ask(receiver, 'alerts test team');

  assert.equal(out, 'team (dingtalk) accepted the test alert.\n');
  assert.equal(code, 0);
  const { content } = JSON.parse(receiver.received[0]?.body ?? '').text;
  assert.match(content, /^\[info\] TEST: nothing is wrong, \w+ tries whether team is heard\n/);
  assert.match(receiver.received[0]?.path ?? '', /sign=/);
  const { rows } = await listAudit({ audit: trail, sha256 }, {}, 10);
  assert.deepEqual(
    rows.map(({ action, facts }) => [action, facts]),
    [['sink.tested', { sink: 'team', result: 'accepted' }]],
  );
});

test('a sink that holds it open says how to end it, and takes the end', async () => {
  await using receiver = await startReceiver(status(202));

  const opened = await ask(receiver, 'alerts test oncall --severity critical');
  const ended = await ask(receiver, 'alerts test oncall --end');

  assert.equal(
    opened.out,
    'oncall (pagerduty) accepted the test alert. It stays open: newleaf alerts test oncall --end\n',
  );
  assert.equal(ended.out, 'oncall (pagerduty) accepted the test alert.\n');
  const [trigger, resolve] = receiver.received.map(({ body }) => JSON.parse(body));
  assert.deepEqual([trigger.event_action, resolve.event_action], ['trigger', 'resolve']);
  assert.equal(trigger.payload.severity, 'critical');
  assert.match(trigger.payload.summary, /【测试】没有任何故障/);
  assert.equal(resolve.dedup_key, trigger.dedup_key);
});

test('what was not accepted is one clear line and exit code 1, without a secret', async () => {
  await using receiver = await startReceiver(wrongSecret, status(503));

  const refused = await ask(receiver, 'alerts test team');
  const busy = await ask(receiver, 'alerts test team --json');

  assert.equal(refused.code, 1);
  assert.equal(
    refused.out,
    'team (dingtalk) did not accept the test alert: the robot answered code 310000: the signature is refused; check secret and the clock of this machine; mend this first\n',
  );
  assert.equal(busy.code, 1);
  assert.deepEqual(SinkTestDocument.parse(JSON.parse(busy.out)), {
    sink: 'team',
    kind: 'dingtalk',
    result: 'retry',
    reason: 'the receiver answered 503',
    open: false,
  });
  assert.doesNotMatch(refused.out + busy.out + refused.err + busy.err, /hush/);
});

test('an unknown sink names the known ones, and a reader may not test', async () => {
  await using receiver = await startReceiver(accepted);

  const unknown = await ask(receiver, 'alerts test taem');
  const forbidden = await ask(receiver, 'alerts test team', reader);
  const usage = await ask(receiver, 'alerts test team --severity high');

  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /no sink is called taem \(configured: team, oncall\)/);
  assert.equal(forbidden.code, 1);
  assert.equal(usage.code, 2);
  assert.deepEqual(receiver.received, []);
});
