import type { Millis } from './certificate.ts';
import type { Problem } from './problem.ts';

/** How one sink is doing, over all alerts. */
export interface SinkState {
  readonly name: string;
  /** Failed attempts in a row. */
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly failingSince: Date | null;
  /** Why the last attempt failed; never a secret or an address. */
  readonly reason: string | null;
  /** A message was refused in company: they go one by one until everything is said, so that one bad apple stays alone. */
  readonly singly: boolean;
  readonly lastAcceptedAt: Date | null;
  /** When it took its first message. Left out: a release that did not note it has written this. */
  readonly firstAcceptedAt?: Date | null | undefined;
  /** When a sink that shows states was last told of everything that fires. */
  readonly refreshedAt?: Date | null | undefined;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const LONGEST_PAUSE = 5 * MINUTE;
/** A receiver may ask for a longer pause than ours, but not until after the certificate has expired. */
const LONGEST_ASKED = 60 * MINUTE;
/** One lost connection is not news; this many in a row are. */
const ATTEMPTS_BEFORE_ALARM = 3;

/** The state of a sink that was never used. */
export function newSink(name: string): SinkState {
  return {
    name,
    attempts: 0,
    nextAttemptAt: null,
    failingSince: null,
    reason: null,
    singly: false,
    lastAcceptedAt: null,
    firstAcceptedAt: null,
    refreshedAt: null,
  };
}

/** When the sink took its first message; null when it never has. */
export function firstAcceptedAt({
  firstAcceptedAt: first,
  lastAcceptedAt: last,
}: Pick<SinkState, 'firstAcceptedAt' | 'lastAcceptedAt'>): Date | null {
  return first ?? last;
}

/** After a send that the receiver accepted. */
export function working(sink: SinkState, at: Date): SinkState {
  return {
    ...newSink(sink.name),
    singly: sink.singly,
    lastAcceptedAt: at,
    firstAcceptedAt: firstAcceptedAt(sink) ?? at,
    refreshedAt: sink.refreshedAt ?? at,
  };
}

/** After a send that found the receiver absent or busy; `askedMs` is the pause that it named. */
export function failing(
  sink: SinkState,
  failure: { readonly reason: string; readonly askedMs: Millis | null },
  at: Date,
): SinkState {
  return paused({ ...sink, attempts: sink.attempts + 1 }, failure, at);
}

/** After the receiver told us that it takes nothing from us: that is news at once. */
export function refusing(sink: SinkState, reason: string, at: Date): SinkState {
  const attempts = Math.max(sink.attempts + 1, ATTEMPTS_BEFORE_ALARM);
  return paused({ ...sink, attempts }, { reason, askedMs: null }, at);
}

/** After the receiver refused one message: news, but no reason to keep the other messages waiting. */
export function choosing(sink: SinkState, reason: string, at: Date): SinkState {
  return { ...refusing(sink, reason, at), nextAttemptAt: null };
}

/** How long to leave a sink alone. A pause longer than any we set means that the clock went back: it is over. */
export function pauseOf(sink: SinkState, perMinute: number, now: Date): Millis {
  const gap = MINUTE / perMinute;
  const sinceAccepted = now.getTime() - (sink.lastAcceptedAt?.getTime() ?? 0);
  const spacing = sinceAccepted < 0 ? 0 : gap - sinceAccepted;
  const left = (sink.nextAttemptAt?.getTime() ?? 0) - now.getTime();
  return Math.max(0, spacing, left > LONGEST_ASKED ? 0 : left);
}

/** After the sink was told again of everything that fires. */
export function refreshed(sink: SinkState, at: Date): SinkState {
  return { ...sink, refreshedAt: at };
}

/** When a sink that forgets after `every` must be told again; a time ahead of the clock means that the clock went back. */
export function refreshAt({ refreshedAt }: SinkState, every: Millis, now: Date): Date {
  if (refreshedAt === undefined || refreshedAt === null || refreshedAt > now) return now;
  return new Date(refreshedAt.getTime() + every);
}

export function isWorking(sink: SinkState): boolean {
  return sink.attempts < ATTEMPTS_BEFORE_ALARM;
}

export function sinkProblemKey(sink: string): string {
  return `sink-failing/${sink}`;
}

/** The problem that a failing sink is for the other sinks; null while it may be a mere hiccup. */
export function sinkProblem(sink: SinkState): Problem | null {
  if (sink.failingSince === null || sink.reason === null || isWorking(sink)) return null;
  return {
    key: sinkProblemKey(sink.name),
    severity: 'critical',
    facts: {
      kind: 'sink-failing',
      sink: sink.name,
      since: sink.failingSince,
      reason: sink.reason,
    },
  };
}

function paused(
  sink: SinkState,
  failure: { readonly reason: string; readonly askedMs: Millis | null },
  at: Date,
): SinkState {
  const growing = Math.min(SECOND * 2 ** (sink.attempts - 1), LONGEST_PAUSE);
  const asked = Math.min(failure.askedMs ?? 0, LONGEST_ASKED);
  return {
    ...sink,
    nextAttemptAt: new Date(at.getTime() + Math.max(growing, asked)),
    failingSince: sink.failingSince ?? at,
    reason: failure.reason,
  };
}
