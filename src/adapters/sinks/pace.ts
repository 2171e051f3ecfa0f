import type { Millis } from '../../domain/certificate.ts';
import type { Clock } from '../../ports/clock.ts';

/** Waits until the next request may go out. */
export type Pace = (signal: AbortSignal) => Promise<void>;

const MINUTE = 60_000;

/**
 * Keeps requests of one sink apart, so that not even failing ones pass the receiver's limit: a robot that is sent too much
 * takes nothing at all for a while. The first one waits for nobody. Rejects with the signal's reason.
 */
export function openPace(perMinute: number, clock: Clock): Pace {
  const gap: Millis = MINUTE / perMinute;
  let next = Number.NEGATIVE_INFINITY;
  return async (signal) => {
    const now = clock.monotonic();
    const wait = Math.max(0, next - now);
    next = Math.max(next, now) + gap;
    if (wait > 0) await clock.sleep(wait, signal);
  };
}
