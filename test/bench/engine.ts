import { setImmediate } from 'node:timers/promises';
import { sha256, systemClock, systemEntropy } from '../../src/adapters/clock.ts';
import { openAdmission } from '../../src/adapters/state/admission.ts';
import { openAlertLedger } from '../../src/adapters/state/alerts.ts';
import { openJournal } from '../../src/adapters/state/journal.ts';
import { openLeases } from '../../src/adapters/state/leases.ts';
import { openOperatorState } from '../../src/adapters/state/operator.ts';
import { admitted } from '../../src/domain/line.ts';
import { planHash, recordedSlots, type RotationPlan } from '../../src/domain/plan.ts';
import { outcomeOf } from '../../src/domain/rotation-state.ts';
import type { RotationRecord } from '../../src/domain/rotation.ts';
import type { Rules } from '../../src/domain/rules.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Store } from '../../src/ports/store.ts';
import { createAlerts } from '../../src/usecases/announce.ts';
import { blockerNow } from '../../src/usecases/plan.ts';
import type { RotateDeps } from '../../src/usecases/rotate/deps.ts';
import { executeRotation } from '../../src/usecases/rotate/execute.ts';
import { aPolicy, hours } from '../helpers/facts.ts';
import { quietLog } from '../helpers/store.ts';
import { InstantCloud } from './instant-cloud.ts';

/** Nothing waits: the least rounds that are more than one, without a pause. */
const rules: Rules = {
  policies: [aPolicy({ maxConcurrent: 1000 })],
  freezes: [],
  verify: { deadline: 30_000, rounds: 3, gap: 0, settle: 0, blind: 'refuse' },
  quarantine: hours(1),
  identities: [],
  caReplacements: [],
  scanEvery: hours(6),
};

/** A pause of nothing ends at once; a timer would take a millisecond, many times a rotation. */
const clock: Clock = {
  ...systemClock,
  sleep: (ms, signal) =>
    ms > 0 ? systemClock.sleep(ms, signal) : setImmediate(undefined, { signal }),
};

const never = new AbortController().signal;

/** The engine as the daemon wires it, over a real store and an instant cloud. */
export interface Engine {
  /** Admits a rotation of listener `at` and carries it from there to its `closed` entry. Rejects unless it is committed. */
  rotate(at: number): Promise<void>;
}

export function openEngine(store: Store): Engine {
  const cloud = new InstantCloud(clock.now());
  const parts = { store, clock, entropy: systemEntropy };
  const journal = openJournal(parts);
  const admission = openAdmission(store);
  const operator = openOperatorState(store);
  const alerts = createAlerts({
    ledger: openAlertLedger(store),
    sinks: [],
    rules: () => ({ routes: [], repeat: null, sinks: {} }),
    clock,
    dispatcher: { delivery: async () => {} },
    log: quietLog,
  });
  const deps: RotateDeps = {
    accounts: new Map([['main', cloud.account()]]),
    prober: cloud.prober,
    journal,
    admission,
    leases: openLeases({ ...parts, ttl: 45_000, callTimeout: 8000 }),
    clock,
    rules: () => rules,
    sha256,
    pace: { readGap: 0, poll: 0, callTimeout: 10_000, jobDeadline: 60_000, retryPause: 100 },
    log: quietLog,
    startBlocker: (record, state) =>
      blockerNow(
        { admission, operator, rules: () => rules, clock, skewMs: async () => 0 },
        record,
        state,
      ),
    raise: (problem) => alerts.raise(problem),
    withdraw: (key) => alerts.withdraw(key),
  };
  return {
    rotate: async (at) => {
      const record = recordOf(cloud, at, clock.now());
      const { id, plan, policy, admittedAt } = record;
      await admission.update((current) => ({
        next: admitted(current, { plan, policy: { name: policy } }, id, admittedAt),
        result: null,
      }));
      await journal.create(record);
      const execution = await executeRotation(deps, id, never);
      const outcome = 'rotation' in execution ? outcomeOf(execution.rotation) : execution.kind;
      if (outcome !== 'committed') throw new Error(`rotation ${at} ended as ${outcome}`);
    },
  };
}

function recordOf(cloud: InstantCloud, at: number, now: Date): RotationRecord {
  const { old, fresh } = cloud;
  const state = cloud.listener(at);
  const { loadBalancerName, description, port } = state;
  const plan: Omit<RotationPlan, 'hash'> = {
    ref: state.ref,
    recorded: recordedSlots(state),
    steps: [{ kind: 'replace', slot: 'default', from: old.id, to: fresh.id }],
    from: old,
    to: fresh,
  };
  return {
    id: `bench-${at}`,
    plan: { ...plan, hash: planHash(plan, sha256) },
    trigger: { kind: 'schedule', emergency: false },
    policy: 'defaults',
    canary: false,
    admittedAt: now,
    listener: { loadBalancerName, description, port },
  };
}
