import type { AlertKind } from '../../domain/problem.ts';
import { duration, later, list, name, oneOf, section, text } from './leaves.ts';
import type { References } from './secrets.ts';

const severities = ['info', 'warning', 'critical', 'expired'] as const;

/** Every kind of problem, in one place that the compiler compares with the domain. */
const alertKinds = {
  expiring: true,
  expired: true,
  'no-replacement': true,
  drift: true,
  unreachable: true,
  'not-probed': true,
  'expiry-unknown': true,
  'owned-elsewhere': true,
  'weak-tls-policy': true,
  'quota-near': true,
  reverted: true,
  rotation: true,
  'approval-wanted': true,
  missing: true,
  'scan-stale': true,
  'queue-stuck': true,
  'sink-failing': true,
  'clock-skew': true,
  'store-not-durable': true,
} as const satisfies Record<AlertKind, true>;

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
  const kinds = Object.keys(alertKinds).filter(isAlertKind);
  const route = section({
    match: section({
      severity: list(oneOf(severities), `severities out of ${severities.join(', ')}`).optional(),
      kind: list(kindOf(kinds), 'alert kinds').optional(),
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

function isAlertKind(word: string): word is AlertKind {
  return word in alertKinds;
}

/** A URL that is called while all is well: somebody outside notices when the calls stop. */
export function heartbeat({ url }: References) {
  return section({
    url: url(['https', 'http']).nullable().prefault(null),
    every: duration('1s', '1d').prefault('5m'),
  }).prefault({});
}
