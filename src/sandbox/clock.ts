import type { FaultBook } from './faults/book.ts';

/** The sandbox's time, in milliseconds since 1970. It may be ahead of or behind the machine's. */
export interface SandboxClock {
  now(): number;
}

export function offsetClock(offsetMillis: number): SandboxClock {
  return { now: () => Date.now() + offsetMillis };
}

/** As the load balancing API writes times: ISO, in whole seconds. */
export function toTheSecond(millis: number): string {
  return new Date(millis).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The clock as the faults in force make it. */
export function skewedClock(clock: SandboxClock, faults: FaultBook): SandboxClock {
  const skew = (): number =>
    faults
      .list()
      .reduce((sum, { fault }) => sum + (fault.kind === 'clock-skew' ? fault.offsetMillis : 0), 0);
  return { now: () => clock.now() + skew() };
}
