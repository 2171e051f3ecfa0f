import { setMaxListeners } from 'node:events';
import { NewleafError } from '../../domain/errors.ts';
import type { Clock, Entropy } from '../../ports/clock.ts';
import { type CallName, timedOut, translated } from './errors.ts';
import type { RateLimits } from './rates.ts';
import { type Reply, requestIdOf, skewOf } from './replies.ts';

/** One attempt of one call, for metrics and the audit. `code` is null when the cloud answered as asked. */
export interface CallRecord {
  readonly account: string;
  readonly region: string;
  readonly action: string;
  readonly code: string | null;
  readonly requestId: string | null;
  readonly millis: number;
}

export interface CallTimeouts {
  /** How long one attempt may take, connecting included. */
  readonly attemptMs: number;
  /** How long a call may take with its retries, its pauses and its wait for the rate. */
  readonly totalMs: number;
}

export interface Call<T> extends CallName {
  /** A write is tried less often, and never again after the cloud said that somebody else is at work: its caller looks first. */
  readonly kind: 'read' | 'write';
  /** Sends the request. Called once per attempt; it must send the same parameters each time, the `ClientToken` above all. */
  readonly send: () => Promise<Reply>;
  /** Turns the reply's body into our words; throws `cloud.unreadable` when it is not the documented shape. */
  readonly read: (body: unknown, call: CallName) => T;
}

interface CallerParts {
  readonly account: string;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly rates: RateLimits;
  readonly timeouts: CallTimeouts;
  readonly onCall: (record: CallRecord) => void;
}

type Attempt<T> =
  | { readonly kind: 'answered'; readonly value: T; readonly requestId: string | null }
  /** `sent` is false where our own rate left it no time. */
  | { readonly kind: 'failed'; readonly error: NewleafError; readonly sent: boolean };

/**
 * A write goes out once: whoever wants to repeat it looks at the slot again first, for somebody else may have written in between.
 * It is then repeated under the same token.
 */
const mostAttempts = { read: 5, write: 1 } as const;
const firstPauseMs = 400;
const longestPauseMs = 10_000;

/**
 * The one place that calls the cloud: the rate, the deadline, the retries and the record of every attempt. The SDK's own retries
 * stay off; they pause for milliseconds and know nothing of an AbortSignal.
 */
export class Caller {
  readonly #parts: CallerParts;
  #skewMs: number | null = null;

  constructor(parts: CallerParts) {
    this.#parts = parts;
  }

  /** Cloud clock minus ours, in milliseconds, by the last answer. `Date` has whole seconds, so it is good to about one. */
  skewMs(): number | null {
    return this.#skewMs;
  }

  /**
   * Makes one call, again and again while the failure is retryable and time is left. Rejects with a `NewleafError`, or with the
   * signal's reason. A failed write tells in `definite` whether it has certainly changed nothing.
   */
  async call<T>(call: Call<T>, signal: AbortSignal): Promise<T> {
    const { clock, entropy, timeouts } = this.#parts;
    // Many calls wait on the one signal of their scan at once, and each takes its listener off again: that is no leak.
    setMaxListeners(0, signal);
    const until = clock.monotonic() + timeouts.totalMs;
    let answered: NewleafError | null = null;
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.#attempt(call, until, signal);
      if (result.kind === 'answered') return result.value;
      const pause = pauseBefore(attempt + 1, call.kind, result.error, entropy);
      if (result.sent) answered = result.error;
      // That there was no time to ask again explains less than the answer there was.
      if (pause === null || clock.monotonic() + pause >= until) throw answered ?? result.error;
      await clock.sleep(pause, signal);
    }
  }

  async #attempt<T>(call: Call<T>, until: number, signal: AbortSignal): Promise<Attempt<T>> {
    const { account, clock, rates, onCall } = this.#parts;
    const { action, region } = call;
    const held = await this.#turn(call, until, signal);
    if (held > 0) return { kind: 'failed', error: crowded(call, held), sent: false };
    const began = clock.monotonic();
    // Whoever asked holds a lease for as long as a call may take: after that nothing may go out any more.
    if (began >= until) {
      rates.answered(action, region, began);
      return { kind: 'failed', error: crowded(call, 0), sent: false };
    }
    const result = await this.#settled(call, until - began, signal);
    rates.answered(action, region, began);
    const millis = clock.monotonic() - began;
    if (result.kind === 'failed' && result.error.code === 'cloud.throttled')
      rates.throttled(action, region, result.error.retryAfterMs);
    onCall({ account, region, action, millis, ...outcomeOf(result) });
    return result;
  }

  /** Waits for the call's place in our share of the rate: 0 when it may go out now, else the wait that was too long. */
  async #turn(call: CallName, until: number, signal: AbortSignal): Promise<number> {
    const { clock, rates } = this.#parts;
    const { action, region } = call;
    let departed = false;
    try {
      for (let wait = rates.reserve(action, region); ; ) {
        if (clock.monotonic() + wait >= until) return wait;
        if (wait > 0) await clock.sleep(wait, signal);
        wait = rates.depart(action, region);
        departed = wait === 0;
        if (departed) return 0;
      }
    } finally {
      if (!departed) rates.forgo(action, region);
    }
  }

  async #settled<T>(call: Call<T>, leftMs: number, signal: AbortSignal): Promise<Attempt<T>> {
    try {
      const sent = this.#parts.clock.now();
      const reply = await this.#sendOnce(call, leftMs, signal);
      this.#skewMs = skewOf(reply, sent, this.#parts.clock.now()) ?? this.#skewMs;
      const value = call.read(reply.body, { action: call.action, region: call.region });
      return { kind: 'answered', value, requestId: requestIdOf(reply) };
    } catch (error) {
      signal.throwIfAborted();
      const name = { action: call.action, region: call.region };
      return { kind: 'failed', error: translated(error, name), sent: true };
    }
  }

  /**
   * The SDK takes no AbortSignal, so it is raced: when the deadline or the signal wins, the request goes on unheard until its
   * own time-out and its answer is dropped.
   */
  async #sendOnce<T>(call: Call<T>, leftMs: number, signal: AbortSignal): Promise<Reply> {
    signal.throwIfAborted();
    const deadlineMs = Math.min(leftMs, this.#parts.timeouts.attemptMs);
    // Not AbortSignal.any: what it makes is kept for as long as the signal lives, and a scan makes thousands of calls.
    const over = new AbortController();
    const stop = (): void => over.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    const expiry = this.#parts.clock.sleep(deadlineMs, over.signal);
    try {
      return await Promise.race([
        call.send(),
        expiry.then(() => Promise.reject(timedOut(call, deadlineMs))),
      ]);
    } finally {
      signal.removeEventListener('abort', stop);
      over.abort();
    }
  }
}

/** Milliseconds to wait before the given attempt, or null when there is to be none. */
function pauseBefore(
  attempt: number,
  kind: 'read' | 'write',
  error: NewleafError,
  entropy: Entropy,
): number | null {
  if (!error.retryable || attempt > mostAttempts[kind]) return null;
  const ceiling = Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 2));
  const jittered = ceiling / 2 + (ceiling / 2) * entropy.fraction();
  return Math.max(jittered, error.retryAfterMs ?? 0);
}

function outcomeOf(result: Attempt<unknown>): Pick<CallRecord, 'code' | 'requestId'> {
  if (result.kind === 'answered') return { code: null, requestId: result.requestId };
  const { cloudCode, requestId } = result.error.fields;
  return {
    code: typeof cloudCode === 'string' ? cloudCode : result.error.code,
    requestId: typeof requestId === 'string' ? requestId : null,
  };
}

/** Our own share of the rate is used up for longer than this call may take. Nothing was sent. */
function crowded(call: CallName, waitMs: number): NewleafError {
  const { action, region } = call;
  return new NewleafError(
    'cloud.throttled',
    `calling ${action} in ${region} has to wait for our own share of the rate`,
    {
      fields: { action, region, cloudCode: null, requestId: null, status: null, definite: true },
      retryAfterMs: waitMs,
    },
  );
}
