import type { Admission } from '../../../src/domain/admission.ts';
import { NewleafError } from '../../../src/domain/errors.ts';
import { replay } from '../../../src/domain/evolve.ts';
import type { ListenerState } from '../../../src/domain/listener.ts';
import { hasGap, type RecordedSlots, type Step } from '../../../src/domain/plan.ts';
import type { Problem } from '../../../src/domain/problem.ts';
import { slotsAfter, type Rotation } from '../../../src/domain/rotation-state.ts';
import type { JournalEntry, RotationRecord } from '../../../src/domain/rotation.ts';
import type { Ticket } from '../../../src/ports/listeners.ts';
import { executeRotation } from '../../../src/usecases/rotate/execute.ts';
import { today } from '../facts.ts';
import { LabClock } from './clock.ts';
import { LabCloud, type CallFaults, type Deed } from './cloud.ts';
import { LabEndpoints, type EndpointFaults } from './endpoints.ts';
import { LabLeases } from './leases.ts';
import { inFlight, recordOf } from './record.ts';
import { Killed, Replica, type Boundary } from './replica.ts';
import { quotaOf, stockOf, type Shape, type Stock } from './shapes.ts';
import { callTimeout, depsOf, type Site } from './wiring.ts';

/** Everything that goes wrong by itself. */
export interface Faults extends CallFaults, EndpointFaults {
  readonly oldExpired?: boolean;
  /** The target is in place before anybody looks. */
  readonly landed?: boolean;
  /** The n-th reading is answered by an error. */
  readonly reading?: { readonly from: number; readonly to: number };
}

/** What happens at the n-th boundary, counted from 1 over all processes. */
export type Event = { readonly at: number; readonly when: 'before' | 'after' } & (
  | { readonly kind: 'kill' }
  /** Sleeps until so many more boundaries were crossed, or until all others have ended. */
  | { readonly kind: 'pause'; readonly wake: number | 'end' }
  /** Another process begins to carry the rotation on, whoever does already. */
  | { readonly kind: 'join' }
  | { readonly kind: 'deed'; readonly deed: Deed }
);

interface Sleeper {
  readonly replica: Replica;
  readonly wake: number | 'end';
}

const outcomes = new Set(['committed', 'rolled-back', 'refused', 'deferred', 'needs-operator']);

const never = new AbortController().signal;

/** One rotation carried on by any number of processes, with its cloud, endpoints and store, on a clock of their own. */
export class LabWorld implements Site {
  readonly clock = new LabClock(today);
  readonly stock: Stock;
  readonly cloud: LabCloud;
  readonly endpoints: LabEndpoints;
  readonly leases: LabLeases;
  readonly record: RotationRecord;
  readonly entries: JournalEntry[] = [];
  readonly problems = new Map<string, Problem>();
  admission: Admission;
  /** The boundaries crossed so far, in order. */
  readonly trace: Boundary[] = [];
  /** What no process may ever do, as it was seen. */
  readonly sins: string[] = [];
  readonly shape: Shape;
  /** How many boundaries each process has crossed since somebody else wrote; null while nobody did. */
  #looks: Map<Replica, number> | null = null;
  /** Somebody else's write was overwritten before anybody could have seen it. */
  wasUnseen = false;
  /** Whether a write may land when nobody waits for it any more. */
  readonly mayLandVeryLate: boolean;
  /** How often somebody else wrote. */
  deeds = 0;
  /** Somebody else wrote after the last look before the outcome, or later. */
  get wasOvertaken(): boolean {
    return this.deeds > 0 && this.#readingsAtOutcome === 0;
  }
  #readingsSinceDeed = 0;
  /** Readings between their last write and the outcome; none when they wrote after it. */
  #readingsAtOutcome = 0;
  readonly #events: readonly Event[];
  /** Later looks change nothing where nothing can have happened since. */
  readonly #looksLater: boolean;
  readonly #faults: Faults;
  readonly #sleeping: Sleeper[] = [];
  readonly #runs = new Set<Promise<void>>();
  #awake = 0;
  #born = 0;
  #readings = 0;

  constructor(shape: Shape, faults: Faults, events: readonly Event[]) {
    this.shape = shape;
    this.#faults = faults;
    // A call that a paused process was about to make arrives when it wakes.
    const isPaused = events.some(({ kind }) => kind === 'pause');
    this.mayLandVeryLate = isPaused || JSON.stringify(faults).includes('very-late');
    this.#events = events;
    const isPlain = Object.keys(faults).length === 0;
    this.#looksLater =
      isPlain || this.mayLandVeryLate || events.some(({ kind }) => kind === 'deed');
    this.stock = stockOf(faults.oldExpired === true);
    this.record = recordOf(shape, this.stock);
    this.cloud = new LabCloud({
      clock: this.clock,
      slots: faults.landed === true ? slotsAfter(this.record.plan, 9) : shape.slots,
      faults,
      quota: quotaOf(shape),
      onDeed: () => {
        this.deeds += 1;
        this.#looks = new Map();
        this.#readingsSinceDeed = 0;
        this.#readingsAtOutcome = 0;
      },
      isSwap: (step) => shape.steps.some((each) => JSON.stringify(each) === JSON.stringify(step)),
    });
    this.endpoints = new LabEndpoints(this.cloud, this.stock, faults);
    this.leases = new LabLeases(this.clock, callTimeout);
    this.admission = inFlight(this.record);
  }

  /** Runs until every process has ended and nothing more can land. */
  async run(): Promise<void> {
    this.#launch();
    while (this.#runs.size > 0) await Promise.all(this.#runs);
    await this.clock.sleep(20 * 60_000, never);
  }

  /** Whether the plan takes away before it brings. */
  get mayGap(): boolean {
    return hasGap(this.record.plan);
  }

  rotation(): Rotation {
    return replay(this.record, this.entries);
  }

  #launch(): void {
    this.#awake += 1;
    const run = this.#carry().finally(() => {
      this.#runs.delete(run);
      this.#awake -= 1;
      if (this.#awake === 0) this.#wakeNext();
    });
    this.#runs.add(run);
  }

  /** What the queue does: asks again after an error, a restart, a busy load balancer or a later look. */
  async #carry(): Promise<void> {
    let replica = this.#replica();
    for (let turn = 0; turn < 60; turn += 1) {
      try {
        const pause = await this.#turn(replica);
        if (pause === null) return;
        await replica.clock(this.clock).sleep(pause, never);
      } catch (error) {
        if (!(error instanceof Killed) && !(error instanceof NewleafError)) throw error;
        await this.clock.sleep(5000, never);
      }
      if (replica.isDead) replica = this.#replica();
    }
    this.sins.push('the rotation comes to no end');
  }

  async #turn(replica: Replica): Promise<number | null> {
    const execution = await executeRotation(depsOf(this, replica), this.record.id, never);
    await replica.running();
    if (execution.kind === 'later' && this.#looksLater)
      return execution.due.getTime() - this.clock.time;
    return execution.kind === 'busy' ? 10_000 : null;
  }

  #replica(): Replica {
    this.#born += 1;
    return new Replica(`p${this.#born}`);
  }

  /** Does something that others can see, unless the process is killed or paused right before or after it. */
  async cross<T>(replica: Replica, boundary: Boundary, effect: () => T): Promise<T> {
    await replica.running();
    this.trace.push(boundary);
    const at = this.trace.length;
    this.#happen(replica, at, 'before');
    await replica.running();
    try {
      return effect();
    } finally {
      this.#looks?.set(replica, (this.#looks.get(replica) ?? 0) + 1);
      this.#happen(replica, at, 'after');
      await replica.running();
    }
  }

  #happen(replica: Replica, at: number, when: Event['when']): void {
    for (const event of this.#events) {
      if (event.at === at && event.when === when) this.#apply(replica, event);
    }
    const due = this.#sleeping.filter(({ wake }) => wake !== 'end' && wake <= at);
    for (const sleeper of due) this.#wake(sleeper);
  }

  #apply(replica: Replica, event: Event): void {
    switch (event.kind) {
      case 'kill':
        replica.isDead = true;
        return;
      case 'pause':
        replica.pause();
        this.#awake -= 1;
        this.#sleeping.push({
          replica,
          wake: event.wake === 'end' ? 'end' : event.at + event.wake,
        });
        this.#launch();
        return;
      case 'join':
        this.#launch();
        return;
      case 'deed':
        this.cloud.act(event.deed);
    }
  }

  #wakeNext(): void {
    const [sleeper] = this.#sleeping;
    if (sleeper !== undefined) this.#wake(sleeper);
  }

  #wake(sleeper: Sleeper): void {
    this.#sleeping.splice(this.#sleeping.indexOf(sleeper), 1);
    this.#awake += 1;
    sleeper.replica.wake();
  }

  start(replica: Replica, step: Step, token: string): Ticket {
    const before = this.cloud.slots;
    if (!this.entries.some((entry) => entry.kind === 'intended' && entry.token === token))
      this.sins.push('a write without an intent');
    const known = this.cloud.arrivals.length;
    try {
      return this.cloud.start(step, token);
    } finally {
      const arrival = this.cloud.arrivals[known];
      if (arrival?.effect === 'job') this.#judgeWrite(replica, step, before);
    }
  }

  /** A write over somebody else's certificate is a sin, unless they wrote between the last look and the call. */
  #judgeWrite(replica: Replica, step: Step, before: RecordedSlots): void {
    if (step.kind !== 'replace' || before[step.slot].includes(step.from)) return;
    if (this.#looks !== null && (this.#looks.get(replica) ?? 0) === 0) this.wasUnseen = true;
    else this.sins.push(`a write over ${before[step.slot].join()} in the ${step.slot} slot`);
  }

  read(): ListenerState | null {
    this.#readings += 1;
    const { reading } = this.#faults;
    if (reading !== undefined && this.#readings >= reading.from && this.#readings < reading.to)
      throw new NewleafError('cloud.unavailable', 'no answer');
    const state = this.cloud.read();
    this.#readingsSinceDeed += 1;
    return state;
  }

  appended(entry: JournalEntry): void {
    this.entries.push(entry);
    if (outcomes.has(entry.kind)) this.#readingsAtOutcome = this.#readingsSinceDeed;
  }
}
