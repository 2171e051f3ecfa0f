import type { Clock } from '../../ports/clock.ts';
import type { Sink } from '../../ports/sink.ts';
import { cut } from './cut.ts';
import type { Text, Tone } from './fitting.ts';
import { openRobot, type RobotOptions } from './robot.ts';
import { failureOf } from './verdict.ts';

/** A header takes 150 letters, the text of a section 3,000. A message takes 50 blocks, which is more than people read. */
const LONGEST_HEADER = 150;
const LONGEST_SECTION = 3_000;
const MOST_SECTIONS = 4;

/** The colours of the bar beside a message. */
const colours: Readonly<Record<Tone, string>> = {
  expired: '#a30200',
  critical: '#d40e0d',
  warning: '#daa038',
  info: '#439fe0',
  ok: '#439fe0',
  resolved: '#2eb886',
};

/**
 * Slack's incoming webhook. Everything is plain text, so that a name with a star or a bracket neither becomes markup nor calls
 * anyone. Slack reports failures by status, and names the pause in `Retry-After`.
 */
export function openSlack(options: RobotOptions, clock: Clock): Sink {
  const robot = {
    kind: 'slack',
    bytes: LONGEST_SECTION * MOST_SECTIONS,
    perMinute: 60,
    size: ({ lines }: Text) => chunksOf(lines).length * LONGEST_SECTION,
    body: messageOf,
    failure: failureOf,
  };
  return openRobot(robot, options, clock);
}

function messageOf({ title, lines, tone, ...rest }: Text) {
  const header = { type: 'header', text: plain(cut(title, LONGEST_HEADER)) };
  const sections = chunksOf(lines).map((chunk) => ({ type: 'section', text: plain(chunk) }));
  return {
    text: escaped(title),
    attachments: [{ color: colours[tone], blocks: [header, ...sections, ...runbookOf(rest)] }],
  };
}

/** A button only takes an address on the web. */
function runbookOf(text: Pick<Text, 'runbook' | 'runbookLabel' | 'runbookLine'>) {
  const { runbook, runbookLabel, runbookLine } = text;
  if (!/^https?:\/\//.test(runbook)) return [{ type: 'context', elements: [plain(runbookLine)] }];
  const button = { type: 'button', text: plain(runbookLabel), url: runbook };
  return [{ type: 'actions', elements: [button] }];
}

function plain(text: string) {
  return { type: 'plain_text', text, emoji: false };
}

/** The text of a notification is markup; this is what Slack asks to be escaped in it. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Lines together, as many as a section takes. */
function chunksOf(lines: readonly string[]): readonly string[] {
  return lines.reduce<readonly string[]>((chunks, line) => {
    const last = chunks.at(-1);
    const longer = last === undefined ? null : `${last}\n${line}`;
    if (longer !== null && longer.length <= LONGEST_SECTION)
      return [...chunks.slice(0, -1), longer];
    return [...chunks, cut(line === '' ? ' ' : line, LONGEST_SECTION)];
  }, []);
}
