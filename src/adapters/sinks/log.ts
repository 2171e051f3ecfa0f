import type { AlertBatch, Announcement } from '../../domain/alert.ts';
import type { Severity } from '../../domain/policy.ts';
import { render } from '../../messages/render.ts';
import type { Log } from '../../ports/log.ts';
import type { Sink } from '../../ports/sink.ts';
import type { Wording } from './wording.ts';

export interface LogOptions {
  readonly name: string;
  readonly wording: Wording;
}

/** Writes every announcement as one log line. It never fails, and does not count as having told anyone. */
export function openLogSink({ name, wording }: LogOptions, log: Log): Sink {
  return {
    name,
    kind: 'log',
    style: 'notify',
    limits: { bytes: 1_000_000, perMinute: 6_000 },
    deliver: async (batch) => {
      for (const announcement of batch.announcements) write(log, wording, batch, announcement);
      return { kind: 'accepted', taken: batch.announcements.length };
    },
  };
}

function write(log: Log, wording: Wording, batch: AlertBatch, announcement: Announcement): void {
  const { id, kind, status, severity } = announcement;
  const { title, runbook } = render(announcement, { ...wording, now: batch.at });
  const level = status === 'resolved' ? 'info' : levels[severity];
  log[level]({ alert: id, kind, severity, title, runbook }, sentences[status]);
}

const sentences = {
  firing: 'alert fires',
  resolved: 'alert resolved',
  notice: 'alert noticed',
} as const satisfies Record<Announcement['status'], string>;

const levels = {
  ok: 'info',
  info: 'info',
  warning: 'warn',
  critical: 'error',
  expired: 'error',
} as const satisfies Record<Severity, keyof Log>;
