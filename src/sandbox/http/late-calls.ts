/** Calls that were accepted and land later. */
export class LateCalls {
  readonly #timers = new Set<NodeJS.Timeout>();

  add(millis: number, land: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      land();
    }, millis);
    this.#timers.add(timer);
  }

  /** Those still under way never land. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
