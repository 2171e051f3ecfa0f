import type { Served } from './served.ts';

/** Whether the zone is told to take over late, or by halves. */
type Told = (kind: 'keep-old' | 'alternate') => boolean;

/** One of the machines behind a zone address: it takes over changes in its own time. */
export class ServingNode {
  readonly #told: Told;
  #served: Served | null = null;
  /** What it should serve but was told not to take over yet. */
  #waiting: Served | null = null;
  /** What it serves every other connection; null when it does not alternate. */
  #before: Served | null = null;
  #greeted = 0;

  constructor(told: Told) {
    this.#told = told;
  }

  /** What it took over last; null before the first time. */
  get served(): Served | null {
    return this.#served;
  }

  get before(): Served | null {
    return this.#before;
  }

  /** Takes over new certificates for new connections, unless it is told to keep what it has. */
  apply(served: Served): void {
    if (this.#served !== null && this.#told('keep-old')) this.#waiting = served;
    else this.#install(served);
  }

  /** Looks at the faults again: what waited may go ahead, what was before may be done with. */
  refresh(): void {
    if (this.#waiting !== null && !this.#told('keep-old')) this.#install(this.#waiting);
    if (this.#before !== null && !this.#told('alternate')) this.#before = null;
  }

  /** What the next connection is served. */
  next(): Served | null {
    if (this.#before === null) return this.#served;
    this.#greeted += 1;
    return this.#greeted % 2 === 1 ? this.#served : this.#before;
  }

  #install(served: Served): void {
    this.#waiting = null;
    this.#before = this.#told('alternate') ? this.#served : null;
    this.#greeted = 0;
    this.#served = served;
  }
}
