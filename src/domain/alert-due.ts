import { type AlertState, compareSeverity, type Delivery, type Occasion } from './alert.ts';
import { type AlertRules, type Route, routeOf, type SinkManners } from './alert-routing.ts';
import type { Millis } from './certificate.ts';
import { endOfHours, nextDayTime } from './day-time.ts';
import type { Severity } from './policy.ts';

/** A sink, as far as it matters when it hears of something. */
export interface Hearer {
  readonly name: string;
  /** `state` shows what is: it is told of everything at once, and again until it is over. */
  readonly style: 'notify' | 'state';
  /** When it took its first message; null while it never has. */
  readonly firstAcceptedAt: Date | null;
}

/** One thing to say to one sink, and from when on. */
export interface Due {
  readonly state: AlertState;
  readonly occasion: Occasion;
  readonly at: Date;
  /** Whether the receiver has refused this very message: it waits for that reason. */
  readonly held: boolean;
}

const AT_ONCE = new Date(0);

const nothingSaid: Delivery = { delivered: 0, attempted: 0, said: null, held: null };

/** Where one sink stands with this alert. */
export function deliveryTo(state: AlertState, sink: string): Delivery {
  return state.sinks[sink] ?? nothingSaid;
}

/**
 * What is to be said next of this state to this sink, and when; null when there is nothing to say. What ended before it was on
 * its way to the sink stays unsaid.
 *
 * News is said at once. Below critical it waits for the end of the sink's quiet hours, and what is merely informative for the
 * digest; the first message to a sink is a summary of all there is and waits for no digest. What fires, is critical or expired
 * and stays unacknowledged is repeated, and told to those whom its route escalates to.
 */
export function dueOf(state: AlertState, to: Hearer, rules: AlertRules, now: Date): Due | null {
  const delivery = deliveryTo(state, to.name);
  const due =
    delivery.delivered >= state.wanted
      ? repeatOf(state, to, rules)
      : newsOf(state, to, { rules, now });
  if (due === null) return null;
  const held = delivery.held?.wanted === state.wanted ? delivery.held : null;
  if (held === null) return { state, ...due, held: false };
  return { state, ...due, at: latest(due.at, held.until), held: true };
}

type Saying = Pick<Due, 'occasion' | 'at'>;

interface Moment {
  readonly rules: AlertRules;
  readonly now: Date;
}

function newsOf(state: AlertState, to: Hearer, moment: Moment): Saying | null {
  const isEnd = state.status !== 'firing' && mayHaveHeard(deliveryTo(state, to.name));
  if (state.status === 'resolved' && !isEnd) return null;
  const news: Saying = { occasion: { kind: 'news' }, at: courteous(state, to, AT_ONCE, moment) };
  if (isEnd) return news;
  const part = partOf(state, to.name, moment.rules);
  if (part === null) return null;
  if (part.kind === 'told') return news;
  const earliest = escalatesAt(state, part.route, moment.rules);
  return {
    occasion: { kind: 'escalation' },
    at: courteous(state, to, earliest, moment),
  };
}

/** Whether the sink may believe that the alert fires. */
function mayHaveHeard({ delivered, attempted, said }: Delivery): boolean {
  return said?.status === 'firing' || attempted > delivered;
}

function repeatOf(state: AlertState, { name, style }: Hearer, rules: AlertRules): Saying | null {
  const { said } = deliveryTo(state, name);
  // A sink that shows states is refreshed as a whole instead.
  const mayRepeat = style === 'notify' && isUnanswered(state) && isUrgent(state.severity);
  if (!mayRepeat || said?.status !== 'firing') return null;
  const every = paceOf(partOf(state, name, rules), rules);
  if (every === null) return null;
  const number = (said.repeats ?? 0) + 1;
  return { occasion: { kind: 'repeat', number }, at: new Date(said.at.getTime() + every) };
}

/** How often a sink is told again; null: never. */
function paceOf(part: Part | null, { repeat }: AlertRules): Millis | null {
  if (part === null) return null;
  return part.route?.repeat === undefined ? repeat : part.route.repeat;
}

/** How an alert concerns a sink: it is told of it, or only when nobody answers. */
type Part =
  | { readonly kind: 'told'; readonly route: Route | null }
  | { readonly kind: 'escalated'; readonly route: Route };

function partOf(state: AlertState, sink: string, rules: AlertRules): Part | null {
  const { facts } = state;
  if (facts.kind === 'sink-failing' && facts.sink === sink) return null;
  const route = routeOf(state, rules);
  if (route === null || route.to.includes(sink)) return { kind: 'told', route };
  const escalates = isUnanswered(state) && (route.escalate?.to.includes(sink) ?? false);
  return escalates ? { kind: 'escalated', route } : null;
}

function isUnanswered({ status, acknowledged }: AlertState): boolean {
  return status === 'firing' && acknowledged === null;
}

/** Counted from when the first of those whom it was told to could have heard: nobody answers what waits for the morning. */
function escalatesAt(state: AlertState, { to, escalate }: Route, rules: AlertRules): Date {
  const heard = to.map((sink) => politeAt(state, state.raisedAt, mannersOf(rules, sink)).getTime());
  return new Date(Math.min(...heard) + (escalate?.after ?? 0));
}

/** The earliest time, from `earliest` on, at which this sink wants to be told. */
function courteous(state: AlertState, to: Hearer, earliest: Date, { rules, now }: Moment): Date {
  if (to.style === 'state') return earliest;
  const manners = mannersOf(rules, to.name);
  const wanted = isSummary(state, to) ? { ...manners, digest: null } : manners;
  const at = politeAt(state, latest(earliest, now), wanted);
  // What may be said now is due whatever the clock showed before.
  return at > now ? at : earliest;
}

function politeAt(state: AlertState, since: Date, { quiet, digest }: SinkManners): Date {
  const urgency = urgencyOf(state);
  if (isUrgent(urgency)) return since;
  const waits = digest !== null && compareSeverity(urgency, 'info') <= 0;
  const at = waits ? latest(since, nextDayTime(digest, state.raisedAt)) : since;
  return quiet === null ? at : endOfHours(quiet, at);
}

function mannersOf({ sinks }: AlertRules, sink: string): SinkManners {
  return sinks[sink] ?? { quiet: null, digest: null };
}

/** Whether this was there before the sink took its first message: then it belongs to that. */
function isSummary({ raisedAt }: AlertState, { firstAcceptedAt }: Hearer): boolean {
  return firstAcceptedAt === null || raisedAt <= firstAcceptedAt;
}

/** An end is as urgent as what it ends was at its worst: whoever was woken by it wants to know. */
function urgencyOf({ status, severity, level }: AlertState): Severity {
  return status === 'resolved' ? level : severity;
}

function isUrgent(severity: Severity): boolean {
  return compareSeverity(severity, 'critical') >= 0;
}

function latest(a: Date, b: Date): Date {
  return a > b ? a : b;
}
