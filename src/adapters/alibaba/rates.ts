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
  ['ListSecurityPolicy', perSecond(20)],
  ['GetJobStatus', perSecond(20)],
  ['DescribeRegions', perSecond(20)],
  ['UpdateListenerAttribute', write],
  ['AssociateAdditionalCertificatesWithListener', write],
  ['DisassociateAdditionalCertificatesWithListener', write],
  ['GetUserCertificateDetail', perSecond(100)],
]);
const unlisted = perSecond(10);

/**
 * A call does not arrive when it is sent, and the cloud counts arrivals: one that is held up meets those behind it. So a call's
 * window begins with its answer, or so much after it was sent as long as there is none: where all answers are slow no more than a
 * tenth of the rate is given up. An answer that took longer than the quickest of late was held up by as much, perhaps on its way there.
 */
const latestArrivalMs = 75;

/** Nothing is held up for longer than this: a call without an answer has arrived or is lost. */
const longestDelayMs = 10_000;

/** Within a window calls keep apart, so that it is used up in half its time: quick enough to make up for a pause, and no burst. */
const haste = 2;

/** From the slowest pace back to the full one, a step at a time: faster, and a quota that others use up is met every minute. */
const recoveryMs = 120_000;

/** So many answers tell how quick they are now: the way to the cloud may become a longer one for good. */
const remembered = 100;

/** However long a pause the cloud asks for, after this the next call finds out whether it still holds. */
const longestHoldMs = 60_000;

/** Which calls became slower than the operator's share allows, because the cloud said that it was too much. */
export interface Slowed {
  readonly action: string;
  readonly region: string;
  readonly callsPerMinute: number;
}

/**
 * Keeps a share of the documented rates, per region and action. It counts the calls of the last window instead of filling a
 * bucket: a full bucket and its refill together would pass the share.
 */
export class RateLimits {
  readonly #clock: Clock;
  readonly #share: number | null;
  readonly #onSlowed: (slowed: Slowed) => void;
  readonly #lanes = new Map<string, Lane>();

  /**
   * `share` is above 0 and at most 1: the rest is left to everybody else who uses the account. Null keeps no rate, for
   * measuring against a sandbox that keeps none either. `onSlowed` is told when a full
   * pace is given up, and not again before it is reached once more.
   */
  constructor(clock: Clock, share: number | null, onSlowed: (slowed: Slowed) => void = () => {}) {
    this.#clock = clock;
    this.#share = share;
    this.#onSlowed = onSlowed;
  }

  /** Counts one call and says in how many milliseconds it may go out: first come, first served. */
  reserve(action: string, region: string): number {
    return this.#share === null ? 0 : this.#lane(action, region).reserve(this.#clock.monotonic());
  }

  /**
   * Asked when the time of a reservation has come. 0: the call goes out now. Else so many milliseconds are left after all,
   * because calls before it went out late or the pace was lowered meanwhile.
   */
  depart(action: string, region: string): number {
    return this.#share === null ? 0 : this.#lane(action, region).depart(this.#clock.monotonic());
  }

  /** The call that had departed by this time has been answered, whatever the answer: it has certainly arrived. */
  answered(action: string, region: string, departedAt: number): void {
    this.#lane(action, region).arrived(departedAt, this.#clock.monotonic());
  }

  /** The latest reservation is not used: whoever comes next need not wait behind it. */
  forgo(action: string, region: string): void {
    this.#lane(action, region).forgo();
  }

  /** The cloud said it was too much: half the pace from now on, and no call at all for as long as it asks. */
  throttled(action: string, region: string, retryAfterMs: number | null): void {
    const lane = this.#lane(action, region);
    const wasFull = lane.slowDown(this.#clock.monotonic(), retryAfterMs ?? 0);
    if (wasFull) this.#onSlowed({ action, region, callsPerMinute: lane.callsPerMinute() });
  }

  #lane(action: string, region: string): Lane {
    const key = `${region}/${action}`;
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const { calls, windowMs } = documented.get(action) ?? unlisted;
    const lane = new Lane(Math.max(1, Math.floor(calls * (this.#share ?? 1))), windowMs);
    this.#lanes.set(key, lane);
    return lane;
  }
}

/** One call that went out, and when it arrived at the latest; without an answer it may still be on its way. */
interface Gone {
  readonly departedAt: number;
  readonly arrival: number;
  readonly isAnswered: boolean;
}

/** The calls of one action in one region. */
class Lane {
  readonly #full: number;
  readonly #windowMs: number;
  /** Calls a window, as of the last slowing down. */
  #allowed: number;
  #slowedAt = Number.NEGATIVE_INFINITY;
  #heldUntil = Number.NEGATIVE_INFINITY;
  /** When the calls that wait are to go out. */
  #waiting: readonly number[] = [];
  #lastGone = Number.NEGATIVE_INFINITY;
  /** The latest calls, in the order of their arrival; never more than a window holds. */
  #gone: readonly Gone[] = [];
  /** How long the latest answers took. */
  #took: readonly number[] = [];

  constructor(calls: number, windowMs: number) {
    this.#full = calls;
    this.#allowed = calls;
    this.#windowMs = windowMs;
  }

  callsPerMinute(): number {
    return Math.floor((this.#allowed * 60_000) / this.#windowMs);
  }

  reserve(now: number): number {
    const gone = this.#gone.map(({ arrival }) => arrival);
    const arrivals = [...gone, ...this.#waiting.map((at) => at + latestArrivalMs)];
    const at = this.#earliest({ arrivals, last: this.#waiting.at(-1) ?? this.#lastGone }, now);
    this.#waiting = [...this.#waiting, at];
    return at - now;
  }

  forgo(): void {
    this.#waiting = this.#waiting.slice(0, -1);
  }

  depart(now: number): number {
    const arrivals = this.#arrivals(now);
    const wait = this.#earliest({ arrivals, last: this.#lastGone }, now) - now;
    if (wait > 0) return wait;
    this.#lastGone = now;
    this.#waiting = this.#waiting.slice(1);
    const gone = { departedAt: now, arrival: now + latestArrivalMs, isAnswered: false };
    this.#gone = [...this.#gone, gone].slice(-this.#full);
    return 0;
  }

  arrived(departedAt: number, now: number): void {
    const took = now - departedAt;
    this.#took = [...this.#took, took].slice(-remembered);
    const place = this.#flying(departedAt);
    if (place < 0) return;
    const heldUp = Math.min(took - Math.min(...this.#took), longestDelayMs);
    const arrival = departedAt + Math.min(took, Math.max(latestArrivalMs, heldUp));
    this.#gone = this.#gone
      .with(place, { departedAt, arrival, isAnswered: true })
      .toSorted((a, b) => a.arrival - b.arrival);
  }

  /** Where the latest of the calls without an answer stands that had departed by then; -1 for none. */
  #flying(by: number): number {
    const flying = this.#gone.filter((gone) => !gone.isAnswered && gone.departedAt <= by);
    const latest = Math.max(...flying.map(({ departedAt }) => departedAt));
    return this.#gone.findIndex((gone) => !gone.isAnswered && gone.departedAt === latest);
  }

  /** When calls arrived, in order. What may still be on its way arrives now, and meets whatever goes out. */
  #arrivals(now: number): readonly number[] {
    return this.#gone
      .map(({ departedAt, arrival, isAnswered }) => {
        const mayFly = !isAnswered && now - departedAt < longestDelayMs;
        return mayFly ? Math.max(arrival, now) : arrival;
      })
      .toSorted((a, b) => a - b);
  }

  /** True when the pace was full until now. Calls that were under way together are refused together, which is one reason. */
  slowDown(now: number, retryAfterMs: number): boolean {
    this.#heldUntil = Math.max(this.#heldUntil, now + Math.min(retryAfterMs, longestHoldMs));
    if (now - this.#slowedAt < this.#windowMs) return false;
    const before = this.#pace(now);
    this.#allowed = Math.max(1, before / 2);
    this.#slowedAt = now;
    return before >= this.#full;
  }

  #earliest(
    before: { readonly arrivals: readonly number[]; readonly last: number },
    now: number,
  ): number {
    const allowed = Math.max(1, Math.floor(this.#pace(now)));
    const full = before.arrivals.at(-allowed) ?? Number.NEGATIVE_INFINITY;
    const apart = before.last + this.#windowMs / allowed / haste;
    return Math.max(now, this.#heldUntil, full + this.#windowMs, apart);
  }

  #pace(now: number): number {
    const regained = (this.#full * (now - this.#slowedAt)) / recoveryMs;
    return Math.min(this.#full, this.#allowed + regained);
  }
}
