import {
  type AlertBatch,
  type AlertState,
  type Announcement,
  compareSeverity,
  type Delivery,
  type Said,
} from './alert.ts';
import type { Severity } from './policy.ts';
import type { AlertKind } from './problem.ts';
import type { SinkState } from './sink-state.ts';

/** Which sinks hear of which alerts. A left-out list matches everything. */
interface Route {
  readonly severities?: readonly Severity[] | undefined;
  readonly kinds?: readonly AlertKind[] | undefined;
  readonly to: readonly string[];
}

/** What the operator wants of the alerts. Replaced as a whole on reload. */
export interface AlertRules {
  readonly routes: readonly Route[];
}

/** What one sink still has to hear. */
export interface Backlog {
  /** To be said now, worst first and then oldest first. */
  readonly due: readonly AlertState[];
  /** The next instant at which something held back becomes due; null when nothing is held back. */
  readonly nextAt: Date | null;
}

const FIRST_HOLD = 10 * 60_000;
const LONGEST_HOLD = 60 * 60_000;
const AT_ONCE = new Date(0);

const nothingSaid: Delivery = { delivered: 0, attempted: 0, said: null, held: null };

export function deliveryTo(state: AlertState, sink: string): Delivery {
  return state.sinks[sink] ?? nothingSaid;
}

/**
 * When this state is to be said to this sink; null when there is nothing to say. What ended before it was on its way to
 * the sink stays unsaid. Quiet hours, the morning digest and repeats belong here: they return another time than "at once".
 */
export function dueAt(state: AlertState, sink: string, rules: AlertRules): Date | null {
  const delivery = deliveryTo(state, sink);
  if (delivery.delivered >= state.wanted) return null;
  const isEnd = state.status !== 'firing' && mayHaveHeard(delivery);
  if (state.status === 'resolved' && !isEnd) return null;
  if (!isEnd && !isFor(state, sink, rules)) return null;
  return delivery.held?.wanted === state.wanted ? delivery.held.until : AT_ONCE;
}

/** Whether the sink may believe that the alert fires. */
function mayHaveHeard({ delivered, attempted, said }: Delivery): boolean {
  return said?.status === 'firing' || attempted > delivered;
}

export function backlogOf(
  states: readonly AlertState[],
  sink: string,
  rules: AlertRules,
  now: Date,
): Backlog {
  const times = states.map((state) => ({ state, at: dueAt(state, sink, rules) }));
  const waiting = times.flatMap(({ at }) => (at !== null && at > now ? [at] : []));
  return {
    due: times
      .filter(({ at }) => at !== null && at <= now)
      .map(({ state }) => state)
      .toSorted(worstFirst),
    nextAt: waiting.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null,
  };
}

/** The batch that says these states as they are. Repeating it after a crash repeats the same ids. */
export function batchOf(states: readonly AlertState[], sink: SinkState, now: Date): AlertBatch {
  return {
    reason: sink.lastAcceptedAt === null ? 'first' : 'changes',
    at: now,
    announcements: states.map(announcementOf),
  };
}

/** The id names key, episode and what was reached, so that a receiver can drop repeats. */
export function announcementOf(state: AlertState): Announcement {
  const { sinks: _sinks, wanted: _wanted, level, ...said } = state;
  const reached = state.status === 'resolved' ? 'resolved' : level;
  return {
    ...said,
    // The start is part of it: a ledger that was lost and begins again must not reuse old ids.
    id: `${state.key}/${state.episode}@${state.since.toISOString()}/${reached}`,
    kind: state.facts.kind,
  };
}

/** `current` with what is about to be sent. Written first: if nobody survives the send, the sink must still hear the end. */
export function beforeSending(current: AlertState, sent: AlertState, sink: string): AlertState {
  const before = deliveryTo(current, sink);
  if (before.attempted >= sent.wanted) return current;
  return withDelivery(current, sink, { ...before, attempted: sent.wanted });
}

/** `current` after the sink accepted what `sent` said; the state may have moved on meanwhile. */
export function afterAccepted(
  current: AlertState,
  sent: AlertState,
  sink: string,
  at: Date,
): AlertState {
  const before = deliveryTo(current, sink);
  if (before.delivered >= sent.wanted) return current;
  const said: Said = { status: sent.status, episode: sent.episode, level: sent.level, at };
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
  sinks: readonly string[],
  rules: AlertRules,
  before: Date,
): boolean {
  if (state.status === 'firing' || state.raisedAt >= before) return false;
  return sinks.every((sink) => dueAt(state, sink, rules) === null);
}

/** First match wins; what no route matches goes to every sink, because silence is the worst mistake. */
function isFor(state: AlertState, sink: string, { routes }: AlertRules): boolean {
  const { facts } = state;
  if (facts.kind === 'sink-failing' && facts.sink === sink) return false;
  const route = routes.find(
    ({ severities, kinds }) =>
      (severities?.includes(state.level) ?? true) && (kinds?.includes(facts.kind) ?? true),
  );
  return route?.to.includes(sink) ?? true;
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
