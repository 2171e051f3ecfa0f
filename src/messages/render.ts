import type { Announcement } from '../domain/alert.ts';
import type { AlertKind, ProblemFacts } from '../domain/problem.ts';
import { bindingsOf, commandsFor, endOf } from './about.ts';
import { en } from './en.ts';
import type { FactsOf, Messages, Reading, Telling } from './messages.ts';
import { capped, localAndUtc } from './words.ts';

const languages = { en } as const satisfies Record<string, Messages>;

export type Language = keyof typeof languages;

export interface MessageOptions extends Reading {
  readonly language: Language;
  /** Where docs/alerts.md can be read; the section of the kind is added as `#kind`. */
  readonly runbook: string;
}

/** One announcement as text. */
export interface Message {
  readonly title: string;
  /** Plain text, several lines, without the title. */
  readonly body: string;
  readonly runbook: string;
}

const MOST_BINDINGS = 20;

/** The text of one announcement: pure, and the same facts at the same instant give the same text. */
export function render(announcement: Announcement, options: MessageOptions): Message {
  const messages: Messages = languages[options.language];
  const { labels } = messages;
  const { facts, kind, severity, status } = announcement;
  const telling = tell(messages, kind, facts, options);
  const runbook = `${options.runbook}#${kind}`;
  const resolved = status === 'resolved';
  const lines = resolved
    ? ended(messages, announcement, options)
    : standing(messages, announcement, telling, options.timezone);
  return {
    title: resolved
      ? `[${labels.resolved}] ${telling.over}`
      : `[${labels.severity(severity)}] ${telling.title}`,
    body: [...lines, `${labels.runbook}: ${runbook}`].join('\n'),
    runbook,
  };
}

/** Title and body together, as a mail or a log would show them. */
export function asText({ title, body }: Message): string {
  return `${title}\n${body}`;
}

function standing(
  messages: Messages,
  { acknowledged, facts }: Announcement,
  { what, next }: Telling,
  timezone: string,
): readonly string[] {
  const { labels } = messages;
  const until = endOf(facts);
  return [
    ...[what].flat(),
    ...(until === null ? [] : [`${labels.until}: ${localAndUtc(until, timezone)}`]),
    ...affected(messages, facts),
    ...[next].flat().map((line) => `${labels.next}: ${line}`),
    ...commandsFor(facts).map((command) => `${labels.run}: ${command}`),
    ...(acknowledged === null ? [] : [messages.acknowledged(acknowledged.by, acknowledged.note)]),
  ];
}

function affected(messages: Messages, facts: ProblemFacts): readonly string[] {
  const bindings = bindingsOf(facts);
  if (bindings.length === 0) return [];
  const names = capped(bindings.map(messages.binding), MOST_BINDINGS, messages.more);
  return [`${messages.labels.affected} (${bindings.length}):`, ...names.map((name) => `- ${name}`)];
}

function ended(
  messages: Messages,
  { since, resolvedAt, endedBecause }: Announcement,
  { now, timezone }: Reading,
): readonly string[] {
  const [from, to] = [since, resolvedAt ?? now].map((at) => localAndUtc(at, timezone));
  const lasted = messages.lasted(from ?? '', to ?? '');
  return endedBecause === undefined ? [lasted] : [messages.notConfigured, lasted];
}

/** The kind chooses the teller of its own facts. */
function tell<K extends AlertKind>(
  messages: Messages,
  kind: K,
  facts: FactsOf<K>,
  reading: Reading,
): Telling {
  return messages.tell[kind](facts, reading);
}
