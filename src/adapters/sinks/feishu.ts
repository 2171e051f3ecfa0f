import { createHmac } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import type { Sink } from '../../ports/sink.ts';
import type { Text, Tone } from './fitting.ts';
import type { Exchange } from './http-send.ts';
import { openRobot, type RobotOptions } from './robot.ts';
import { badMessage, badSink, busy, type Dialect, robotFailure } from './robot-verdict.ts';

export interface FeishuOptions extends RobotOptions {
  /** Null when the robot is secured by a keyword or by addresses. */
  readonly secret: string | null;
}

const MINUTE = 60_000;
/** 20 KB for the whole request; the signature and its time need less than what is kept back. */
const LONGEST_BODY = 20_000;
const FOR_THE_SIGNATURE = 200;

const colours: Readonly<Record<Tone, string>> = {
  expired: 'red',
  critical: 'red',
  warning: 'orange',
  info: 'blue',
  ok: 'blue',
  resolved: 'green',
};

/** Feishu's (Lark's) custom robot: a card of plain text with a coloured head. 100 a minute also keep its five a second. */
export function openFeishu(options: FeishuOptions, clock: Clock): Sink {
  const robot = {
    kind: 'feishu',
    bytes: LONGEST_BODY,
    perMinute: 100,
    size: (text: Text) => Buffer.byteLength(JSON.stringify(messageOf(text))) + FOR_THE_SIGNATURE,
    body: (text: Text, now: Date) => ({ ...signature(options.secret, now), ...messageOf(text) }),
    failure: (exchange: Exchange, now: Date) => robotFailure(exchange, now, dialect),
  };
  return openRobot(robot, options, clock);
}

function messageOf({ title, lines, runbookLine, tone }: Text) {
  return {
    msg_type: 'interactive',
    card: {
      config: { wide_screen_mode: true },
      header: { template: colours[tone], title: plain(title) },
      elements: [
        { tag: 'div', text: plain(lines.join('\n')) },
        { tag: 'note', elements: [plain(runbookLine)] },
      ],
    },
  };
}

function plain(content: string) {
  return { tag: 'plain_text', content };
}

/** Seconds and secret are the key here, and nothing is what they sign; good for an hour. */
function signature(secret: string | null, now: Date): Readonly<Record<string, string>> {
  if (secret === null) return {};
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const sign = createHmac('sha256', `${timestamp}\n${secret}`).update('').digest('base64');
  return { timestamp, sign };
}

const dialect: Dialect = {
  field: 'code',
  pause: MINUTE,
  meaning: (code) => meanings[code] ?? null,
};

const meanings: Readonly<Record<number, ReturnType<Dialect['meaning']>>> = {
  9_499: badMessage('it cannot read the message'),
  11_232: busy('too many messages, of this robot or of all at this minute', MINUTE),
  19_001: badSink('the token in url does not exist'),
  19_021: badSink('the signature is refused; check secret and the clock of this machine'),
  19_022: badSink('the robot does not take messages from this address'),
  19_024: badSink('the text holds none of the keywords that the robot asks for'),
};
