import { NewleafError, type ErrorCode } from '../../../src/domain/errors.ts';
import type { ListenerState } from '../../../src/domain/listener.ts';
import type { RecordedSlots, Step } from '../../../src/domain/plan.ts';
import type { Progress, Ticket } from '../../../src/ports/listeners.ts';
import { aListener, anEndpoint } from '../facts.ts';
import type { LabClock } from './clock.ts';
import { carriedOut, rowsOf } from './rows.ts';

/** How one write goes wrong. */
export type CallFault =
  /** Never received; the caller hears a time-out. */
  | 'lost-before'
  /** Received and carried out; the caller hears a time-out. */
  | 'lost-after'
  /** Received; it lands within the settle time, or long after it; the caller hears a time-out. */
  | 'late'
  | 'very-late'
  /** Nothing was written and never will be: not allowed, or for now. */
  | 'refused'
  | 'busy'
  | 'throttled'
  /** Said although it is not so. */
  | 'already-associated'
  | 'not-associated'
  | 'quota'
  /** Accepted; the job then fails, or stays at work for ever. */
  | 'job-fails'
  | 'job-hangs';

/** What somebody else does, at once or as soon as no change is under way. */
export interface Deed {
  readonly name: string;
  readonly apply: (slots: RecordedSlots) => RecordedSlots;
}

export interface CallFaults {
  /** How the n-th write call, from 1, is answered. */
  readonly calls?: Readonly<Record<number, CallFault>>;
  /** How every swap, and every restore, without an entry in `calls` is answered. */
  readonly swaps?: CallFault;
  readonly restores?: CallFault;
  /** Every second reading shows the listener as it was so long ago. */
  readonly lag?: number;
}

interface Change {
  readonly step: Step;
  readonly due: number;
  readonly fails: boolean;
  readonly job: string;
  /** Whether it lands unseen, without the listener being in change. */
  readonly hidden: boolean;
}

/** One call as it arrived. */
export interface Arrival {
  readonly token: string;
  readonly step: Step;
  /** The slots when it arrived. */
  readonly slots: RecordedSlots;
  readonly effect: 'job' | 'repeat' | 'none';
}

interface Moment {
  readonly at: number;
  readonly slots: RecordedSlots;
}

const jobMillis = 1500;
const lateMillis = 10_000;
const veryLateMillis = 5 * 60_000;

export const zones = ['cn-hangzhou-a', 'cn-hangzhou-b'];

const definite: Partial<Record<CallFault, ErrorCode>> = {
  refused: 'cloud.denied',
  busy: 'cloud.busy',
  throttled: 'cloud.throttled',
  'already-associated': 'cloud.already-associated',
  'not-associated': 'cloud.not-associated',
  quota: 'cloud.quota',
};

/** One listener with three slots, asynchronous jobs, idempotency tokens, a quota, and what may go wrong with them. */
export class LabCloud {
  readonly arrivals: Arrival[] = [];
  /** The slots over time, oldest first. */
  readonly history: Moment[];
  /** Set while the listener does not exist. */
  isGone = false;
  /** Mark of the settings that no rotation may change. */
  version = 'v1';
  #changes: Change[] = [];
  #waiting: Deed[] = [];
  #calls = 0;
  #readings = 0;
  readonly #tokens = new Map<string, { readonly step: string; readonly ticket: Ticket }>();
  readonly #jobs = new Map<string, Change>();
  readonly #clock: LabClock;
  readonly #faults: CallFaults;
  readonly #quota: number;
  readonly #isSwap: (step: Step) => boolean;
  readonly #onDeed: () => void;

  constructor(parts: {
    readonly clock: LabClock;
    readonly slots: RecordedSlots;
    readonly faults: CallFaults;
    readonly quota: number;
    readonly isSwap: (step: Step) => boolean;
    /** Called when somebody else's write has come into force. */
    readonly onDeed: () => void;
  }) {
    this.#clock = parts.clock;
    this.#faults = parts.faults;
    this.#quota = parts.quota;
    this.#isSwap = parts.isSwap;
    this.#onDeed = parts.onDeed;
    this.history = [{ at: parts.clock.time, slots: parts.slots }];
  }

  /** What the slots hold now. */
  get slots(): RecordedSlots {
    this.#pass();
    return this.history.at(-1)?.slots ?? fail();
  }

  /** What the slots held `ago` milliseconds before now. */
  slotsBefore(ago: number): RecordedSlots {
    this.#pass();
    return this.slotsAt(this.#clock.time - ago);
  }

  /** What the slots held at an instant. */
  slotsAt(at: number): RecordedSlots {
    return (this.history.findLast((moment) => moment.at <= at) ?? this.history[0] ?? fail()).slots;
  }

  get isChanging(): boolean {
    this.#pass();
    return this.#underWay() !== undefined;
  }

  /** Whether a change stays under way for ever. */
  get isHanging(): boolean {
    return this.#changes.some(({ due }) => due === Number.POSITIVE_INFINITY);
  }

  read(): ListenerState | null {
    this.#readings += 1;
    if (this.isGone) return null;
    const { lag = 0 } = this.#faults;
    const slots = lag > 0 && this.#readings % 2 === 1 ? this.slotsBefore(lag) : this.slots;
    const change = slots === this.slots ? this.#underWay() : undefined;
    return aListener({
      version: this.version,
      status: change === undefined ? 'running' : 'changing',
      bound: rowsOf(slots, change?.step ?? null),
      clientAuth: slots.clientAuth,
      endpoints: zones.map((zone, index) => anEndpoint({ zone, address: `127.0.0.${index + 2}` })),
    });
  }

  /** Somebody else's write: the cloud makes it wait like any other while a change is under way. */
  act(deed: Deed): void {
    if (this.isChanging) this.#waiting.push(deed);
    else this.#carryOut(deed, this.#clock.time);
  }

  start(step: Step, token: string): Ticket {
    const { slots } = this;
    const asked = JSON.stringify(step);
    const known = this.#tokens.get(token);
    const arrived = (effect: Arrival['effect']): void =>
      void this.arrivals.push({ token, step, slots, effect });
    const fault = this.#nextFault(step);
    if (fault === 'lost-before') throw timeout();
    if (known !== undefined) {
      if (known.step !== asked) throw refusal('cloud.token-mismatch');
      arrived('repeat');
      return known.ticket;
    }
    const refused = orderedRefusal(fault) ?? this.#objection(step, slots);
    arrived(refused === null ? 'job' : 'none');
    if (refused !== null) throw refusal(refused);
    const ticket = this.#accept(step, fault);
    this.#tokens.set(token, { step: asked, ticket });
    if (isReplyLost(fault)) throw timeout();
    return ticket;
  }

  progress(job: string): Progress {
    this.#pass();
    const change = this.#jobs.get(job);
    if (change === undefined) return { kind: 'unknown' };
    if (this.#clock.time < change.due) return { kind: 'pending' };
    return change.fails ? { kind: 'failed', detail: 'the job failed' } : { kind: 'done' };
  }

  #nextFault(step: Step): CallFault | undefined {
    this.#calls += 1;
    const { calls, swaps, restores } = this.#faults;
    return calls?.[this.#calls] ?? (this.#isSwap(step) ? swaps : restores);
  }

  #objection(step: Step, slots: RecordedSlots): ErrorCode | null {
    if (this.isGone) return 'cloud.not-found';
    if (this.#underWay() !== undefined) return 'cloud.busy';
    switch (step.kind) {
      case 'replace':
        return slots[step.slot].includes(step.to) ? 'cloud.already-associated' : null;
      case 'bind':
        if (step.ids.some((id) => slots.additional.includes(id))) return 'cloud.already-associated';
        return slots.additional.length + step.ids.length > this.#quota ? 'cloud.quota' : null;
      case 'unbind':
        return step.ids.every((id) => slots.additional.includes(id))
          ? null
          : 'cloud.not-associated';
    }
  }

  #accept(step: Step, fault: CallFault | undefined): Ticket {
    const change: Change = {
      step,
      due: this.#clock.time + lengthOf(fault),
      fails: fault === 'job-fails',
      job: `job-${this.#calls}`,
      hidden: fault === 'late' || fault === 'very-late',
    };
    this.#changes.push(change);
    this.#jobs.set(change.job, change);
    return { job: change.job, requestId: `REQ-${this.#calls}` };
  }

  #underWay(): Change | undefined {
    return this.#changes.find(({ hidden }) => !hidden);
  }

  /** Lets everything happen that is due by now, in order. */
  #pass(): void {
    if (this.#changes.length === 0) return;
    for (;;) {
      const due = this.#changes.toSorted((a, b) => a.due - b.due)[0];
      if (due === undefined || due.due > this.#clock.time) return;
      this.#changes = this.#changes.filter((change) => change !== due);
      const before = this.history.at(-1)?.slots ?? fail();
      if (!due.fails) this.#now(carriedOut(before, due.step), due.due);
      if (due.hidden) continue;
      for (const deed of this.#waiting) this.#carryOut(deed, due.due);
      this.#waiting = [];
    }
  }

  #carryOut(deed: Deed, at: number): void {
    this.#now(deed.apply(this.history.at(-1)?.slots ?? fail()), at);
    this.#onDeed();
  }

  #now(slots: RecordedSlots, at: number): void {
    this.history.push({ at, slots });
  }
}

function orderedRefusal(fault: CallFault | undefined): ErrorCode | null {
  return (fault === undefined ? undefined : definite[fault]) ?? null;
}

function isReplyLost(fault: CallFault | undefined): boolean {
  return fault === 'lost-after' || fault === 'late' || fault === 'very-late';
}

function lengthOf(fault: CallFault | undefined): number {
  if (fault === 'late') return lateMillis;
  if (fault === 'very-late') return veryLateMillis;
  return fault === 'job-hangs' ? Number.POSITIVE_INFINITY : jobMillis;
}

function refusal(code: ErrorCode): NewleafError {
  return new NewleafError(code, 'the change was refused', {
    fields: { definite: true, cloudCode: code },
  });
}

function timeout(): NewleafError {
  return new NewleafError('cloud.timeout', 'the call timed out', { fields: { definite: false } });
}

function fail(): never {
  throw new Error('the cloud has no history');
}
