import type { Clock } from '../../../src/ports/clock.ts';

/** A process was killed here. */
export class Killed extends Error {}

/** What a process asks the world before and after everything that others can see. */
export type Boundary = 'append' | 'read' | 'start' | 'progress' | 'admission';

/** One process. A killed one gets no answer any more, a paused one none until it wakes. */
export class Replica {
  readonly name: string;
  isDead = false;
  #gate: Promise<void> | null = null;
  #open: () => void = () => {};

  constructor(name: string) {
    this.name = name;
  }

  pause(): void {
    if (this.#gate !== null) return;
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  wake(): void {
    this.#gate = null;
    this.#open();
  }

  /** Resolves once the process runs; rejects when it is dead. */
  async running(): Promise<void> {
    while (this.#gate !== null) await this.#gate;
    if (this.isDead) throw new Killed('killed');
  }

  /** The same clock, on which a paused process oversleeps. */
  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: async (ms, signal) => {
        await this.running();
        await clock.sleep(ms, signal);
        await this.running();
      },
    };
  }
}
