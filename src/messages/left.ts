import { lengthOf } from './words.ts';

/** Whole days; hours below two days, because then they count; and how long ago it ended. `notAfter` is ISO text. */
export function timeLeft(notAfter: string | null, now: Date): string {
  if (notAfter === null) return 'unknown';
  const millis = new Date(notAfter).getTime() - now.getTime();
  const length = lengthOf(millis);
  if (length.unit === 'less-than-an-hour') return millis > 0 ? '< 1 h' : '< 1 h ago';
  const text = `${length.count} ${length.unit === 'days' ? 'd' : 'h'}`;
  return millis > 0 ? text : `${text} ago`;
}
