import type { CheckLine, CheckResult, CheckState, Measured } from './judge.ts';

/** Exit codes of a Nagios plugin. */
export const codes: Readonly<Record<CheckState, number>> = {
  ok: 0,
  warning: 1,
  critical: 2,
  unknown: 3,
};

/** Nagios cuts output at 8 KB, so the worst come first and the rest is counted. */
const mostLines = 20;
const mostMeasured = 20;

/**
 * The output of a Nagios plugin: one line with the state, what matters most and the performance data; below it a line for each
 * thing that was looked at, the worst first.
 */
export function nagios(result: CheckResult): string {
  const { lines } = result;
  const head = `CERTIFICATES ${result.state.toUpperCase()} - ${summary(result)}`;
  // A single one has been said in the head.
  const shown = lines.length > 1 ? lines.slice(0, mostLines) : [];
  const left = lines.length > 1 ? lines.length - shown.length : 0;
  return [
    `${clean(head)}|${performance(result)}`,
    ...shown.map(longLine),
    ...(left > 0 ? [`and ${left} more`] : []),
    '',
  ].join('\n');
}

/** What matters most in one clause, and how much was looked at. */
export function summary({ state, lines, bindings, listeners }: CheckResult): string {
  const seen = `${count(bindings, 'binding')} on ${count(listeners, 'listener')}`;
  const [first] = lines;
  if (first === undefined) return `${seen} match`;
  if (state === 'ok') return `${seen}, the earliest: ${first.text}`;
  const as = lines.filter((line) => line.state === state).length - 1;
  const more = as > 0 ? ` (and ${as} more)` : '';
  return `${first.text}${more}${bindings > 0 ? `; ${seen}` : ''}`;
}

function performance({ bindings, measured }: CheckResult): string {
  const known = measured.filter(({ left }) => left !== null);
  const [earliest] = known;
  const all = [
    `'bindings'=${bindings};;;0`,
    ...(earliest === undefined ? [] : [value({ ...earliest, label: 'earliest' })]),
    ...measured.slice(0, mostMeasured).map(value),
  ];
  return all.join(' ');
}

/** The limits are ranges: `604800:` alarms below that many seconds. An unknown value is `U`. */
function value({ label, left, warning, critical }: Measured): string {
  const name = clean(label).replaceAll(/['=]/g, '_');
  return `'${name}'=${left === null ? 'U' : `${left}s`};${warning}:;${critical}:`;
}

function longLine({ state, text }: CheckLine): string {
  return clean(`[${state.toUpperCase()}] ${text}`);
}

/** `|` begins performance data, and a line break another line: neither may come from a name. */
function clean(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ').replaceAll('|', '/');
}

function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}
