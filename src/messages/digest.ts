import { type AlertBatch, type Announcement, compareSeverity } from '../domain/alert.ts';
import type { Severity } from '../domain/policy.ts';
import { messagesIn } from './languages.ts';
import type { DigestCounts } from './messages.ts';
import { type MessageOptions, render } from './render.ts';

/** Several announcements as one message. */
export interface Digest {
  readonly title: string;
  /** One for each announcement, worst first, and where some are left out one that counts them. */
  readonly lines: readonly string[];
  /** The page with a section for each kind. */
  readonly runbook: string;
  readonly runbookLabel: string;
  readonly runbookLine: string;
}

export interface DigestOptions extends MessageOptions {
  /** How many announcements get a line of their own. */
  readonly most: number;
}

/** What a batch says in one line each: pure, as `render`. */
export function digest(
  { announcements, reason }: Pick<AlertBatch, 'announcements' | 'reason'>,
  options: DigestOptions,
): Digest {
  const messages = messagesIn(options.language);
  const { labels } = messages;
  const shown = announcements.toSorted(worstFirst).slice(0, options.most);
  const left = announcements.length - shown.length;
  return {
    title: messages.digest(countsOf(announcements, reason === 'first')),
    lines: [
      ...shown.map((announcement) => render(announcement, options).line),
      ...(left === 0 ? [] : [messages.more(left)]),
    ],
    runbook: options.runbook,
    runbookLabel: labels.runbook,
    runbookLine: labels.with(labels.runbook, options.runbook),
  };
}

const severities = ['expired', 'critical', 'warning', 'info', 'ok'] as const satisfies Severity[];

function countsOf(announcements: readonly Announcement[], first: boolean): DigestCounts {
  const standing = announcements.filter((each) => each.status !== 'resolved');
  const bySeverity = severities.map((severity) => ({
    severity,
    count: standing.filter((each) => each.severity === severity).length,
  }));
  return {
    first,
    total: announcements.length,
    bySeverity: bySeverity.filter(({ count }) => count > 0),
    resolved: announcements.length - standing.length,
  };
}

/** What stands before what is over, then the worst; what is equal stays as it came. */
function worstFirst(a: Announcement, b: Announcement): number {
  return (
    Number(a.status === 'resolved') - Number(b.status === 'resolved') ||
    compareSeverity(b.severity, a.severity)
  );
}
