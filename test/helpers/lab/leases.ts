import { NewleafError } from '../../../src/domain/errors.ts';
import type { Lease } from '../../../src/ports/state.ts';
import type { LabClock } from './clock.ts';
import type { Replica } from './replica.ts';

export const leaseMillis = 30_000;

interface Stored {
  readonly holder: string;
  readonly version: number;
}

/** Leases as the store keeps them: taken by compare and set, judged dead by a contender's own watch. */
export class LabLeases {
  readonly #clock: LabClock;
  readonly #callTimeout: number;
  #stored: Stored | null = null;
  #versions = 0;
  readonly #seen = new Map<string, { readonly version: number; readonly since: number }>();

  constructor(clock: LabClock, callTimeout: number) {
    this.#clock = clock;
    this.#callTimeout = callTimeout;
  }

  async acquire(name: string, replica: Replica): Promise<Lease | null> {
    await replica.running();
    if (this.#stored !== null && !this.#isDead(replica.name, this.#stored.version)) return null;
    this.#seen.delete(replica.name);
    return this.#held(name, replica, `${replica.name} ${this.#versions}`);
  }

  #isDead(contender: string, version: number): boolean {
    const sighting = this.#seen.get(contender);
    if (sighting?.version !== version) {
      this.#seen.set(contender, { version, since: this.#clock.time });
      return false;
    }
    return this.#clock.time - sighting.since >= leaseMillis + this.#callTimeout;
  }

  #held(name: string, replica: Replica, holder: string): Lease {
    let asked: number | null = this.#clock.time;
    this.#write(holder);
    return {
      name,
      remaining: () => (asked === null ? 0 : Math.max(0, asked + leaseMillis - this.#clock.time)),
      renew: async () => {
        await replica.running();
        if (this.#stored?.holder !== holder) {
          asked = null;
          throw new NewleafError('lease.lost', 'another holder has it');
        }
        asked = this.#clock.time;
        this.#write(holder);
      },
      release: async () => {
        // What a killed process leaves behind nobody tidies up.
        if (replica.isDead) return;
        await replica.running();
        if (this.#stored?.holder === holder) this.#stored = null;
      },
    };
  }

  #write(holder: string): void {
    this.#versions += 1;
    this.#stored = { holder, version: this.#versions };
  }
}
