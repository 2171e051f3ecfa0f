import {
  type AlertBatch,
  type AlertState,
  type Announcement,
  compareSeverity,
  type Delivery,
  type Occasion,
  type Said,
} from './alert.ts';
import { deliveryTo, type Due, dueOf, type Hearer } from './alert-due.ts';
import type { AlertRules } from './alert-routing.ts';
import { firstAcceptedAt, type SinkState } from './sink-state.ts';

const FIRST_HOLD = 10 * 60_000;
const LONGEST_HOLD = 60 * 60_000;

/** What one sink still has to hear. */
export interface Backlog {
  /** To be said now, worst first and then oldest first. */
  readonly due: readonly Due[];
  /** The next instant at which something becomes due; null when nothing will by itself. */
  readonly nextAt: Date | null;
  /** Whether something waits because the receiver refused it. */
  readonly holds: boolean;
}

/** What this sink has to hear, now and later, of all these states. */
export function backlogOf(
  states: readonly AlertState[],
  to: Hearer,
  rules: AlertRules,
  now: Date,
): Backlog {
  const all = states.flatMap((state) => dueOf(state, to, rules, now) ?? []);
  const waiting = all.filter(({ at }) => at > now);
  return {
    due: all.filter(({ at }) => at <= now).toSorted((a, b) => worstFirst(a.state, b.state)),
    nextAt: waiting.map(({ at }) => at).toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null,
    holds: waiting.some(({ held }) => held),
  };
}

/** What a sink that shows states believes to fire, and rightly so. */
export function shownBy(states: readonly AlertState[], sink: string): readonly AlertState[] {
  return states.filter((state) => {
    const { delivered, said } = deliveryTo(state, sink);
    return state.status === 'firing' && said?.status === 'firing' && delivered >= state.wanted;
  });
}

/** The batch that says these things as they are. Repeating it after a crash repeats the same ids. */
export function batchOf(dues: readonly Due[], sink: SinkState, now: Date): AlertBatch {
  const first = firstAcceptedAt(sink);
  const isSummary = dues.every(
    ({ state, occasion }) =>
      first === null || (occasion.kind === 'news' && state.raisedAt <= first),
  );
  return {
    reason: isSummary ? 'first' : 'changes',
    at: now,
    announcements: dues.map(announcementOf),
  };
}

/** The batch that tells a sink again of what still fires. */
export function refreshOf(states: readonly AlertState[], now: Date): AlertBatch {
  const announcements = states.map((state) =>
    announcementOf({ state, occasion: { kind: 'news' } }),
  );
  return { reason: 'refresh', at: now, announcements };
}

/** The id names key, episode, what was reached and why it is said, so that a receiver can drop repeats. */
export function announcementOf({ state, occasion }: Pick<Due, 'state' | 'occasion'>): Announcement {
  const { sinks: _sinks, wanted: _wanted, level, ...said } = state;
  const reached = state.status === 'resolved' ? 'resolved' : level;
  return {
    ...said,
    // The start is part of it: a ledger that was lost and begins again must not reuse old ids.
    id: `${state.key}/${state.episode}@${state.since.toISOString()}/${reached}${suffixOf(occasion)}`,
    kind: state.facts.kind,
    occasion,
  };
}

function suffixOf(occasion: Occasion): string {
  switch (occasion.kind) {
    case 'news':
      return '';
    case 'repeat':
      return `/repeat-${occasion.number}`;
    case 'escalation':
      return '/escalated';
  }
}

/** `state` when it is about to be sent. Written first: if nobody survives the send, the sink must still hear the end. */
export function beforeSending(state: AlertState, sink: string): AlertState {
  const before = deliveryTo(state, sink);
  if (before.attempted >= state.wanted) return state;
  return withDelivery(state, sink, { ...before, attempted: state.wanted });
}

/** `current` after the sink accepted what `sent` said; the state may have moved on meanwhile. */
export function afterAccepted(
  current: AlertState,
  { state: sent, occasion }: Pick<Due, 'state' | 'occasion'>,
  sink: string,
  at: Date,
): AlertState {
  const before = deliveryTo(current, sink);
  const repeats = occasion.kind === 'repeat' ? occasion.number : 0;
  const isKnown = before.delivered === sent.wanted && (before.said?.repeats ?? 0) >= repeats;
  if (before.delivered > sent.wanted || isKnown) return current;
  const { status, episode, level } = sent;
  const said: Said = { status, episode, level, at, repeats };
  return withDelivery(current, sink, { ...before, delivered: sent.wanted, said, held: null });
}

/**
 * `current` after the receiver refused the batch that `sent` was in: it heard no more than before. `sent` is the state as it was
 * read before the sending, so an earlier attempt that nobody recorded the end of stays one that may have been heard.
 */
export function afterRefusedTogether(
  current: AlertState,
  sent: AlertState,
  sink: string,
): AlertState {
  const { attempted } = deliveryTo(sent, sink);
  return withDelivery(current, sink, { ...deliveryTo(current, sink), attempted });
}

/** `current` after the receiver refused this very message: kept, and tried again after a growing while. */
export function afterRefused(
  current: AlertState,
  sent: AlertState,
  sink: string,
  at: Date,
): AlertState {
  const before = deliveryTo(current, sink);
  const attempts = before.held?.wanted === sent.wanted ? before.held.attempts + 1 : 1;
  const pause = Math.min(FIRST_HOLD * 2 ** (attempts - 1), LONGEST_HOLD);
  const held = { wanted: sent.wanted, until: new Date(at.getTime() + pause), attempts };
  const { attempted } = deliveryTo(sent, sink);
  return withDelivery(current, sink, { ...before, attempted, held });
}

/** Whether a state may be forgotten: over, old enough, and said to every sink that has to hear its end. */
export function isForgettable(
  state: AlertState,
  sinks: readonly Hearer[],
  rules: AlertRules,
  before: Date,
): boolean {
  if (state.status === 'firing' || state.raisedAt >= before) return false;
  return sinks.every((sink) => dueOf(state, sink, rules, before) === null);
}

function withDelivery(state: AlertState, sink: string, delivery: Delivery): AlertState {
  return { ...state, sinks: { ...state.sinks, [sink]: delivery } };
}

/** For sorting: what fires before what is over, then the worst, then the oldest. */
export function worstFirst(a: AlertState, b: AlertState): number {
  return (
    Number(b.status === 'firing') - Number(a.status === 'firing') ||
    compareSeverity(b.severity, a.severity) ||
    a.since.getTime() - b.since.getTime() ||
    a.key.localeCompare(b.key, 'en')
  );
}
