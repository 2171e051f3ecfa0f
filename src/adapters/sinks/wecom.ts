import type { Clock } from '../../ports/clock.ts';
import type { Sink } from '../../ports/sink.ts';
import type { Text, Tone } from './fitting.ts';
import type { Exchange } from './http-send.ts';
import { openRobot, type RobotOptions } from './robot.ts';
import { badMessage, badSink, busy, type Dialect, robotFailure } from './robot-verdict.ts';

const MINUTE = 60_000;
/** Below the twenty it allows: a message may arrive later than it was sent, and then meets the next ones. */
const PER_MINUTE = 18;
const LONGEST_CONTENT = 4_096;

/** The three colours there are: green, grey and orange. */
const colours: Readonly<Record<Tone, string>> = {
  expired: 'warning',
  critical: 'warning',
  warning: 'warning',
  info: 'comment',
  ok: 'comment',
  resolved: 'info',
};

/** WeCom's group robot, as markdown. It has no signature: the key in the address is all there is to know. */
export function openWeCom(options: RobotOptions, clock: Clock): Sink {
  const robot = {
    kind: 'wecom',
    bytes: LONGEST_CONTENT,
    perMinute: PER_MINUTE,
    size: (text: Text) => Buffer.byteLength(contentOf(text)),
    body: (text: Text) => ({ msgtype: 'markdown', markdown: { content: contentOf(text) } }),
    failure: (exchange: Exchange, now: Date) => robotFailure(exchange, now, dialect),
  };
  return openRobot(robot, options, clock);
}

function contentOf({ title, lines, runbookLine, tone }: Text): string {
  const head = `**<font color="${colours[tone]}">${harmless(title)}</font>**`;
  return [head, ...lines.map(harmless), harmless(runbookLine)].join('\n');
}

/** There is no way to escape: what would become a mention, a tag, a link or bold is written with other signs. */
function harmless(text: string): string {
  return text
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replaceAll('](', '] (')
    .replaceAll('**', '* *')
    .replaceAll('`', "'");
}

const dialect: Dialect = {
  field: 'errcode',
  pause: MINUTE,
  meaning: (code, note) => {
    if (code === 93_000 && note.includes('exceed max length')) return tooLong;
    return meanings[code] ?? null;
  },
};

const tooLong = badMessage('the message is too long');
const tooFast = busy('too many messages a minute', MINUTE);

const meanings: Readonly<Record<number, ReturnType<Dialect['meaning']>>> = {
  [-1]: busy('it is busy', null),
  40_058: tooLong,
  45_002: tooLong,
  45_009: tooFast,
  45_033: tooFast,
  93_000: badSink('the key in url does not exist'),
};
