import { createHash } from 'node:crypto';
import { emptyAdmission, type Admission } from '../../src/domain/admission.ts';
import { NewleafError } from '../../src/domain/errors.ts';
import { replay } from '../../src/domain/evolve.ts';
import type { ListenerState } from '../../src/domain/listener.ts';
import { planHash, recordedSlots, type RotationPlan, type Step } from '../../src/domain/plan.ts';
import type { Wait } from '../../src/domain/planning.ts';
import type { Problem } from '../../src/domain/problem.ts';
import { outcomeOf, type Rotation } from '../../src/domain/rotation-state.ts';
import type { JournalEntry, RotationRecord } from '../../src/domain/rotation.ts';
import type { Rules } from '../../src/domain/rules.ts';
import type { RotateDeps } from '../../src/usecases/rotate/deps.ts';
import { executeRotation } from '../../src/usecases/rotate/execute.ts';
import { aPolicy, days, hours, today } from './facts.ts';
import { MemoryCloud, type Faults } from './memory-cloud.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Kills the process at the n-th boundary (journal append or cloud write), before or after its effect. */
export interface Crash {
  readonly at: number;
  readonly when: 'before' | 'after';
}

class Crashed extends Error {}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const testRules: Rules = {
  policies: [aPolicy({ mode: 'auto' })],
  freezes: [],
  verify: { deadline: 30_000, rounds: 2, gap: 5000, settle: 10_000, blind: 'refuse' },
  quarantine: days(7),
  identities: [],
  caReplacements: [],
  scanEvery: hours(6),
};

/** One rotation with its cloud, endpoints and store in memory, on a clock of its own. */
export class RotationWorld {
  readonly clock = new VirtualClock(today);
  readonly cloud: MemoryCloud;
  record: RotationRecord;
  readonly problems = new Map<string, Problem>();
  readonly entries: JournalEntry[] = [];
  admission: Admission = emptyAdmission;
  rules: Rules = testRules;
  wait: Wait | null = null;
  /** Journal appends and cloud writes so far: the places where a crash can strike. */
  boundaries = 0;
  open = true;
  /** Changes what the executor is given. */
  adjust: (deps: RotateDeps) => RotateDeps = (deps) => deps;
  #crash: Crash | null;

  constructor(faults: Faults = {}, crash: Crash | null = null) {
    this.#crash = crash;
    this.cloud = new MemoryCloud(this.clock, faults, (when) => this.#boundary(when));
    this.record = this.#recordOf();
  }

  /** Runs to the end, restarting after each crash and waiting out whatever is due later. */
  async run(): Promise<Rotation> {
    const signal = AbortSignal.timeout(20_000);
    for (let turn = 0; turn < 40; turn += 1) {
      const rotation = await this.#turn(signal);
      if (rotation !== null) return rotation;
    }
    throw new Error(`no end: ${this.entries.map((entry) => entry.kind).join(', ')}`);
  }

  outcome(): string | null {
    return outcomeOf(replay(this.record, this.entries));
  }

  deps(): RotateDeps {
    return {
      accounts: new Map([['main', this.cloud.account()]]),
      prober: this.cloud.prober,
      journal: this.#journal(),
      admission: {
        read: async () => this.admission,
        update: async (change) => {
          const { next, result } = change(this.admission);
          this.admission = next;
          return result;
        },
      },
      leases: {
        acquire: async (name) => ({
          name,
          remaining: () => 60_000,
          renew: async () => {},
          release: async () => {},
        }),
      },
      clock: this.clock,
      rules: () => this.rules,
      sha256,
      pace: { readGap: 100, poll: 200, callTimeout: 10_000, jobDeadline: 60_000, retryPause: 500 },
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
      startBlocker: async () => this.wait,
      raise: async (problem) => void this.problems.set(problem.key, problem),
      withdraw: async (key) => void this.problems.delete(key),
    };
  }

  /** Lets the executor read the listener as `change` has it; the second argument counts the readings, from 1. */
  readAs(change: (state: ListenerState, reading: number) => ListenerState | null): void {
    let reading = 0;
    const account = this.cloud.account();
    const read = async (): Promise<ListenerState | null> => {
      reading += 1;
      return change(this.cloud.state(), reading);
    };
    const listeners = { ...account.listeners, read };
    this.adjust = (deps) => ({ ...deps, accounts: new Map([['main', { ...account, listeners }]]) });
  }

  async #turn(signal: AbortSignal): Promise<Rotation | null> {
    try {
      const execution = await executeRotation(this.adjust(this.deps()), this.record.id, signal);
      if (execution.kind === 'done') return execution.rotation;
      if (execution.kind === 'later') {
        await this.clock.sleep(execution.due.getTime() - this.clock.now().getTime(), signal);
      }
    } catch (error) {
      if (!(error instanceof Crashed) && !(error instanceof NewleafError)) throw error;
    }
    return null;
  }

  #recordOf(): RotationRecord {
    const { old, fresh } = this.cloud;
    const state = this.cloud.state();
    const steps: readonly Step[] = [
      { kind: 'replace', slot: 'default', from: old.id, to: fresh.id },
    ];
    const recorded = { ...recordedSlots(state), default: [old.id] };
    const plan: Omit<RotationPlan, 'hash'> = {
      ref: state.ref,
      recorded,
      steps,
      from: old,
      to: fresh,
    };
    return {
      id: 'r1',
      plan: { ...plan, hash: planHash(plan, sha256) },
      trigger: { kind: 'schedule', emergency: false },
      policy: 'default',
      canary: true,
      admittedAt: today,
      listener: { loadBalancerName: 'edge', description: 'web', port: 443 },
    };
  }

  #boundary(when: Crash['when']): void {
    if (when === 'before') this.boundaries += 1;
    if (this.#crash?.at !== this.boundaries || this.#crash.when !== when) return;
    this.#crash = null;
    throw new Crashed('killed');
  }

  #journal(): RotateDeps['journal'] {
    return {
      create: async () => {},
      read: async (id) =>
        id === this.record.id ? { record: this.record, entries: [...this.entries] } : null,
      append: async (_id, event, after) => {
        this.#boundary('before');
        if (this.entries.length !== after) {
          throw new NewleafError('store.conflict', 'another entry is there');
        }
        const entry: JournalEntry = { ...event, id: `e${after}`, at: this.clock.now() };
        this.entries.push(entry);
        this.#boundary('after');
        return entry;
      },
      recent: async () => [this.record.id],
      open: async () => (this.open ? [this.record.id] : []),
      settle: async () => {
        this.open = false;
      },
      forget: async () => 0,
    };
  }
}
