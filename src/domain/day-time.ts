import { instantOf, startOfDay, wallTimeAt } from './wall-clock.ts';

/** A time of each day. */
export interface DayTime {
  /** Wall-clock `HH:MM` in `timezone`. */
  readonly at: string;
  /** IANA zone name. */
  readonly timezone: string;
}

/** Hours of each day. `until` at or before `from` means the next day. */
export interface DayHours {
  /** Wall-clock `HH:MM` in `timezone`; `from` belongs to the hours, `until` does not. */
  readonly from: string;
  readonly until: string;
  readonly timezone: string;
}

const minute = 60_000;
const day = 86_400_000;

/** Thousands of alerts ask about the same day at the same instant. */
const lastAnswer = new WeakMap<DayTime | DayHours, { readonly asked: number; readonly at: Date }>();

/** The first time of day at `since` or later. A time that a clock change skips comes when the clock jumps. */
export function nextDayTime(time: DayTime, since: Date): Date {
  return remembered(time, since, () => findDayTime(time, since));
}

/** The end of the hours that `now` lies in; `now` itself when it lies in none. */
export function endOfHours(hours: DayHours, now: Date): Date {
  return remembered(hours, now, () => findEnd(hours, now));
}

function findDayTime({ at, timezone }: DayTime, since: Date): Date {
  const today = startOfDay(wallTimeAt(timezone, since.getTime()));
  for (let ahead = 0; ; ahead += 1) {
    const instant = instantOf(timezone, today + ahead * day + offsetOf(at));
    if (instant >= since.getTime()) return new Date(instant);
  }
}

function findEnd({ from, until, timezone }: DayHours, now: Date): Date {
  const today = startOfDay(wallTimeAt(timezone, now.getTime()));
  const length = offsetOf(until) - offsetOf(from);
  // Hours that began yesterday may reach into today.
  for (const date of [today - day, today]) {
    const opens = instantOf(timezone, date + offsetOf(from));
    const closes = instantOf(timezone, date + offsetOf(until) + (length <= 0 ? day : 0));
    if (opens <= now.getTime() && now.getTime() < closes) return new Date(closes);
  }
  return now;
}

function remembered(what: DayTime | DayHours, asked: Date, find: () => Date): Date {
  const known = lastAnswer.get(what);
  if (known?.asked === asked.getTime()) return known.at;
  const at = find();
  lastAnswer.set(what, { asked: asked.getTime(), at });
  return at;
}

function offsetOf(clock: string): number {
  const [hours = '0', minutes = '0'] = clock.split(':');
  return (Number(hours) * 60 + Number(minutes)) * minute;
}
