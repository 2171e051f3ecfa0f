import type { Millis } from '../../../src/domain/certificate.ts';

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/**
 * A virtual clock for many runs: it jumps to the earliest sleeper as soon as nothing else can run. `nextTick` comes when all
 * promises have settled, so no turn of the event loop is spent on waiting.
 */
export class LabClock {
  #now: number;
  #isTicking = false;
  readonly #sleepers = new Set<Sleeper>();

  constructor(start: Date) {
    this.#now = start.getTime();
  }

  get time(): number {
    return this.#now;
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
      const aborted = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      const wake = (): void => {
        signal.removeEventListener('abort', aborted);
        resolve();
      };
      const sleeper: Sleeper = { due: this.#now + Math.max(1, ms), wake };
      signal.addEventListener('abort', aborted);
      this.#sleepers.add(sleeper);
      this.#tick();
    });
  }

  /** One sleeper a tick: whoever wakes does all that it can before the next one does. */
  #tick(): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    const tick = (): void => {
      this.#isTicking = false;
      this.#advance();
      if (this.#sleepers.size > 0) this.#tick();
    };
    // Ticks in one queue run without promises in between; one that a promise queues runs after all of them.
    queueMicrotask(() => process.nextTick(tick));
  }

  #advance(): void {
    let next: Sleeper | null = null;
    for (const sleeper of this.#sleepers) {
      if (next === null || sleeper.due < next.due) next = sleeper;
    }
    if (next === null) return;
    this.#sleepers.delete(next);
    this.#now = Math.max(this.#now, next.due);
    next.wake();
  }
}
