import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SendFailure } from '../../../src/ports/sink.ts';
import { createAlerts } from '../../../src/usecases/announce.ts';
import { type DeliverDeps, deliver } from '../../../src/usecases/deliver.ts';
import { alertWorld, expiring, missing, steady } from '../../helpers/alerts.ts';
import { after, days, today } from '../../helpers/facts.ts';
import { type Answer, startReceiver, status } from '../../helpers/receiver.ts';
import { robot, robotKinds, type RobotKind, shown, success } from '../../helpers/robots.ts';
import { logBook } from '../../helpers/log-book.ts';
import { one } from '../../helpers/webhook.ts';

const minute = 60_000;

function retry(afterMs: number | null, reason: string): SendFailure {
  return { kind: 'retry', afterMs, reason };
}

function rejected(blames: 'message' | 'sink', reason: string): SendFailure {
  return { kind: 'rejected', blames, reason };
}

/** Replies as the vendors send them, all with status 200; what they say to us is never repeated. */
const replies: readonly (readonly [RobotKind, string, SendFailure])[] = [
  [
    'dingtalk',
    '{"status":1111,"wait":5,"source":"x5","punish":"deny","errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}',
    retry(
      10 * minute,
      'the robot answered code 130101: too many messages a minute, so it takes none for ten minutes',
    ),
  ],
  [
    'dingtalk',
    '{"errcode":310000,"errmsg":"sign not match, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]"}',
    rejected(
      'sink',
      'the robot answered code 310000: the signature is refused; check secret and the clock of this machine',
    ),
  ],
  [
    'dingtalk',
    '{"errcode":310000,"errmsg":"keywords not in content"}',
    rejected(
      'sink',
      'the robot answered code 310000: the text holds none of the keywords that the robot asks for',
    ),
  ],
  [
    'dingtalk',
    '{"errcode":"300005","errmsg":"token is not exist"}',
    rejected('sink', 'the robot answered code 300005: the access token in url does not exist'),
  ],
  [
    'dingtalk',
    '{"errcode":460101,"errmsg":"message too long, exceed 20000 bytes"}',
    rejected('message', 'the robot answered code 460101: the message is too long'),
  ],
  [
    'dingtalk',
    '{"errcode":-1,"errmsg":"系统繁忙"}',
    retry(null, 'the robot answered code -1: it is busy'),
  ],
  [
    'dingtalk',
    '{"errcode":777777,"errmsg":"token=hush"}',
    rejected('message', 'the robot answered code 777777: it refused the message'),
  ],
  [
    'feishu',
    '{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}',
    rejected(
      'sink',
      'the robot answered code 19021: the signature is refused; check secret and the clock of this machine',
    ),
  ],
  [
    'feishu',
    '{"code":19022,"msg":"Ip Not Allowed"}',
    rejected(
      'sink',
      'the robot answered code 19022: the robot does not take messages from this address',
    ),
  ],
  [
    'feishu',
    '{"code":19024,"msg":"Key Words Not Found"}',
    rejected(
      'sink',
      'the robot answered code 19024: the text holds none of the keywords that the robot asks for',
    ),
  ],
  [
    'feishu',
    '{"code":11232,"msg":"frequency limited"}',
    retry(
      minute,
      'the robot answered code 11232: too many messages, of this robot or of all at this minute',
    ),
  ],
  [
    'feishu',
    '{"code":9499,"msg":"Bad Request","data":{}}',
    rejected('message', 'the robot answered code 9499: it cannot read the message'),
  ],
  [
    'wecom',
    '{"errcode":45009,"errmsg":"api freq out of limit"}',
    retry(minute, 'the robot answered code 45009: too many messages a minute'),
  ],
  [
    'wecom',
    '{"errcode":93000,"errmsg":"invalid webhook url, hint: [1592021214_50_551fc8], from ip: 192.0.2.1"}',
    rejected('sink', 'the robot answered code 93000: the key in url does not exist'),
  ],
  [
    'wecom',
    '{"errcode":93000,"errmsg":"Invalid input : content exceed max length. invalid Request Parameter"}',
    rejected('message', 'the robot answered code 93000: the message is too long'),
  ],
  ['feishu', '<html>', retry(null, 'the receiver answered 200, but not as a robot does')],
  ['wecom', '{}', retry(null, 'the receiver answered 200, but not as a robot does')],
];

test('an error in the body of a 200 is a failure, told in our own words', async () => {
  for (const [kind, body, expected] of replies) {
    await using receiver = await startReceiver((response) => response.end(body));

    assert.deepEqual(await robot(kind, receiver.url).deliver(one, steady), expected, body);
  }
});

test('the code decides under a status that is not 200 as well', async () => {
  await using receiver = await startReceiver((response) =>
    response.writeHead(400).end('{"code":19001,"msg":"incoming webhook access token invalid"}'),
  );

  assert.deepEqual(
    await robot('feishu', receiver.url).deliver(one, steady),
    rejected('sink', 'the robot answered code 19001: the token in url does not exist'),
  );
});

for (const kind of robotKinds) {
  test(`${kind}: 429, 5xx, a redirect and a megabyte are told in one line each`, async () => {
    await using receiver = await startReceiver(
      status(429, { 'retry-after': '7' }),
      status(429),
      status(503),
      status(302, { location: 'http://169.254.169.254/latest/meta-data/' }),
      (response) => response.end('x'.repeat(1_000_000)),
    );
    const sink = robot(kind, receiver.url, quick());
    const results = [];
    for (let sent = 0; sent < 4; sent += 1) results.push(await sink.deliver(one, steady));

    const documented = { slack: null, dingtalk: 10 * minute, feishu: minute, wecom: minute }[kind];
    assert.deepEqual(results, [
      retry(7_000, 'the receiver answered 429'),
      retry(documented, 'the receiver answered 429'),
      retry(null, 'the receiver answered 503'),
      rejected('sink', 'the receiver answered 302, and redirects are not followed'),
    ]);
    const cut = receiver.closed();
    const big = await sink.deliver(one, steady);
    await cut;
    // Slack's status is all it has to say.
    assert.equal(big.kind, kind === 'slack' ? 'accepted' : 'retry');
  });

  test(`${kind}: through failures of every kind nothing is lost, and the end comes last`, async () => {
    const failures = failuresOf(kind);
    await using receiver = await startReceiver(...failures, (response) =>
      response.end(success[kind]),
    );
    const clock = quick();
    const { log, lines } = logBook();
    const world = { ...alertWorld([robot(kind, receiver.url, clock)]), clock, log };
    const alerts = createAlerts(world);

    await alerts.update([expiring('warning'), missing('List')], everything);
    await drain(world, clock);
    await alerts.update([expiring('critical', { notAfter: after(today, days(1)) })], everything);
    await drain(world, clock);
    await alerts.update([], everything);
    await drain(world, clock);

    const told = receiver.received.slice(failures.length).map((request) => shown[kind](request));
    assert.equal(told.length, 3);
    assert.match(told[0] ?? '', /2 warning[^]*shop\.example\.com expires[^]*List failed/);
    assert.match(told[1] ?? '', /\[critical\] Certificate shop[^]*\[resolved\] cn-hangzhou/);
    assert.match(told[2] ?? '', /^\[resolved\] Certificate shop\.example\.com/);
    assert.doesNotMatch(JSON.stringify([lines, await world.ledger.sink('team')]), /hush/);
  });
}

const everything = { covers: () => true };

async function drain(world: DeliverDeps, clock: ReturnType<typeof quick>): Promise<void> {
  for (;;) {
    const outcome = await deliver(world, 'team', steady);
    if (outcome.kind === 'done') return;
    assert.ok(outcome.kind === 'later');
    clock.pass(outcome.at.getTime() - clock.now().getTime());
  }
}

/** A 5xx, too much at once, and for those that have it an error inside 200. */
function failuresOf(kind: RobotKind): readonly Answer[] {
  const inside = {
    slack: 'nothing',
    dingtalk: '{"errcode":130101}',
    feishu: '{"code":11232}',
    wecom: '{"errcode":45009}',
  }[kind];
  const failures = [status(500), status(429, { 'retry-after': '2' })];
  return kind === 'slack' ? failures : [...failures, (response) => response.end(inside)];
}

/** A clock on which only those wait who keep a lease alive. */
function quick() {
  let now = today.getTime();
  return {
    now: () => new Date(now),
    monotonic: () => now,
    pass: (ms: number) => {
      now += ms;
    },
    sleep: async (ms: number, signal: AbortSignal) => {
      if (ms < 15_000) now += ms;
      else await new Promise((resolve) => signal.addEventListener('abort', resolve));
      signal.throwIfAborted();
    },
  };
}
