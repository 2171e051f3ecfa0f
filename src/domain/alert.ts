import type { AlertKind, Problem, ProblemFacts } from './problem.ts';
import type { Severity } from './policy.ts';

/** `notice`: something that happened (a rotation ended): told once, never resolved; it also ends what fired under its key. */
export type AlertStatus = 'firing' | 'resolved' | 'notice';

export interface Acknowledgement {
  readonly by: string;
  readonly at: Date;
  readonly note: string;
}

/** What one sink has accepted last. */
export interface Said {
  readonly status: AlertStatus;
  readonly episode: number;
  /** The most severe threshold announced to this sink in that episode. */
  readonly level: Severity;
  readonly at: Date;
  /** How often it has been repeated since. */
  readonly repeats?: number | undefined;
}

/** A message that its receiver refused, by the `wanted` it said. */
export interface Held {
  readonly wanted: number;
  readonly until: Date;
  readonly attempts: number;
}

/** Where one sink stands with one alert. */
export interface Delivery {
  /** The `wanted` of the state that the sink accepted last; 0 before the first. */
  readonly delivered: number;
  /** The `wanted` of the state that was last on its way to the sink: it may have been heard, even if nobody recorded that. */
  readonly attempted: number;
  readonly said: Said | null;
  /** Set while the receiver refuses this very message: it is kept and tried again after `until`. */
  readonly held: Held | null;
}

/** Why a problem is over, where it did not just mend. */
export type EndReason = 'not-configured';

/** Everything newleaf knows about one problem's announcements. One per key, never one per threshold. */
export interface AlertState {
  readonly key: string;
  readonly status: AlertStatus;
  /** Counts the firings of this key, from 1. */
  readonly episode: number;
  /** How bad it is now. */
  readonly severity: Severity;
  /** The most severe threshold reached in this episode: what has to be announced. Only rises. */
  readonly level: Severity;
  /** When this episode was first seen. */
  readonly since: Date;
  /** When `wanted` rose last: the time of the announcement. */
  readonly raisedAt: Date;
  readonly resolvedAt: Date | null;
  /** Left out: it is over because nothing shows it any more, or it is not over. */
  readonly endedBecause?: EndReason | undefined;
  readonly facts: ProblemFacts;
  readonly acknowledged: Acknowledgement | null;
  /** Rises whenever there is something new to say: an episode, a threshold, an end. */
  readonly wanted: number;
  readonly sinks: Readonly<Record<string, Delivery>>;
}

/** Why something is said: it is new, nobody has answered for it since, or those who were told do not answer. */
export type Occasion =
  | { readonly kind: 'news' }
  | { readonly kind: 'repeat'; readonly number: number }
  | { readonly kind: 'escalation' };

/** One thing to say to one sink: the state as it is at that moment, facts only. */
export interface Announcement {
  /** Deterministic: the same thing said again, after an unacknowledged send, carries the same id. */
  readonly id: string;
  readonly key: string;
  readonly kind: AlertKind;
  readonly status: AlertStatus;
  readonly episode: number;
  readonly severity: Severity;
  readonly since: Date;
  readonly raisedAt: Date;
  readonly resolvedAt: Date | null;
  readonly endedBecause?: EndReason | undefined;
  readonly acknowledged: Acknowledgement | null;
  readonly facts: ProblemFacts;
  /** Left out: it is news. */
  readonly occasion?: Occasion | undefined;
}

/** What one sink is given at once, worst first. Never empty. */
export interface AlertBatch {
  /**
   * `first`: the sink has never been told anything, so this is a summary of what is there. `refresh`: a sink that shows states is
   * told again of what still fires; nothing of it is news.
   */
  readonly reason: 'first' | 'changes' | 'refresh';
  /** The instant that "expires in" is counted from. */
  readonly at: Date;
  readonly announcements: readonly Announcement[];
}

const ranks: Readonly<Record<Severity, number>> = {
  ok: 0,
  info: 1,
  warning: 2,
  critical: 3,
  expired: 4,
};

const DAY = 86_400_000;

/** Negative when `a` is less severe than `b`. */
export function compareSeverity(a: Severity, b: Severity): number {
  return ranks[a] - ranks[b];
}

/**
 * The next state of one key: `problem` is what is seen now, null when a trustworthy look found it gone. The very same
 * `state` comes back when nothing changed. Facts change quietly; only an episode, a higher threshold or an end raises
 * `wanted`, and several thresholds passed at once raise it once. `because` says why it is over.
 */
export function observe(
  state: AlertState | null,
  problem: Problem | null,
  now: Date,
  because: EndReason | null = null,
): AlertState | null {
  if (problem === null || problem.severity === 'ok')
    return state === null ? null : end(state, now, because);
  if (state === null || state.status === 'resolved' || isAnother(state, problem, now))
    return begin(state, problem, now);
  return goOn(state, problem, now);
}

/** Marks a firing state as seen by a person. It holds until the problem gets worse or ends. */
export function acknowledge(state: AlertState, acknowledged: Acknowledgement): AlertState {
  return state.status === 'firing' ? { ...state, acknowledged } : state;
}

function begin(before: AlertState | null, problem: Problem, now: Date): AlertState {
  return {
    key: problem.key,
    status: isNotice(problem) ? 'notice' : 'firing',
    episode: (before?.episode ?? 0) + 1,
    severity: problem.severity,
    level: problem.severity,
    since: now,
    raisedAt: now,
    resolvedAt: null,
    facts: problem.facts,
    acknowledged: null,
    wanted: (before?.wanted ?? 0) + 1,
    sinks: before?.sinks ?? {},
  };
}

function end(state: AlertState, now: Date, because: EndReason | null): AlertState {
  if (state.status !== 'firing') return state;
  return {
    ...state,
    status: 'resolved',
    raisedAt: now,
    resolvedAt: now,
    ...(because === null ? {} : { endedBecause: because }),
    wanted: state.wanted + 1,
  };
}

function goOn(state: AlertState, problem: Problem, now: Date): AlertState {
  const seen = asSeen(state, problem);
  if (compareSeverity(seen.severity, state.level) > 0)
    return {
      ...state,
      severity: seen.severity,
      facts: seen.facts,
      level: seen.severity,
      raisedAt: now,
      acknowledged: null,
      wanted: state.wanted + 1,
    };
  if (seen.severity === state.severity && saysTheSame(state.facts, seen.facts)) return state;
  return { ...state, severity: seen.severity, facts: seen.facts };
}

/**
 * An expiry does not get milder by itself, only when its end moved. A clock that went back would say so, and then the
 * old facts still tell whether it has expired.
 */
function asSeen(state: AlertState, problem: Problem): Pick<AlertState, 'severity' | 'facts'> {
  const was = endOf(state.facts);
  const is = endOf(problem.facts);
  const milder = compareSeverity(problem.severity, state.severity) < 0;
  if (!milder || was === null || is === null || is > was) return problem;
  const facts = problem.facts.kind === state.facts.kind ? problem.facts : state.facts;
  return { severity: state.severity, facts };
}

/** Whether the same key now speaks of something else, so that people must hear of it anew. */
function isAnother(state: AlertState, problem: Problem, now: Date): boolean {
  const was = state.facts;
  const is = problem.facts;
  if ('planHash' in was && 'planHash' in is) return was.planHash !== is.planHash;
  if (was.kind === 'rotation' && is.kind === 'rotation')
    return (
      ending(was) !== ending(is) ||
      isNotice(problem) !== (state.status === 'notice') ||
      (is.outcome === 'refused' && now.getTime() - state.raisedAt.getTime() > DAY)
    );
  const before = endOf(was);
  const after = endOf(is);
  // A store that at first gave only the day is corrected by less than a day; a renewal gains more.
  return before !== null && after !== null && after - before > DAY;
}

/** What makes one rotation's end other news than the last one's. The same refusal over again is news once a day. */
function ending(facts: Extract<ProblemFacts, { kind: 'rotation' }>): string {
  return `${facts.outcome} ${facts.outcome === 'refused' ? facts.reason : facts.rotationId}`;
}

function endOf(facts: ProblemFacts): number | null {
  return 'notAfter' in facts ? facts.notAfter.getTime() : null;
}

/** How a rotation ended is told once, unless it is bad enough to need someone. */
function isNotice({ facts, severity }: Problem): boolean {
  return facts.kind === 'rotation' && compareSeverity(severity, 'critical') < 0;
}

/** Whether the seen facts say all that is known already. A stored value may have fewer fields and another order. */
function saysTheSame(known: unknown, seen: unknown): boolean {
  if (!isComposite(known) || !isComposite(seen)) return plain(known) === plain(seen);
  if (Array.isArray(known) && Array.isArray(seen) && known.length !== seen.length) return false;
  const fields = new Map<string, unknown>(Object.entries(seen));
  return Object.entries(known).every(([name, value]) => saysTheSame(value, fields.get(name)));
}

function isComposite(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}

function plain(value: unknown): unknown {
  return value instanceof Date ? value.getTime() : value;
}
