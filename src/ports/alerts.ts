import type { ProblemScope } from '../domain/coverage.ts';
import type { Problem } from '../domain/problem.ts';

/** Turns what is seen into what people are told. */
export interface Alerts {
  /**
   * Takes the complete list of problems under `scope`. A listed problem is raised or brought up to date; a firing key that
   * the scope covers and the list lacks is resolved; a key that the scope does not cover stays untouched. Repeating it with
   * the same list says nothing new.
   */
  update(problems: readonly Problem[], scope: ProblemScope): Promise<void>;
}
