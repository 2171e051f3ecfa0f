import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../config/duration.ts';
import type { Millis } from '../domain/certificate.ts';

/** An instant as it was written on the command line: fixed, or so far from another one. */
export type Moment = { readonly at: Date } | { readonly away: Millis };

/** `2027-02-01T00:00+08:00`, or a length of time such as `3d`. */
export function momentOf(text: string): Moment {
  const away = parseDuration(text);
  if (away !== null) return { away };
  const at = new Date(text);
  // Without its offset it would mean one thing here and another on the daemon's machine.
  if (/T.*(Z|[+-]\d\d:?\d\d)$/.test(text) && !Number.isNaN(at.getTime())) return { at };
  throw new InvalidArgumentError(
    'write an instant with its offset such as 2027-02-01T00:00+08:00, or a length of time such as 3d.',
  );
}

/** The instant, lengths of time counted from `start` on. */
export function after(moment: Moment, start: Date): Date {
  return 'at' in moment ? moment.at : new Date(start.getTime() + moment.away);
}

/** The instant, lengths of time counted back from `end`. */
export function before(moment: Moment, end: Date): Date {
  return 'at' in moment ? moment.at : new Date(end.getTime() - moment.away);
}
