import { codeOf } from '../domain/errors.ts';
import type { Log } from '../ports/log.ts';

/** One thing to do every minute. */
export interface Chore {
  readonly name: string;
  readonly run: (signal: AbortSignal) => Promise<unknown>;
}

/**
 * Does every chore in order. One that fails is logged and does not keep the others from being done: the next tick tries again.
 * Returns the names of those that failed. Rejects only when aborted.
 */
export async function tick(
  chores: readonly Chore[],
  log: Log,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, run } of chores) {
    signal.throwIfAborted();
    try {
      await run(signal);
    } catch (error) {
      signal.throwIfAborted();
      failed.push(name);
      const message = error instanceof Error ? error.message : String(error);
      log.warn(
        { chore: name, code: codeOf(error), error: message },
        'chore failed, tried again at the next tick',
      );
    }
  }
  return failed;
}
