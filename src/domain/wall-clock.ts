/** A reading of a wall clock as if its zone were UTC: milliseconds that say year, month, day, hour, minute and second. */
export type WallTime = number;

const day = 86_400_000;

/** Building a formatter costs more than a thousand readings, and a zone's rules do not change while we run. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** What the wall clock in an IANA zone shows at an instant. Throws a RangeError for an unknown zone. */
export function wallTimeAt(timezone: string, instant: number): WallTime {
  const shown = new Map(
    formatterOf(timezone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? 0;
  return Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
}

/**
 * The first instant at which the wall clock has reached `wall`. A reading that comes twice (the hour after summer time
 * ends) is reached the first time; one that never comes (the hour skipped when it starts) is reached when the clock jumps.
 */
export function instantOf(timezone: string, wall: WallTime): number {
  const earlier = offsetAt(timezone, wall - day);
  const later = offsetAt(timezone, wall + day);
  const readings = [wall - earlier, wall - later].filter(
    (instant) => wallTimeAt(timezone, instant) === wall,
  );
  if (readings.length > 0) return Math.min(...readings);
  return jumpBetween(timezone, wall - Math.max(earlier, later), wall - Math.min(earlier, later));
}

/** The start of the day that a reading belongs to. */
export function startOfDay(wall: WallTime): WallTime {
  return Math.floor(wall / day) * day;
}

function offsetAt(timezone: string, instant: number): number {
  return wallTimeAt(timezone, instant) - instant;
}

/** The instant of the one change of offset after `from` and not after `until`. */
function jumpBetween(timezone: string, from: number, until: number): number {
  const before = offsetAt(timezone, from);
  let low = from;
  let high = until;
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2000) * 1000;
    if (offsetAt(timezone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

function formatterOf(timezone: string): Intl.DateTimeFormat {
  const known = formatters.get(timezone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(timezone, made);
  return made;
}
