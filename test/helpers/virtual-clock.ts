import type { Millis } from '../../src/domain/certificate.ts';
import type { Clock } from '../../src/ports/clock.ts';

/**
 * A clock that stands still until everyone asleep agrees to wait: then it jumps to the earliest waker. A test with it takes no
 * real time and every run is the same.
 */
export class VirtualClock implements Clock {
  #now: number;
  readonly #sleepers = new Set<{ readonly due: number; readonly wake: () => void }>();

  constructor(start: Date) {
    this.#now = start.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  monotonic(): Millis {
    return this.#now;
  }

  async sleep(ms: Millis, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const sleeper = {
        due: this.#now + Math.max(1, ms),
        wake: () => {
          signal.removeEventListener('abort', aborted);
          resolve();
        },
      };
      const aborted = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      signal.addEventListener('abort', aborted, { once: true });
      this.#sleepers.add(sleeper);
      // Let everything that can run without time passing run first.
      setImmediate(() => {
        if (!signal.aborted) this.#advance();
      });
    });
  }

  #advance(): void {
    const next = [...this.#sleepers].toSorted((a, b) => a.due - b.due)[0];
    if (next === undefined) return;
    this.#sleepers.delete(next);
    this.#now = Math.max(this.#now, next.due);
    next.wake();
  }
}
