import { systemEntropy } from '../../src/adapters/clock.ts';
import { openAlertLedger } from '../../src/adapters/state/alerts.ts';
import { openLeases } from '../../src/adapters/state/leases.ts';
import type { AlertBatch, Announcement } from '../../src/domain/alert.ts';
import type { AlertRules } from '../../src/domain/alert-routing.ts';
import { emptyInventory, type Inventory } from '../../src/domain/inventory.ts';
import type { DeliveryResult, Sink } from '../../src/ports/sink.ts';
import type { InventoryBook, Leases } from '../../src/ports/state.ts';
import type { Store } from '../../src/ports/store.ts';
import { acknowledgeAlert, forgetAlerts } from '../../src/usecases/alert-admin.ts';
import { pendingSinks } from '../../src/usecases/alerting.ts';
import { createAlerts } from '../../src/usecases/announce.ts';
import { assess } from '../../src/usecases/assess.ts';
import { type DeliverDeps, deliver, type DeliveryOutcome } from '../../src/usecases/deliver.ts';
import { reconcile } from '../../src/usecases/reconcile.ts';
import type { ScanDeps } from '../../src/usecases/scan/deps.ts';
import { refreshListener } from '../../src/usecases/scan/refresh.ts';
import { scan } from '../../src/usecases/scan/scan.ts';
import { steady } from './alerts.ts';
import { after, aPolicy, days, hours } from './facts.ts';
import { sha256 } from './plannings.ts';
import { denied, ScanWorld } from './scan-world.ts';
import { quietLog } from './store.ts';
import type { VirtualClock } from './virtual-clock.ts';
import type { Spot, Truth } from './year-truth.ts';

export const regions = ['cn-hangzhou', 'cn-shanghai'] as const;

const utc = 'UTC';
const morning = { at: '09:00', timezone: utc };
const night = { from: '22:00', until: '07:00', timezone: utc };

/** Everybody hears of everything, the boss only of what nobody has answered for in six hours. */
export const yearRules: AlertRules = {
  routes: [
    {
      match: {},
      to: ['oncall', 'team', 'pager'],
      escalate: { after: hours(6), to: ['boss'] },
    },
  ],
  repeat: days(1),
  sinks: {
    oncall: { quiet: null, digest: morning },
    team: { quiet: night, digest: morning },
  },
};

export type Mood = 'works' | 'late' | 'busy' | 'closed' | 'picky' | 'deadly';

export interface Heard {
  readonly at: number;
  readonly said: Announcement;
  readonly reason: AlertBatch['reason'];
}

/** A sink that keeps what it took, in the mood that the day brings. */
export class YearSink implements Sink {
  readonly kind = 'webhook';
  readonly limits = { bytes: 1_000_000, perMinute: 600 };
  /** What it took since it was last judged, and before that the last of each key, and how often each id came as news. */
  fresh: Heard[] = [];
  readonly last = new Map<string, Heard>();
  readonly news = new Map<string, number>();
  /** Ids that were sent and may not have been recorded: only these may come twice. */
  readonly unrecorded = new Set<string>();
  /** Keys that were sent and not taken. */
  readonly tried = new Set<string>();
  /** When a process died over it last: it may have noted what it was about to send, and not sent it. */
  lastDeath = 0;
  readonly name: string;
  readonly style: Sink['style'];
  readonly refreshEvery: number | undefined;
  mood: Mood = 'works';
  /** What happens to the process that sends. */
  kill: () => void = () => {};
  readonly #clock: VirtualClock;

  constructor(name: string, style: Sink['style'], clock: VirtualClock) {
    this.name = name;
    this.style = style;
    this.refreshEvery = style === 'state' ? hours(2) : undefined;
    this.#clock = clock;
  }

  async deliver(batch: AlertBatch, signal: AbortSignal): Promise<DeliveryResult> {
    const { announcements } = batch;
    const refusal = this.#refusal(announcements);
    if (refusal !== null) return refusal;
    if (this.mood === 'late') await this.#clock.sleep(3000, signal);
    const at = this.#clock.now().getTime();
    this.fresh.push(...announcements.map((said) => ({ at, said, reason: batch.reason })));
    if (this.mood === 'deadly') {
      for (const { id } of announcements) this.unrecorded.add(id);
      this.kill();
      throw new Error('the process died');
    }
    return { kind: 'accepted', taken: announcements.length };
  }

  #refusal(announcements: readonly Announcement[]): DeliveryResult | null {
    if (this.mood === 'busy' || this.mood === 'closed')
      for (const { key } of announcements) this.tried.add(key);
    if (this.mood === 'busy') return { kind: 'retry', afterMs: 120_000, reason: 'busy' };
    if (this.mood === 'closed') return { kind: 'rejected', blames: 'sink', reason: 'closed' };
    const isOdd = announcements.some(({ key }) => /[02468]-cn/.test(key));
    if (this.mood !== 'picky' || !isOdd) return null;
    return { kind: 'rejected', blames: 'message', reason: 'odd' };
  }
}

/** A store connection of a process that may die at any call, its effect done or not. */
class MortalStore {
  dead = false;
  #left = Number.POSITIVE_INFINITY;
  #lastIsDone = false;

  dieAfter(calls: number, lastIsDone: boolean): void {
    this.#left = calls;
    this.#lastIsDone = lastIsDone;
  }

  over(store: Store): Store {
    const run = async <T>(call: () => Promise<T>): Promise<T> => {
      if (this.dead) throw new Error('the process is dead');
      this.#left -= 1;
      if (this.#left >= 0) return call();
      this.dead = true;
      if (this.#lastIsDone) await call();
      throw new Error('the process died');
    };
    return {
      append: (...args) => run(() => store.append(...args)),
      read: (...args) => run(() => store.read(...args)),
      trim: (...args) => run(() => store.trim(...args)),
      get: (...args) => run(() => store.get(...args)),
      put: (...args) => run(() => store.put(...args)),
      delete: (...args) => run(() => store.delete(...args)),
      list: (...args) => run(() => store.list(...args)),
      now: () => run(() => store.now()),
      durability: () => run(() => store.durability()),
    };
  }
}

/** What replicas share. */
export interface Surroundings {
  readonly store: Store;
  readonly book: InventoryBook;
  readonly truth: Truth;
  readonly clock: VirtualClock;
  readonly sinks: readonly YearSink[];
}

/** The Inventory without a store below it: reading it a thousand times a year is not what is tried here. */
export function memoryBook(): InventoryBook {
  let inventory: Inventory = emptyInventory;
  return {
    read: async () => inventory,
    takenAt: async () => inventory.takenAt,
    save: async (next) => {
      inventory = next;
    },
  };
}

/** One process with its use cases, over a store and a truth that it shares with others. */
export class Replica {
  readonly life = new MortalStore();
  readonly hints = new Set<string>();
  scanWanted = false;
  readonly #deps: DeliverDeps & { readonly sha256: typeof sha256; readonly leases: Leases };
  readonly #book: InventoryBook;
  readonly #truth: Truth;
  readonly #startedAt: Date;
  readonly #clock: VirtualClock;

  constructor({ store, book, truth, clock, sinks }: Surroundings) {
    const mine = this.life.over(store);
    const parts = { store: mine, clock, entropy: systemEntropy };
    this.#book = book;
    this.#truth = truth;
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#deps = {
      ledger: openAlertLedger(mine),
      leases: openLeases({ ...parts, ttl: 45_000, callTimeout: 8000 }),
      sinks,
      rules: () => yearRules,
      clock,
      dispatcher: { delivery: async (sink) => void this.hints.add(sink) },
      log: quietLog,
      sha256,
    };
  }

  async reconcile(): Promise<void> {
    await reconcile({
      journal: { open: async () => [], read: async () => null },
      inventory: this.#book,
      leases: this.#deps.leases,
      dispatcher: {
        ...this.#deps.dispatcher,
        rotation: async () => {},
        scan: async () => {
          this.scanWanted = true;
        },
      },
      rules: () => ({ scanEvery: hours(6) }),
      clock: this.#clock,
      pendingSinks: () => pendingSinks(this.#deps),
    });
  }

  async assess(): Promise<void> {
    const { accounts } = this.#scanDeps([]);
    await assess(
      {
        accounts,
        clock: this.#clock,
        storeNow: async () => this.#clock.now(),
        inventory: this.#book,
        admission: { read: async () => this.#truth.admission() },
        rules: () => ({ policies: [aPolicy()], scanEvery: hours(6) }),
        planning: (inventory: Inventory) => this.#truth.planning(inventory),
        alerts: createAlerts(this.#deps),
        log: quietLog,
        startedAt: this.#startedAt,
      },
      steady,
    );
  }

  /** A scan in which these regions cannot be read. */
  async scan(broken: readonly string[]): Promise<void> {
    this.scanWanted = false;
    await scan(this.#scanDeps(broken), { probe: true }, steady);
  }

  async refresh(spot: Spot): Promise<void> {
    await refreshListener(this.#scanDeps([]), this.#truth.state(spot).ref, steady);
  }

  async forget(): Promise<void> {
    await forgetAlerts(this.#deps, after(this.#clock.now(), -days(5)));
  }

  deliver(sink: string): Promise<DeliveryOutcome> {
    this.hints.delete(sink);
    return deliver(this.#deps, sink, steady);
  }

  async acknowledge(key: string): Promise<boolean> {
    const ended = await acknowledgeAlert(this.#deps, { alert: key, by: 'li', note: '' });
    return ended.kind === 'done';
  }

  /** What the cloud shows at this instant, in which no time passes. */
  #scanDeps(broken: readonly string[]): ScanDeps {
    const truth = this.#truth;
    const states = [...truth.spots.values()].map((spot) => truth.state(spot));
    const world = new ScanWorld({
      regions,
      discovers: Object.fromEntries(
        regions.map((region) => [
          region,
          broken.includes(region)
            ? [denied('ListListeners')]
            : states.filter(({ ref }) => ref.region === region),
        ]),
      ),
      lists: { 'cn-hangzhou': [...truth.certificates.values()] },
      reads: (state) => state ?? null,
      resolves: (id) => truth.certificates.get(id) ?? null,
    });
    world.serves = (probe) => truth.observe(probe);
    const now = this.#clock.now();
    const clock = { now: () => now, monotonic: () => now.getTime(), sleep: async () => {} };
    return { ...world.deps(), book: this.#book, clock };
  }
}
