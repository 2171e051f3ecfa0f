import type { Fingerprint, Millis } from '../domain/certificate.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A length of time as people say it: whole days, hours below two days, and nothing finer than an hour. */
export type Length =
  | { readonly unit: 'days' | 'hours'; readonly count: number }
  | { readonly unit: 'less-than-an-hour' };

/** The sign of `ms` is ignored; parts are dropped, so that what is left is never said to be more. */
export function lengthOf(ms: Millis): Length {
  const size = Math.abs(ms);
  if (size >= 2 * DAY) return { unit: 'days', count: Math.floor(size / DAY) };
  if (size >= HOUR) return { unit: 'hours', count: Math.floor(size / HOUR) };
  return { unit: 'less-than-an-hour' };
}

/** `2026-11-23 22:00 Asia/Shanghai (2026-11-23 14:00 UTC)`: the same in every language. */
export function localAndUtc(at: Date, timezone: string): string {
  const utc = `${minuteIn(at, 'UTC')} UTC`;
  return timezone === 'UTC' ? utc : `${minuteIn(at, timezone)} ${timezone} (${utc})`;
}

/** Enough of a fingerprint to recognise it by. */
export function short(fingerprint: Fingerprint | null): string {
  return fingerprint === null ? '?' : fingerprint.slice(0, 12);
}

/** The first `most` items and, where some are left, one that counts the rest. */
export function capped(
  items: readonly string[],
  most: number,
  more: (count: number) => string,
): readonly string[] {
  if (items.length <= most) return items;
  return [...items.slice(0, most), more(items.length - most)];
}

/** By zone: making one costs more than all the rest of a message. */
const formats = new Map<string, Intl.DateTimeFormat>();

function minuteIn(at: Date, timezone: string): string {
  const format = formats.get(timezone) ?? formatFor(timezone);
  formats.set(timezone, format);
  return format.format(at);
}

/** Swedish writes dates as ISO does; the text holds no words. */
function formatFor(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
}
