import { createHmac } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import type { Sink } from '../../ports/sink.ts';
import type { Text } from './fitting.ts';
import type { Exchange } from './http-send.ts';
import { openRobot, type RobotOptions } from './robot.ts';
import { badMessage, badSink, busy, type Dialect, robotFailure } from './robot-verdict.ts';

export interface DingTalkOptions extends RobotOptions {
  /** Null when the robot is secured by a keyword or by addresses. */
  readonly secret: string | null;
}

/** Whoever sends more than twenty messages a minute is shut out for ten minutes. */
const SHUT_OUT = 10 * 60_000;
/** Below twenty: a message may arrive later than it was sent, and then meets the next ones. */
const PER_MINUTE = 18;
const LONGEST_BODY = 20_000;

/**
 * DingTalk's custom robot, as plain text: its markdown would take the stars out of wildcard names and join our lines. The
 * signature goes into the address.
 */
export function openDingTalk(options: DingTalkOptions, clock: Clock): Sink {
  const { secret, url } = options;
  const robot = {
    kind: 'dingtalk',
    bytes: LONGEST_BODY,
    perMinute: PER_MINUTE,
    size: (text: Text) => Buffer.byteLength(JSON.stringify(messageOf(text))),
    body: messageOf,
    address: (now: Date) => (secret === null ? url : signed(url, secret, now)),
    failure: (exchange: Exchange, now: Date) => robotFailure(exchange, now, dialect),
  };
  return openRobot(robot, options, clock);
}

function messageOf({ title, lines, runbookLine }: Text) {
  const content = [title, ...lines, runbookLine].join('\n');
  return { msgtype: 'text', text: { content } };
}

/** Milliseconds and secret, signed with the secret; good for an hour. */
function signed(url: string, secret: string, now: Date): string {
  const timestamp = String(now.getTime());
  const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
  const address = new URL(url);
  address.searchParams.set('timestamp', timestamp);
  address.searchParams.set('sign', sign);
  return address.href;
}

const dialect: Dialect = {
  field: 'errcode',
  pause: SHUT_OUT,
  meaning: (code, note) => {
    if (code === 310_000) return badSink(securityFault(note));
    return meanings[code] ?? null;
  },
};

function securityFault(note: string): string {
  if (note.includes('keyword'))
    return 'the text holds none of the keywords that the robot asks for';
  if (note.includes('whitelist')) return 'the robot does not take messages from this address';
  if (note.includes('sign'))
    return 'the signature is refused; check secret and the clock of this machine';
  return 'the security settings of the robot refuse it: keyword, signature or address';
}

const noToken = badSink('the access token in url does not exist');
const tooFast = busy('too many messages a minute, so it takes none for ten minutes', SHUT_OUT);

const meanings: Readonly<Record<number, ReturnType<Dialect['meaning']>>> = {
  [-1]: busy('it is busy', null),
  130_101: tooFast,
  410_100: tooFast,
  300_001: noToken,
  300_005: noToken,
  400_101: noToken,
  40_035: badSink('a parameter is missing; check the access token in url'),
  400_013: badSink('the group was dissolved'),
  400_102: badSink('the robot is stopped'),
  400_106: badSink('the robot does not exist'),
  460_101: badMessage('the message is too long'),
};
