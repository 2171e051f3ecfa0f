import type { Millis } from '../domain/certificate.ts';

export interface Clock {
  now(): Date;
  /** Milliseconds on a clock that never jumps, for lease and deadline arithmetic. */
  monotonic(): Millis;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: Millis, signal: AbortSignal): Promise<void>;
}

export interface Entropy {
  /** A fresh random id of lower-case hex, 32 characters. */
  id(): string;
  /** Uniform in [0, 1). */
  fraction(): number;
}
