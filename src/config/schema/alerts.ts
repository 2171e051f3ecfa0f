import { alertKinds } from '../../domain/alert-kinds.ts';
import type { AlertKind } from '../../domain/problem.ts';
import { duration, later, list, name, oneOf, section, text } from './leaves.ts';
import type { References } from './secrets.ts';

const severities = ['info', 'warning', 'critical', 'expired'] as const;

/** What all sinks share. */
export function alerts() {
  return section({
    runbook: text(
      'where docs/alerts.md can be read: a URL or a path, without the # of a section',
      /^[^\s#]+$/,
    ).prefault('docs/alerts.md'),
  }).prefault({});
}

/** Which sinks hear of what. No route: every sink hears of everything. */
export function routes() {
  const route = section({
    match: section({
      severity: list(oneOf(severities), `severities out of ${severities.join(', ')}`).optional(),
      kind: list(kindOf(alertKinds), 'alert kinds').optional(),
    }),
    to: list(name(), 'sink names').min(1, { error: 'must name at least one sink' }),
    escalate: later(),
  });
  return list(route, 'routes').prefault([]);
}

function kindOf(kinds: readonly AlertKind[]) {
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
