import assert from 'node:assert/strict';
import type { Certificate } from '../../src/domain/certificate.ts';
import { days, hours } from './facts.ts';
import { siteOf, type Spot, type Truth } from './year-truth.ts';

type Level = 'info' | 'warning' | 'critical' | 'expired';

const ranks: Readonly<Record<Level, number>> = { info: 1, warning: 2, critical: 3, expired: 4 };

/** What a look has shown of one listener. */
interface Look {
  readonly region: string;
  readonly bound: string;
  readonly served: ReadonlySet<string>;
  absences: number;
}

/** What must have been heard of one certificate. */
export interface Expected {
  firing: boolean;
  level: Level;
  /** The first time anybody can have decided so, and the time by which somebody has. */
  earliest: number;
  latest: number;
  acknowledged: boolean;
}

const day = days(1);

/** Nine in the morning, UTC: the first at `since` or later. */
export function nextMorning(since: number): number {
  const today = Math.floor(since / day) * day + hours(9);
  return today >= since ? today : today + day;
}

/** From ten in the evening to seven in the morning, UTC. */
export function isNight(at: number): boolean {
  const hour = (at % day) / hours(1);
  return hour >= 22 || hour < 7;
}

/**
 * Works out from the looks and the clock alone what people must have been told of each certificate. It shares no code with what
 * it judges: dates are compared by plain arithmetic.
 */
export class Oracle {
  readonly expected = new Map<string, Expected>();
  /** All times at which a certificate was over, by certificate. */
  readonly overAt = new Map<string, Set<number>>();
  readonly #known = new Map<string, Look>();
  readonly #truth: Truth;

  constructor(truth: Truth) {
    this.#truth = truth;
  }

  /** A scan that read these regions to the end. */
  scanned(read: readonly string[]): void {
    for (const spot of this.#truth.spots.values())
      if (read.includes(spot.region)) this.looked(spot);
    for (const [id, look] of this.#known) {
      if (this.#truth.spots.has(id) || !read.includes(look.region)) continue;
      look.absences += 1;
      if (look.absences >= 2) this.#known.delete(id);
    }
  }

  /** A look at one listener. */
  looked(spot: Spot): void {
    spot.unseen = false;
    const served = new Set([this.#truth.shown(spot, 'a'), this.#truth.shown(spot, 'b')]);
    this.#known.set(spot.id, { region: spot.region, bound: spot.bound, served, absences: 0 });
  }

  /** Somebody has looked at the clock; `complete` is false when they died over it. */
  assessed(at: number, complete: boolean): void {
    for (const certificate of this.#truth.certificates.values()) {
      const { id } = certificate;
      const level = this.#levelOf(certificate, at);
      if (level !== null) this.#raise(id, level, at, complete);
      else if (this.expected.get(id)?.firing === true && this.#isOver(id)) {
        this.#end(id, at, complete);
      }
    }
  }

  acknowledged(id: string): void {
    const expected = this.expected.get(id);
    if (expected !== undefined) expected.acknowledged = true;
  }

  #raise(id: string, level: Level, at: number, complete: boolean): void {
    const before = this.expected.get(id);
    const isNews = before === undefined || !before.firing || ranks[level] > ranks[before.level];
    const isOpen = before !== undefined && before.latest === Number.POSITIVE_INFINITY;
    if (!isNews && !isOpen) return;
    const earliest = isNews ? at : before.earliest;
    const latest = complete ? at : Number.POSITIVE_INFINITY;
    const acknowledged = !isNews && before.acknowledged;
    this.expected.set(id, { firing: true, level, earliest, latest, acknowledged });
  }

  #end(id: string, at: number, complete: boolean): void {
    for (const spot of this.#truth.spots.values())
      assert.ok(spot.bound !== id || !this.#known.has(spot.id), `${id} is over but bound`);
    this.overAt.set(id, (this.overAt.get(id) ?? new Set()).add(at));
    const before = this.expected.get(id);
    if (!complete || before === undefined) return;
    this.expected.set(id, { ...before, firing: false, earliest: at, latest: at });
  }

  /** Null when no binding of it is known, or too much time is left. */
  #levelOf({ id, notBefore, notAfter }: Certificate, at: number): Level | null {
    const bindings = [...this.#known].filter(([, look]) => look.bound === id);
    if (bindings.length === 0 || notBefore === null || notAfter === null) return null;
    const life = notAfter.getTime() - notBefore.getTime();
    const left = notAfter.getTime() - at;
    if (left <= 0) return 'expired';
    if (left <= Math.min(day, life / 24)) return 'critical';
    if (left <= Math.min(7 * day, life / 6)) {
      const isLeftAlone = bindings.some(([spot]) => !this.#isRotating(spot));
      return isLeftAlone && !this.#truth.isScheduled(id) ? 'critical' : 'warning';
    }
    return left <= Math.min(30 * day, life / 3) ? 'info' : null;
  }

  #isOver(id: string): boolean {
    return [...this.#known].every(
      ([spot, { bound, served }]) =>
        bound !== id &&
        !served.has(id) &&
        !(this.#isUnsettled(spot) && siteOf(bound) === siteOf(id)),
    );
  }

  /** What was last seen of it may have been a moment of a rotation. */
  #isUnsettled(spot: string): boolean {
    return this.#isRotating(spot) || this.#truth.spots.get(spot)?.unseen === true;
  }

  #isRotating(spot: string): boolean {
    return (this.#truth.spots.get(spot)?.rotation ?? null) !== null;
  }
}
