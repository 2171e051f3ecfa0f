import type { Clock } from '../../ports/clock.ts';

/** A documented rate: so many calls in any window of so many milliseconds, per account, region and action. */
interface Rate {
  readonly calls: number;
  readonly windowMs: number;
}

const perSecond = (calls: number): Rate => ({ calls, windowMs: 1_000 });
const write: Rate = { calls: 200, windowMs: 60_000 };
/** An operation that the documentation does not list gets the slowest documented read. */
const documented: ReadonlyMap<string, Rate> = new Map([
  ['ListLoadBalancers', perSecond(20)],
  ['GetLoadBalancerAttribute', perSecond(20)],
  ['ListListeners', perSecond(20)],
  ['GetListenerAttribute', perSecond(20)],
  ['ListListenerCertificates', perSecond(20)],
  ['GetJobStatus', perSecond(20)],
  ['DescribeRegions', perSecond(20)],
  ['UpdateListenerAttribute', write],
  ['AssociateAdditionalCertificatesWithListener', write],
  ['DisassociateAdditionalCertificatesWithListener', write],
  ['GetUserCertificateDetail', perSecond(100)],
]);
const unlisted = perSecond(10);

/**
 * Keeps a share of the documented rates, per region and action. It counts the calls of the last window instead of filling a
 * bucket: a full bucket and its refill together would pass the share.
 */
export class RateLimits {
  readonly #clock: Clock;
  readonly #share: number;
  readonly #lanes = new Map<string, Lane>();

  /** `share` is above 0 and at most 1: the rest is left to everybody else who uses the account. */
  constructor(clock: Clock, share: number) {
    this.#clock = clock;
    this.#share = share;
  }

  /** Counts one call and says in how many milliseconds it may go out: first come, first served. */
  reserve(action: string, region: string): number {
    return this.#lane(action, region).reserve(this.#clock.monotonic());
  }

  /** The cloud said it was too much: halve the pace. Answered calls bring it back step by step. */
  throttled(action: string, region: string): void {
    this.#lane(action, region).slowDown();
  }

  answered(action: string, region: string): void {
    this.#lane(action, region).recover();
  }

  #lane(action: string, region: string): Lane {
    const key = `${region}/${action}`;
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const { calls, windowMs } = documented.get(action) ?? unlisted;
    const lane = new Lane(Math.max(1, Math.floor(calls * this.#share)), windowMs);
    this.#lanes.set(key, lane);
    return lane;
  }
}

/** The calls of one action in one region. */
class Lane {
  readonly #full: number;
  readonly #windowMs: number;
  #allowed: number;
  /** When the latest calls went out or will go out; never more than a window holds. */
  #sent: number[] = [];

  constructor(calls: number, windowMs: number) {
    this.#full = calls;
    this.#allowed = calls;
    this.#windowMs = windowMs;
  }

  /** Milliseconds until the call that is hereby counted may go out. */
  reserve(now: number): number {
    const allowed = Math.max(1, Math.floor(this.#allowed));
    const oldest = this.#sent.at(-allowed);
    const latest = this.#sent.at(-1) ?? now;
    const at = Math.max(now, latest, oldest === undefined ? now : oldest + this.#windowMs);
    this.#sent = [...this.#sent, at].slice(-this.#full);
    return at - now;
  }

  slowDown(): void {
    this.#allowed = Math.max(1, this.#allowed / 2);
  }

  recover(): void {
    this.#allowed = Math.min(this.#full, this.#allowed + this.#full / 50);
  }
}
