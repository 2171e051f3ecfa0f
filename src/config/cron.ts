import type { Millis } from '../domain/certificate.ts';

/** The moments a cron expression names, as sets. Day of month and day of week must both match. */
interface Cron {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  readonly months: readonly number[];
  readonly weekdays: readonly number[];
}

const monthNames = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const weekdayNames = 'sun mon tue wed thu fri sat'.split(' ');
const day: Millis = 86_400_000;
/** 2024 and the three years after it hold every combination of date, weekday and leap day that matters here. */
const firstDay = Date.UTC(2024, 0, 1);
const daysWatched = 4 * 366;

/**
 * The longest time between two ticks of a cron expression of five fields, or six with seconds in front; null when the
 * expression is not understood or does not come due at least twice in four years. Days are taken as 24 hours long.
 *
 * Only plain fields are understood (`*`, lists, ranges, steps, English names): an operator who reads the file should not
 * need to know what `15W` means.
 */
export function longestGap(expression: string): Millis | null {
  const cron = parse(expression);
  if (cron === null) return null;
  const ticks = ticksOfDay(cron);
  const first = ticks[0];
  const last = ticks.at(-1);
  if (first === undefined || last === undefined) return null;
  const overnight = longestDayGap(cron);
  if (overnight === null) return null;
  const within = ticks.map((tick, index) => tick - (ticks[index - 1] ?? tick));
  return Math.max(overnight * day + first - last, ...within);
}

function parse(expression: string): Cron | null {
  const given = expression.trim().toLowerCase().split(/\s+/);
  const [seconds, minutes, hours, days, months, weekdays] =
    given.length === 5 ? ['0', ...given] : given;
  if (given.length > 6 || weekdays === undefined) return null;
  const cron = {
    seconds: field(seconds, 0, 59),
    minutes: field(minutes, 0, 59),
    hours: field(hours, 0, 23),
    days: field(days, 1, 31),
    months: field(named(months, monthNames, 1), 1, 12),
    weekdays: field(named(weekdays, weekdayNames, 0), 0, 7).map((value) => value % 7),
  };
  return Object.values(cron).every((values) => values.length > 0) ? cron : null;
}

function named(text: string | undefined, names: readonly string[], from: number): string {
  return (text ?? '').replaceAll(/[a-z]+/g, (word) => {
    const index = names.indexOf(word);
    return index < 0 ? word : String(index + from);
  });
}

/** The values of one field in order; empty when any part of it is not understood. */
function field(text: string | undefined, low: number, high: number): readonly number[] {
  const parts = (text ?? '').split(',').map((part) => span(part, low, high));
  if (parts.some((part) => part.length === 0)) return [];
  return [...new Set(parts.flat())].toSorted((a, b) => a - b);
}

/** Everything, one value, a range; each also by steps, where `5/10` means every tenth from 5 on. */
function span(part: string, low: number, high: number): readonly number[] {
  const found = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/([1-9]\d?))?$/.exec(part);
  if (found === null) return [];
  const [, from, until, every] = found;
  const start = Number(from ?? low);
  const open = from === undefined || every !== undefined;
  const end = Number(until ?? (open ? high : from));
  if (start < low || end > high) return [];
  const values = Array.from({ length: Math.max(0, end - start + 1) }, (_, index) => start + index);
  return values.filter((value) => (value - start) % Number(every ?? 1) === 0);
}

function ticksOfDay(cron: Cron): readonly Millis[] {
  return cron.hours.flatMap((hour) =>
    cron.minutes.flatMap((minute) =>
      cron.seconds.map((second) => ((hour * 60 + minute) * 60 + second) * 1000),
    ),
  );
}

function longestDayGap(cron: Cron): number | null {
  const due: number[] = [];
  for (let index = 0; index < daysWatched; index += 1) {
    const date = new Date(firstDay + index * day);
    if (isDue(cron, date)) due.push(index);
  }
  if (due.length < 2) return null;
  return due.reduce((gap, index, at) => Math.max(gap, index - (due[at - 1] ?? index)), 1);
}

function isDue(cron: Cron, date: Date): boolean {
  return (
    cron.months.includes(date.getUTCMonth() + 1) &&
    cron.days.includes(date.getUTCDate()) &&
    cron.weekdays.includes(date.getUTCDay())
  );
}
