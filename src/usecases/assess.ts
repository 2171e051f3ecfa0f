import { type AssessContext, assessInventory } from '../domain/assessment.ts';
import type { Millis } from '../domain/certificate.ts';
import { coverageOf, coverOnly } from '../domain/coverage.ts';
import { endReason } from '../domain/given-up.ts';
import type { Inventory } from '../domain/inventory.ts';
import type { Planning } from '../domain/planning.ts';
import type { Problem } from '../domain/problem.ts';
import { problemsOf } from '../domain/problems.ts';
import type { Rules } from '../domain/rules.ts';
import { unsettledOf } from '../domain/unsettled.ts';
import type { Alerts } from '../ports/alerts.ts';
import type { CloudAccount } from '../ports/listeners.ts';
import type { Log } from '../ports/log.ts';
import type { AdmissionBook, InventoryBook } from '../ports/state.ts';
import { checkClock, type ClockDeps, skewProblem } from './clock-check.ts';

/** A scan is late when the last one ended longer ago than this many intervals. */
const lateAfterIntervals = 2;

/** After a start the overdue scan gets this long before its lateness is news. */
const startGrace: Millis = 600_000;

export interface AssessDeps extends ClockDeps {
  readonly accounts: readonly CloudAccount[];
  readonly inventory: Pick<InventoryBook, 'read'>;
  readonly admission: Pick<AdmissionBook, 'read'>;
  readonly rules: () => Pick<Rules, 'policies' | 'scanEvery'>;
  /** What would be done now. It must not change anything. */
  readonly planning: (inventory: Inventory, now: Date) => Promise<Planning> | Planning;
  readonly alerts: Pick<Alerts, 'update'>;
  readonly log: Log;
  /** When this daemon started: it has had no chance to scan before. */
  readonly startedAt: Date;
}

/**
 * The minute tick: what is known, against the clock, becomes the complete list of problems; no cloud call. While the clocks
 * disagree only that is told, and everything else stays as it was. Returns what it told. Rejects with the store's error;
 * repeating it is harmless.
 */
export async function assess(deps: AssessDeps, signal: AbortSignal): Promise<readonly Problem[]> {
  const inventory = await deps.inventory.read();
  const skewed = skewProblem(await checkClock(deps, inventory.takenAt));
  if (skewed !== null) {
    await deps.alerts.update([skewed], coverOnly([skewed.key]));
    deps.log.warn({ ...skewed.facts }, 'clocks disagree, thresholds stay as they are');
    return [skewed];
  }
  const admission = await deps.admission.read();
  // Small steps back stay unnoticed by the check above; they must not make anything look less pressing.
  const now = latest(deps.clock.now(), inventory.takenAt);
  const planning = await deps.planning(inventory, now);
  signal.throwIfAborted();
  const { policies, scanEvery } = deps.rules();
  const context = { now, policies, planning, admission, additionalLimit: limitsOf(deps.accounts) };
  const assessments = assessInventory(inventory, context);
  const problems = [
    ...problemsOf({ assessments, planning, missing: inventory.missing, now }),
    ...staleScan(deps, { inventory, scanEvery, now }),
  ];
  const scope = coverageOf(inventory, unsettledOf(admission, inventory.listeners));
  const configured = deps.accounts.map(({ name, regions }) => ({ account: name, regions }));
  const judgesScans = !isYoung(deps, now);
  await deps.alerts.update(problems, {
    covers: (key) => (key !== staleKey || judgesScans) && scope.covers(key),
    endedBecause: (key) => endReason(key, inventory, configured),
  });
  return problems;
}

/** How many additional certificates each account's load balancers may hold, for `AssessContext.additionalLimit`. */
export function limitsOf(
  accounts: readonly Pick<CloudAccount, 'listeners' | 'name'>[],
): AssessContext['additionalLimit'] {
  const limits = new Map(
    accounts.map(({ name, listeners }) => [
      `${name}/${listeners.product}`,
      listeners.limits.additionalPerLoadBalancer,
    ]),
  );
  return ({ account, product }) => limits.get(`${account}/${product}`) ?? null;
}

const staleKey = 'scan-stale';

function staleScan(
  deps: Pick<AssessDeps, 'startedAt'>,
  given: { readonly inventory: Inventory; readonly scanEvery: Millis; readonly now: Date },
): readonly Problem[] {
  const { inventory, scanEvery, now } = given;
  const since = inventory.takenAt ?? deps.startedAt;
  const isLate = now.getTime() - since.getTime() > lateAfterIntervals * scanEvery;
  if (!isLate || isYoung(deps, now)) return [];
  return [
    {
      key: staleKey,
      severity: 'critical',
      facts: { kind: 'scan-stale', lastSuccess: inventory.takenAt, expectedEvery: scanEvery },
    },
  ];
}

function isYoung({ startedAt }: Pick<AssessDeps, 'startedAt'>, now: Date): boolean {
  return now.getTime() - startedAt.getTime() < startGrace;
}

function latest(now: Date, taken: Date | null): Date {
  return taken !== null && taken > now ? taken : now;
}
