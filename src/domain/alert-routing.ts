import type { AlertState } from './alert.ts';
import { accountsOf, bindingsOf, regionsOf } from './alert-place.ts';
import type { Millis } from './certificate.ts';
import type { DayHours, DayTime } from './day-time.ts';
import { type ListenerMatch, matches, type Severity } from './policy.ts';
import type { AlertKind, BindingName, ProblemFacts } from './problem.ts';

/** A kind of alert, or the one way of a rotation to end that somebody must answer for. */
export type RoutedKind = AlertKind | 'needs-operator';

/** Which alerts a route is for. Keys are ANDed, the values of one key ORed; a left-out key matches everything. */
interface RouteMatch extends ListenerMatch {
  readonly severities?: readonly Severity[] | undefined;
  readonly kinds?: readonly RoutedKind[] | undefined;
  /** Names of policies. */
  readonly policies?: readonly string[] | undefined;
}

export interface Route {
  readonly match: RouteMatch;
  readonly to: readonly string[];
  /** How often what nobody acknowledges is told again. Null: never; left out: as everywhere. */
  readonly repeat?: Millis | null | undefined;
  /** Who else hears of it when nobody has acknowledged it for so long. */
  readonly escalate?: { readonly after: Millis; readonly to: readonly string[] } | undefined;
}

/** How one sink wants to be treated. */
export interface SinkManners {
  /** When only what is critical is told. */
  readonly quiet: DayHours | null;
  /** When what is merely informative is told; null: at once. */
  readonly digest: DayTime | null;
}

/** What the operator wants of the alerts. Replaced as a whole on reload. */
export interface AlertRules {
  readonly routes: readonly Route[];
  /** How often what is critical or expired is told again while nobody acknowledges it; null: never. */
  readonly repeat: Millis | null;
  /** By the sink's name; a sink without an entry is told everything at once. */
  readonly sinks: Readonly<Record<string, SinkManners>>;
}

/** The first route that matches; null when none does, and then every sink hears of it: silence is the worst mistake. */
export function routeOf({ level, facts }: AlertState, { routes }: AlertRules): Route | null {
  return routes.find(({ match }) => fits(match, level, facts)) ?? null;
}

function fits(match: RouteMatch, level: Severity, facts: ProblemFacts): boolean {
  return (
    (match.severities?.includes(level) ?? true) &&
    (match.kinds?.some((kind) => isOfKind(facts, kind)) ?? true) &&
    isThere(match, facts)
  );
}

function isOfKind(facts: ProblemFacts, kind: RoutedKind): boolean {
  if (kind !== 'needs-operator') return facts.kind === kind;
  return facts.kind === 'rotation' && facts.outcome === 'needs-operator';
}

/** Whether one binding that the problem affects is meant; a problem without bindings is known by account and region only. */
function isThere(match: RouteMatch, facts: ProblemFacts): boolean {
  const bindings = bindingsOf(facts);
  if (bindings.length > 0) return bindings.some((binding) => isMeant(match, binding));
  const { accounts, regions, loadBalancers, listeners, policies, tags } = match;
  return (
    (accounts === undefined || accountsOf(facts).some((name) => accounts.includes(name))) &&
    (regions === undefined || regionsOf(facts).some((name) => regions.includes(name))) &&
    [loadBalancers, listeners, policies].every((list) => list === undefined) &&
    Object.keys(tags ?? {}).length === 0
  );
}

function isMeant(match: RouteMatch, { ref, policy, tags = {} }: BindingName): boolean {
  const byPolicy = match.policies;
  const isOfPolicy = byPolicy === undefined || (policy !== undefined && byPolicy.includes(policy));
  return isOfPolicy && matches(match, { ref, tags });
}
