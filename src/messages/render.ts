import type { Announcement } from '../domain/alert.ts';
import type { Language } from '../domain/language.ts';
import { bindingsOf } from './about.ts';
import { messagesIn } from './languages.ts';
import type { Messages, Reading } from './messages.ts';
import { type Section, sectionsOf, tell } from './sections.ts';

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
  /** The body in parts, without the runbook, for receivers that show more than plain text. */
  readonly sections: readonly Section[];
  /** All of it in one line, for where many are told at once. */
  readonly line: string;
  /** What the runbook is called in this language. */
  readonly runbookLabel: string;
  /** Both together. */
  readonly runbookLine: string;
}

/** The text of one announcement: pure, and the same facts at the same instant give the same text. */
export function render(announcement: Announcement, options: MessageOptions): Message {
  return renderIn(messagesIn(options.language), announcement, options);
}

/** As `render`, in a language that need not be one of ours. */
export function renderIn(
  messages: Messages,
  announcement: Announcement,
  options: Omit<MessageOptions, 'language'>,
): Message {
  const { labels } = messages;
  const title = titleOf(messages, announcement, options);
  const sections = sectionsOf(messages, announcement, options);
  const runbook = `${options.runbook}#${announcement.kind}`;
  const lines = sections.flatMap((section) => linesOf(messages, section));
  const runbookLine = labels.with(labels.runbook, runbook);
  return {
    title,
    body: [...lines, runbookLine].join('\n'),
    runbook,
    sections,
    line: messages.line(title, bindingsOf(announcement.facts).length),
    runbookLabel: labels.runbook,
    runbookLine,
  };
}

/** What is wrong, or what is over, in one line for lists that show the severity beside it. */
export function headline(
  { facts, status }: Pick<Announcement, 'facts' | 'status'>,
  { language, ...reading }: Omit<MessageOptions, 'runbook'>,
): string {
  const { title, over } = tell(messagesIn(language), facts.kind, facts, reading);
  return status === 'resolved' ? over : title;
}

/** Title and body together, as a mail or a log would show them. */
export function asText({ title, body }: Pick<Message, 'title' | 'body'>): string {
  return `${title}\n${body}`;
}

function titleOf(
  messages: Messages,
  { facts, kind, severity, status }: Announcement,
  reading: Reading,
): string {
  const { labels } = messages;
  const telling = tell(messages, kind, facts, reading);
  return status === 'resolved'
    ? `[${labels.resolved}] ${telling.over}`
    : `[${labels.severity(severity)}] ${telling.title}`;
}

function linesOf({ labels }: Messages, { part, label, lines }: Section): readonly string[] {
  if (label === null) return lines;
  if (part === 'affected')
    return [labels.with(label, '').trimEnd(), ...lines.map((line) => `- ${line}`)];
  return lines.map((line) => labels.with(label, line));
}
