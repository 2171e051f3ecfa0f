import type { Millis } from './certificate.ts';
import type { Weekday, Window } from './policy.ts';
import { instantOf, startOfDay, wallTimeAt } from './wall-clock.ts';

/** One time a window is open: from `opensAt`, which belongs to it, to `closesAt`, which does not. */
interface Opening {
  readonly opensAt: number;
  readonly closesAt: number;
}

const minute = 60_000;
const day = 86_400_000;

/** A window of one weekday whose opening falls into a clock change may miss a week: two weeks always hold the next one. */
const horizon = 15;

/** Spreads the starts of one window. Short, because concurrency and leases already keep the load down. */
const longestJitter = 15 * minute;

const weekdays: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Whether a rotation may start now by this window. */
export function isOpen(window: Window, now: Date): boolean {
  const opening = openingOf(window, now);
  return opening !== null && opening.opensAt <= now.getTime();
}

/** When the window that is open now closes; null when it is closed. */
export function closesAt(window: Window, now: Date): Date | null {
  const opening = openingOf(window, now);
  if (opening === null || opening.opensAt > now.getTime()) return null;
  return new Date(opening.closesAt);
}

/** The earliest instant, now or later, at which one of the windows is open. No windows: now. Null: never, as they have no days. */
export function nextOpening(windows: readonly Window[], now: Date): Date | null {
  return earliestStart(windows, null, now);
}

/**
 * The earliest instant, now or later, at which the plan with this hash may start: the next opening plus the plan's own
 * delay, which is the same on every replica and always ends before the window does. A null hash has no delay.
 */
export function earliestStart(
  windows: readonly Window[],
  hash: string | null,
  now: Date,
): Date | null {
  if (windows.length === 0) return now;
  const starts = windows
    .map((window) => openingOf(window, now))
    .filter((opening) => opening !== null)
    .map((opening) => Math.max(opening.opensAt + jitter(opening, hash), now.getTime()));
  return starts.length === 0 ? null : new Date(Math.min(...starts));
}

function jitter(opening: Opening, hash: string | null): Millis {
  if (hash === null) return 0;
  const spread = Math.min(longestJitter, (opening.closesAt - opening.opensAt) / 4);
  const share = Number.parseInt(hash.slice(0, 8), 16) / 0x1_0000_0000;
  return Math.floor(share * spread);
}

/** Hundreds of listeners ask about the same window at the same instant. */
const lastAnswer = new WeakMap<
  Window,
  { readonly now: number; readonly opening: Opening | null }
>();

/** The opening that is running now, else the next one within the horizon. */
function openingOf(window: Window, now: Date): Opening | null {
  const known = lastAnswer.get(window);
  if (known?.now === now.getTime()) return known.opening;
  const opening = findOpening(window, now);
  lastAnswer.set(window, { now: now.getTime(), opening });
  return opening;
}

function findOpening(window: Window, now: Date): Opening | null {
  const today = startOfDay(wallTimeAt(window.timezone, now.getTime()));
  // Yesterday's window may have crossed midnight.
  for (let ahead = -1; ahead <= horizon; ahead += 1) {
    const opening = openingOn(window, today + ahead * day);
    if (opening !== null && opening.closesAt > now.getTime()) return opening;
  }
  return null;
}

/** The opening that belongs to a day; null when the window names another day or a clock change swallows it whole. */
function openingOn(window: Window, date: number): Opening | null {
  const weekday = weekdays[new Date(date).getUTCDay()];
  if (weekday === undefined || !window.days.includes(weekday)) return null;
  const start = minutesOf(window.start) * minute;
  const end = minutesOf(window.end) * minute;
  const opensAt = instantOf(window.timezone, date + start);
  const closes = instantOf(window.timezone, date + end + (end <= start ? day : 0));
  return closes > opensAt ? { opensAt, closesAt: closes } : null;
}

function minutesOf(clock: string): number {
  const [hours = '0', minutes = '0'] = clock.split(':');
  return Number(hours) * 60 + Number(minutes);
}
