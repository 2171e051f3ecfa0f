/** What was opened so far, to be closed in reverse order: by the owner, or when opening the rest fails. */
export class Closing {
  readonly #steps: (() => Promise<void>)[] = [];
  #closed: Promise<void> | null = null;

  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** Safe to call twice: the second call waits for the first. */
  close(): Promise<void> {
    this.#closed ??= this.#run();
    return this.#closed;
  }

  async #run(): Promise<void> {
    for (const step of this.#steps.toReversed()) await step();
  }
}
