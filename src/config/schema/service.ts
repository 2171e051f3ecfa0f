import { address, cron, duration, list, name, oneOf, section, text, timezone } from './leaves.ts';
import type { References } from './secrets.ts';

/** Where truth is kept. */
export function store({ url }: References) {
  return section({
    url: url(['redis', 'rediss', 'postgres', 'postgresql']).nullable().prefault(null),
    prefix: text(
      'a name with one part in braces such as {newleaf}',
      /^[A-Za-z0-9_-]*\{[A-Za-z0-9_-]+\}[A-Za-z0-9_-]*$/,
    ).prefault('{newleaf}'),
  }).prefault({});
}

export function dataDir() {
  return text('the path of a folder').prefault('./data');
}

/** When scans are due. */
export function schedule() {
  return section({
    scan: cron().prefault('7 */6 * * *'),
    timezone: timezone().prefault('Asia/Shanghai'),
    tick: duration('1s', '60s').prefault('60s'),
  }).prefault({});
}

/** The daemon's own HTTP server. */
export function http({ secret }: References) {
  const token = section({
    name: name(),
    role: oneOf(['reader', 'operator']),
    token: secret,
  });
  return section({
    listen: address().prefault('127.0.0.1:9877'),
    hosts: list(text('a host name', /^[A-Za-z0-9.-]+$/), 'host names').prefault([]),
    tokens: list(token, 'tokens').prefault([]),
  }).prefault({});
}

/** How long a candidate that failed stays out of use. */
export function quarantine() {
  return duration('1m', '365d').prefault('7d');
}

/** How long finished rotations stay readable, and how long the audit. */
export function retention() {
  return section({
    journal: duration('1d').prefault('400d'),
    audit: duration('1d').prefault('800d'),
  }).prefault({});
}
