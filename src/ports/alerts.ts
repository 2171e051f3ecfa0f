import type { EndReason } from '../domain/alert.ts';
import type { Problem } from '../domain/problem.ts';

/** What people must know. Repeating a call with the same problems says nothing new, on however many replicas. */
export interface Alerts {
  /**
   * Compares what is seen now with what was seen before. A firing problem that is missing from `problems` has ended, but only
   * where `scope.covers` its key: what this look could not see stays as it is. `endedBecause` may know why.
   */
  update(
    problems: readonly Problem[],
    scope: { covers(key: string): boolean; endedBecause?(key: string): EndReason | null },
  ): Promise<void>;
  /** One problem, or one thing that happened; nothing else ends by it. */
  raise(problem: Problem): Promise<void>;
  /** The end of one problem; an unknown key is fine. */
  withdraw(key: string): Promise<void>;
}
