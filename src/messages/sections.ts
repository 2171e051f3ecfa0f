import type { Announcement } from '../domain/alert.ts';
import type { AlertKind, ProblemFacts } from '../domain/problem.ts';
import { bindingsOf, commandsFor, consolesFor, endOf } from './about.ts';
import type { FactsOf, Messages, Reading, Telling } from './messages.ts';
import { capped, localAndUtc } from './words.ts';

/** One part of a message, so that a sink may set it in its own way. */
export interface Section {
  readonly part: 'what' | 'until' | 'affected' | 'next' | 'run' | 'console' | 'seen' | 'lasted';
  /** Null for what needs none. */
  readonly label: string | null;
  /** Never empty. Of `run` each line is a command, of `affected` each is a binding. */
  readonly lines: readonly string[];
}

const MOST_BINDINGS = 20;

/** What a message says below its title, in the order in which people read it. */
export function sectionsOf(
  messages: Messages,
  announcement: Announcement,
  reading: Reading,
): readonly Section[] {
  const sections =
    announcement.status === 'resolved'
      ? ended(messages, announcement, reading)
      : standing(messages, announcement, reading);
  return sections.filter(({ lines }) => lines.length > 0);
}

/** The kind chooses the teller of its own facts. */
export function tell<K extends AlertKind>(
  messages: Messages,
  kind: K,
  facts: FactsOf<K>,
  reading: Reading,
): Telling {
  return messages.tell[kind](facts, reading);
}

function standing(
  messages: Messages,
  { kind, acknowledged, facts }: Announcement,
  reading: Reading,
): readonly Section[] {
  const { labels } = messages;
  const { what, next } = tell(messages, kind, facts, reading);
  const until = endOf(facts);
  const seen = acknowledged && messages.acknowledged(acknowledged.by, acknowledged.note);
  return [
    { part: 'what', label: null, lines: [what].flat() },
    {
      part: 'until',
      label: labels.until,
      lines: until === null ? [] : [localAndUtc(until, reading.timezone)],
    },
    affected(messages, facts, reading),
    { part: 'next', label: labels.next, lines: [next].flat() },
    { part: 'run', label: labels.run, lines: commandsFor(facts) },
    { part: 'console', label: labels.console, lines: consolesFor(facts) },
    { part: 'seen', label: null, lines: seen === null ? [] : [seen] },
  ];
}

function affected(
  messages: Messages,
  facts: ProblemFacts,
  { mostBindings = MOST_BINDINGS }: Reading,
): Section {
  const bindings = bindingsOf(facts);
  return {
    part: 'affected',
    label: messages.labels.affected(bindings.length),
    lines: capped(bindings.map(messages.binding), mostBindings, messages.more),
  };
}

function ended(
  messages: Messages,
  { since, resolvedAt, endedBecause }: Announcement,
  { now, timezone }: Reading,
): readonly Section[] {
  const [from, to] = [since, resolvedAt ?? now].map((at) => localAndUtc(at, timezone));
  const lasted = messages.lasted(from ?? '', to ?? '');
  const lines = endedBecause === undefined ? [lasted] : [messages.notConfigured, lasted];
  return [{ part: 'lasted', label: null, lines }];
}
