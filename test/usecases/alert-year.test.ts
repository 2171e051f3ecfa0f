import assert from 'node:assert/strict';
import { test } from 'node:test';
import { days, hours, today } from '../helpers/facts.ts';
import { memoryStore } from '../helpers/store.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { assertSettled, assertTold } from '../helpers/year-judge.ts';
import {
  memoryBook,
  type Mood,
  regions,
  Replica,
  type Surroundings,
  YearSink,
} from '../helpers/year-installation.ts';
import { Oracle } from '../helpers/year-oracle.ts';
import { Chance, Truth } from '../helpers/year-truth.ts';
import { steady } from '../helpers/alerts.ts';

/** One installation of two replicas, its cloud and those who hear of it, for as long as anybody wants. */
class Year {
  readonly clock = new VirtualClock(today);
  readonly chance: Chance;
  readonly truth: Truth;
  readonly oracle: Oracle;
  readonly sinks: readonly [YearSink, YearSink, YearSink, YearSink];
  readonly #around: Surroundings;
  readonly #replicas: Replica[] = [];
  /** When a process died, or a sink was in a mood, last. */
  #restless = new Map<string, number>();
  #downUntil = 0;

  constructor(seed: number) {
    this.chance = new Chance(seed);
    this.truth = new Truth(this.chance, () => this.clock.now(), 8);
    this.oracle = new Oracle(this.truth);
    const sink = (name: string, style: YearSink['style'] = 'notify'): YearSink =>
      new YearSink(name, style, this.clock);
    this.sinks = [sink('oncall'), sink('team'), sink('pager', 'state'), sink('boss')];
    const { truth, clock, sinks } = this;
    this.#around = { store: memoryStore(1000), book: memoryBook(), truth, clock, sinks };
  }

  get now(): number {
    return this.clock.now().getTime();
  }

  async step(): Promise<void> {
    await this.clock.sleep(this.chance.between(10, 900) * 60_000, steady);
    const ended = this.truth.pass();
    if (this.#isDown()) return this.#stop();
    this.#start();
    for (const sink of this.sinks.slice(1)) this.#sway(sink);
    for (const spot of ended) await this.#lookAgain(spot);
    for (const replica of this.#alive()) await this.#tick(replica);
    if (this.chance.happens(0.05)) await this.#acknowledge();
    await this.#deliverAll();
    for (const sink of this.sinks) {
      assertTold(sink, this.oracle);
      if (this.#isCalm(sink.name)) assertSettled(sink, this.oracle, this.now);
    }
  }

  /** Everything works from now on. */
  async settle(): Promise<void> {
    this.chance.happens = () => false;
    for (const sink of this.sinks) sink.mood = 'works';
    this.#downUntil = 0;
    for (let step = 0; step < 24; step += 1) await this.step();
    for (const sink of this.sinks) assert.ok(this.#isCalm(sink.name));
  }

  /** Now and then both are down for days: a bad deployment. */
  #isDown(): boolean {
    if (this.chance.happens(0.003))
      this.#downUntil = this.now + this.chance.between(1, 240) * hours(1);
    return this.now < this.#downUntil;
  }

  #stop(): void {
    for (const replica of this.#replicas.splice(0)) replica.life.dead = true;
    this.#restless.set('all', this.now);
  }

  /** Restarts what has died, and now and then what has not. */
  #start(): void {
    for (const at of [0, 1]) {
      const isAlive = this.#replicas[at]?.life.dead === false;
      const isFine = isAlive && !this.chance.happens(0.01);
      // A place that was never taken must not stay empty before one that is.
      if (isFine || (this.#replicas.length === 2 && this.chance.happens(0.3))) continue;
      this.#replicas[at] = new Replica(this.#around);
    }
  }

  #alive(): readonly Replica[] {
    const alive = this.#replicas.filter(({ life }) => !life.dead);
    return this.chance.happens(0.5) ? alive : alive.toReversed();
  }

  #sway(sink: YearSink): void {
    if (sink.mood !== 'works') {
      this.#restless.set(sink.name, this.now);
      if (this.chance.happens(0.15)) sink.mood = 'works';
    } else if (this.chance.happens(0.02)) {
      const moods: readonly [Mood, ...Mood[]] = ['late', 'busy', 'closed', 'picky', 'deadly'];
      sink.mood = this.chance.pick(moods);
      this.#restless.set(sink.name, this.now);
    }
  }

  /** What the job of a rotation does at its end, unless the cloud does not answer: then the next scan is the next look. */
  async #lookAgain(spot: Parameters<Replica['refresh']>[0]): Promise<void> {
    const [replica] = this.#alive();
    if (this.chance.happens(0.2)) return;
    if (replica === undefined || !this.truth.spots.has(spot.id)) return;
    await replica.refresh(spot);
    this.oracle.looked(spot);
  }

  async #tick(replica: Replica): Promise<void> {
    replica.life.dieAfter(Number.POSITIVE_INFINITY, false);
    await replica.reconcile();
    if (this.chance.happens(0.02)) await replica.forget();
    if (replica.scanWanted) await this.#scan(replica);
    if (this.chance.happens(0.04))
      replica.life.dieAfter(this.chance.between(1, 60), this.chance.happens(0.5));
    const at = this.now;
    await this.#mayDie(replica, () => replica.assess());
    this.oracle.assessed(at, !replica.life.dead);
  }

  async #scan(replica: Replica): Promise<void> {
    const broken = regions.filter(() => this.chance.happens(0.15));
    await replica.scan(broken);
    this.oracle.scanned(regions.filter((region) => !broken.includes(region)));
  }

  async #acknowledge(): Promise<void> {
    const [replica] = this.#alive();
    const firing = [...this.oracle.expected].filter(
      ([, expected]) => expected.firing && expected.latest <= this.now,
    );
    const id = firing[this.chance.between(0, firing.length - 1)]?.[0];
    if (replica === undefined || id === undefined) return;
    replica.life.dieAfter(Number.POSITIVE_INFINITY, false);
    const done = await replica.acknowledge(`expiring/main/cn-hangzhou/${id}`);
    if (done) this.oracle.acknowledged(id);
  }

  /** A lease that a dead process left behind is taken over with the second look, as a minute later. */
  async #deliverAll(): Promise<void> {
    for (let minute = 0; minute < 3; minute += 1) {
      const outcomes = await this.#deliverHinted();
      if (!outcomes.includes('busy')) return;
      await this.clock.sleep(61_000, steady);
    }
  }

  async #deliverHinted(): Promise<readonly string[]> {
    const hinted = new Set<string>();
    for (const replica of this.#alive()) {
      await this.#mayDie(replica, () => replica.reconcile());
      for (const sink of replica.hints) hinted.add(sink);
    }
    const outcomes: string[] = [];
    for (const name of hinted) {
      // A queue may lose what it was told.
      const isLost = this.chance.happens(0.05);
      if (isLost) this.#restless.set(name, this.now);
      for (const replica of isLost ? [] : this.#alive())
        outcomes.push(await this.#deliver(replica, name));
    }
    return outcomes;
  }

  async #deliver(replica: Replica, name: string): Promise<string> {
    const sink = this.sinks.find((each) => each.name === name) ?? assert.fail();
    sink.kill = () => {
      replica.life.dead = true;
    };
    const before = sink.fresh.length;
    const outcome = await this.#mayDie(replica, () => replica.deliver(name));
    if (!replica.life.dead) return outcome?.kind ?? 'dead';
    sink.lastDeath = this.now;
    for (const { said } of sink.fresh.slice(before)) sink.unrecorded.add(said.id);
    return 'dead';
  }

  async #mayDie<T>(replica: Replica, work: () => Promise<T>): Promise<T | null> {
    if (replica.life.dead) return null;
    try {
      return await work();
    } catch (error) {
      if (!replica.life.dead) throw error;
      this.#restless.set('all', this.now);
      return null;
    }
  }

  /** Nothing has gone wrong for long enough that everything must have been said. */
  #isCalm(name: string): boolean {
    const last = Math.max(this.#restless.get('all') ?? 0, this.#restless.get(name) ?? 0);
    return this.#alive().length > 0 && this.now - last > hours(24);
  }
}

for (const seed of [1, 2]) {
  test(`a year of restarts, crashes, outages, renewals and rollbacks (seed ${seed})`, async () => {
    const year = new Year(seed);

    while (year.now < today.getTime() + days(365)) await year.step();
    await year.settle();

    const heard = year.sinks.map((sink) => sink.news.size);
    assert.ok(
      heard.every((count) => count > 50),
      `seed ${seed}: ${heard.join(' ')}`,
    );
  });
}
