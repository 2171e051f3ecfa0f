import { alertKinds } from '../../domain/alert-kinds.ts';
import type { RoutedKind } from '../../domain/alert-routing.ts';
import { clockTime, duration, list, name, oneOf, section, text } from './leaves.ts';
import { match } from './rules.ts';
import type { References } from './secrets.ts';

const severities = ['info', 'warning', 'critical', 'expired'] as const;

/** Which sinks hear of what. No route: every sink hears of everything. */
export function routes() {
  const route = section({
    match: section({
      severity: list(oneOf(severities), `severities out of ${severities.join(', ')}`).optional(),
      kind: list(kindOf([...alertKinds, 'needs-operator']), 'alert kinds').optional(),
      policies: list(text('policy name'), 'policy names').optional(),
      ...match().shape,
    }),
    to: sinkNames(),
    repeat: repeat().optional(),
    escalate: section({ after: duration('1m', '30d'), to: sinkNames() }).optional(),
  });
  return list(route, 'routes').prefault([]);
}

/** What holds for all routes and sinks that say nothing else. */
export function alerts() {
  return section({
    repeat: repeat().prefault('1d'),
    digest: clockTime().nullable().prefault('09:00'),
    runbook: text(
      'where docs/alerts.md can be read: a URL or a path, without the # of a section',
      /^[^\s#]+$/,
    ).prefault('docs/alerts.md'),
  }).prefault({});
}

/** How often what nobody acknowledges is told again; null: never. */
function repeat() {
  return duration('10m', '365d').nullable();
}

function sinkNames() {
  return list(name(), 'sink names').min(1, { error: 'must name at least one sink' });
}

function kindOf(kinds: readonly RoutedKind[]) {
  const [first = 'expiring', ...others] = kinds;
  return oneOf([first, ...others]);
}

/** A URL that is called while all is well: somebody outside notices when the calls stop. */
export function heartbeat({ url }: References) {
  return section({
    url: url(['https', 'http']).nullable().prefault(null),
    every: duration('1s', '1d').prefault('5m'),
  }).prefault({});
}
