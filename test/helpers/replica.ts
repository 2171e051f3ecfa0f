import { setImmediate } from 'node:timers/promises';
import { sha256, systemClock, systemEntropy } from '../../src/adapters/clock.ts';
import { openAdmission } from '../../src/adapters/state/admission.ts';
import { openAuditTrail } from '../../src/adapters/state/audit/open.ts';
import { openJournal } from '../../src/adapters/state/journal.ts';
import { openLeases } from '../../src/adapters/state/leases.ts';
import { openOperatorState } from '../../src/adapters/state/operator.ts';
import type { Problem } from '../../src/domain/problem.ts';
import type { Rules } from '../../src/domain/rules.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Journal } from '../../src/ports/state.ts';
import type { Store } from '../../src/ports/store.ts';
import { type AdmitDeps, admitDue } from '../../src/usecases/admit.ts';
import { blockerNow, currentPlanning } from '../../src/usecases/plan.ts';
import type { RotateDeps } from '../../src/usecases/rotate/deps.ts';
import { type Execution, executeRotation } from '../../src/usecases/rotate/execute.ts';
import type { FleetCloud } from './fleet-cloud.ts';
import { quietLog } from './store.ts';

/** Nothing waits: a pause of nothing ends at once, where a timer would take a millisecond each time. */
export const eagerClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) =>
    ms > 0 ? systemClock.sleep(ms, signal) : setImmediate(undefined, { signal }),
};

/** One daemon's worth of use cases over a store that it shares with others. */
export interface Replica {
  readonly deps: AdmitDeps;
  readonly journal: Journal;
  /** What it told people, by key. */
  readonly problems: ReadonlyMap<string, Problem>;
  admit(): Promise<readonly string[]>;
  execute(rotationId: string): Promise<Execution>;
  planning(): ReturnType<typeof currentPlanning>;
}

const never = new AbortController().signal;

/** The use cases as the daemon wires them, over the books of this store and a fleet in memory. */
export function openReplica(store: Store, cloud: FleetCloud, rules: Rules): Replica {
  const parts = { store, clock: eagerClock, entropy: systemEntropy };
  const problems = new Map<string, Problem>();
  const shared = {
    ...parts,
    journal: openJournal(parts),
    admission: openAdmission(store),
    audit: openAuditTrail({ store, sha256 }),
    operator: openOperatorState(store),
    rules: () => rules,
    skewMs: async () => 0,
    sha256,
    log: quietLog,
  };
  const deps: AdmitDeps = {
    ...shared,
    inventory: { read: async () => cloud.inventory() },
    dispatcher: { rotation: async () => {} },
    additionalLimit: () => 25,
  };
  const rotate: RotateDeps = {
    ...shared,
    accounts: new Map([['main', cloud.account()]]),
    prober: cloud.prober,
    leases: openLeases({ ...parts, ttl: 45_000, callTimeout: 8000 }),
    pace: { readGap: 0, poll: 0, callTimeout: 10_000, jobDeadline: 60_000, retryPause: 100 },
    startBlocker: (record, state) => blockerNow(deps, record, state),
    raise: async (problem) => void problems.set(problem.key, problem),
    withdraw: async (key) => void problems.delete(key),
  };
  return {
    deps,
    journal: shared.journal,
    problems,
    admit: () => admitDue(deps, never),
    execute: (rotationId) => executeRotation(rotate, rotationId, never),
    planning: () => currentPlanning(deps),
  };
}
