import { type AlertBatch, type Announcement, compareSeverity } from '../../domain/alert.ts';
import type { Severity } from '../../domain/policy.ts';
import { digest } from '../../messages/digest.ts';
import { type Message, type MessageOptions, render } from '../../messages/render.ts';
import { cut } from './cut.ts';
import type { Wording } from './wording.ts';

/** How a message looks, where a receiver shows colours. */
export type Tone = Severity | 'resolved';

/** What a message says: plain text, which each sink sets in its own way. */
export interface Text {
  readonly title: string;
  readonly lines: readonly string[];
  readonly runbook: string;
  readonly runbookLabel: string;
  readonly runbookLine: string;
  readonly tone: Tone;
}

/** How much fits into one message, in whatever the receiver counts. */
export interface Room {
  readonly most: number;
  readonly size: (text: Text) => number;
}

/** A text and how many announcements, from the front of the batch, it tells. */
interface Fitting {
  readonly text: Text;
  readonly taken: number;
}

/** Fewer than this are told in full, if there is room. */
const MANY = 6;

const FEWER_BINDINGS = [20, 5, 1] as const;
const LONGEST_LINE = 300;
const SPACE_FOR_THE_COUNT = '_'.repeat(60);

/**
 * One message for a whole batch: in full while that fits, else one line each, worst first, and the rest counted. What is critical
 * or expired is always named: if there is no room for all of that, the message tells only the front of the batch.
 */
export function fitting(batch: AlertBatch, wording: Wording, room: Room): Fitting {
  const options = { ...wording, now: batch.at };
  const [first] = batch.announcements;
  const inFull = batch.announcements.length < MANY ? fullTexts(batch, options) : [];
  const full = inFull.find((text) => fits(text, room));
  if (full !== undefined) return { text: full, taken: batch.announcements.length };
  if (first !== undefined && batch.announcements.length === 1)
    return { text: clipped(textOf(first, { ...options, mostBindings: 1 }), room), taken: 1 };
  return inLines(batch, options, room);
}

function fullTexts(batch: AlertBatch, options: MessageOptions): readonly Text[] {
  return FEWER_BINDINGS.map((mostBindings) => {
    const texts = batch.announcements.map((each) => textOf(each, { ...options, mostBindings }));
    return texts.length === 1 && texts[0] !== undefined
      ? texts[0]
      : together(batch, texts, options);
  });
}

function textOf(announcement: Announcement, options: MessageOptions): Text {
  const message = render(announcement, options);
  return {
    title: message.title,
    lines: withoutRunbook(message),
    runbook: message.runbook,
    runbookLabel: message.runbookLabel,
    runbookLine: message.runbookLine,
    tone: toneOf(announcement),
  };
}

/** The body ends with the runbook; a sink sets that as a link where it can. */
function withoutRunbook({ body }: Message): readonly string[] {
  return body.split('\n').slice(0, -1);
}

function together(batch: AlertBatch, texts: readonly Text[], options: MessageOptions): Text {
  return {
    ...frameOf(batch, options, texts.length),
    lines: texts.flatMap(({ title, lines }, index) => [
      ...(index === 0 ? [] : ['']),
      title,
      ...lines,
    ]),
  };
}

function inLines(batch: AlertBatch, options: MessageOptions, room: Room): Fitting {
  const { announcements } = batch;
  const all = announcements.length;
  const whole = frameOf(batch, options, all);
  const likely = lastThatFits(all, room, (most) => shortOf(whole, most));
  if (likely > 0 && !announcements.slice(likely).some(mustBeNamed))
    return { text: clipped(frameOf(batch, options, likely), room), taken: all };
  const taken = Math.max(1, likely);
  const front = { ...batch, announcements: announcements.slice(0, taken) };
  return { text: clipped(frameOf(front, options, taken), room), taken };
}

/** Nearly the text with so many lines, without putting all of them into words again for each trial. */
function shortOf(whole: Text, most: number): Text {
  return most === whole.lines.length
    ? whole
    : { ...whole, lines: [...whole.lines.slice(0, most), SPACE_FOR_THE_COUNT] };
}

function frameOf(batch: AlertBatch, options: MessageOptions, most: number): Text {
  const [first] = batch.announcements;
  const tone = first === undefined ? 'ok' : toneOf(first);
  return { ...digest(batch, { ...options, most }), tone };
}

function toneOf({ status, severity }: Announcement): Tone {
  return status === 'resolved' ? 'resolved' : severity;
}

function mustBeNamed({ status, severity }: Announcement): boolean {
  return status === 'firing' && compareSeverity(severity, 'critical') >= 0;
}

/** The largest number up to `most` whose text fits; a longer list is never a shorter text. */
function lastThatFits(most: number, room: Room, textFor: (most: number) => Text): number {
  let [enough, tooMany] = [0, most + 1];
  while (tooMany - enough > 1) {
    const middle = Math.floor((enough + tooMany) / 2);
    if (fits(textFor(middle), room)) enough = middle;
    else tooMany = middle;
  }
  return enough;
}

/** A text that is too long for itself: its lines are shortened, then dropped from the end of the list. */
function clipped(text: Text, room: Room): Text {
  let short = { ...text, title: shortened(text.title), lines: text.lines.map(shortened) };
  while (!fits(short, room) && short.lines.length > 1)
    short = { ...short, lines: [...short.lines.slice(0, -2), '…'] };
  return short;
}

function fits(text: Text, { most, size }: Room): boolean {
  return size(text) <= most;
}

function shortened(line: string): string {
  return cut(line, LONGEST_LINE);
}
