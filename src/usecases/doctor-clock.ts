import type { Millis } from '../domain/certificate.ts';
import { type Check, failed, ok, warning } from './doctor-check.ts';

/** From here on no rotation starts and no threshold changes. */
const mostSkew: Millis = 60_000;

/** From here on a clock that is kept in time by nobody shows. */
const notableSkew: Millis = 5_000;

/** Judges the difference between another clock and ours, theirs minus ours in milliseconds. */
export function judgeSkew(name: string, whose: string, skewMs: Millis): Check {
  const apart = Math.abs(skewMs);
  if (apart <= notableSkew) return ok(name, `within ${notableSkew / 1000} s of ${whose}`);
  const direction = skewMs > 0 ? 'behind' : 'ahead of';
  const detail = `this machine is ${Math.round(apart / 1000)} s ${direction} ${whose}`;
  const advice = 'synchronise the clocks (NTP)';
  return apart > mostSkew
    ? failed(name, `${detail}: nothing rotates beyond ${mostSkew / 1000} s`, advice)
    : warning(name, detail, advice);
}
