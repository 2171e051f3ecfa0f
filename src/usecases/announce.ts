import { type AlertState, compareSeverity, observe } from '../domain/alert.ts';
import type { Problem } from '../domain/problem.ts';
import type { Alerts } from '../ports/alerts.ts';
import { type AlertDeps, hintDeliveries } from './alerting.ts';
import { inParallel } from './in-parallel.ts';

/**
 * The alerts over a ledger. Every change is decided again on the state as it is when it is written, so two replicas that see
 * the same problem raise it once.
 */
export function createAlerts(deps: AlertDeps): Alerts {
  return {
    update: (problems, scope) => update(deps, problems, scope),
    raise: (problem) => settle(deps, problem.key, problem),
    withdraw: (key) => settle(deps, key, null),
  };
}

async function update(
  deps: AlertDeps,
  problems: readonly Problem[],
  scope: Parameters<Alerts['update']>[1],
): Promise<void> {
  const now = deps.clock.now();
  const seen = worstByKey(problems);
  const known = new Map((await deps.ledger.all()).map((state) => [state.key, state]));
  const ended = [...known.values()]
    .filter(({ key, status }) => status === 'firing' && !seen.has(key) && scope.covers(key))
    .map(({ key }) => key);

  const next = (state: AlertState | null, key: string): AlertState | null =>
    observe(state, seen.get(key) ?? null, now, scope.endedBecause?.(key) ?? null);
  const changed = [...seen.keys(), ...ended].filter((key) => {
    const state = known.get(key) ?? null;
    return next(state, key) !== state;
  });
  const written = await inParallel(changed, (key) =>
    deps.ledger.change(key, (state) => next(state, key)),
  );
  await hintDeliveries(
    deps,
    written.filter((state) => state !== null),
  );
}

async function settle(deps: AlertDeps, key: string, problem: Problem | null): Promise<void> {
  const now = deps.clock.now();
  const state = await deps.ledger.change(key, (current) => observe(current, problem, now));
  if (state !== null) await hintDeliveries(deps, [state]);
}

function worstByKey(problems: readonly Problem[]): ReadonlyMap<string, Problem> {
  const worst = new Map<string, Problem>();
  for (const problem of problems) {
    const before = worst.get(problem.key);
    if (before === undefined || compareSeverity(problem.severity, before.severity) > 0)
      worst.set(problem.key, problem);
  }
  return worst;
}
