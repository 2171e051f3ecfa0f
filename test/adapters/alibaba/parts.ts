import { setTimeout as delay } from 'node:timers/promises';
import type { CallRecord } from '../../../src/adapters/alibaba/call.ts';
import { type AccountOptions, openAccount } from '../../../src/adapters/alibaba/account.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { CloudAccount } from '../../../src/ports/listeners.ts';

export const attemptMs = 5_000;
export const secret = 'sekretSEKRETsekretSEKRETsekret';

/**
 * A clock on which pauses pass at once and are written down, while the deadline of an attempt holds until the test makes
 * it pass: nothing here waits for real time.
 */
export class TestClock implements Clock {
  readonly pauses: number[] = [];
  deadlines: 'hold' | 'pass' = 'hold';
  #elapsed = 0;

  now(): Date {
    return new Date();
  }

  monotonic(): number {
    return this.#elapsed;
  }

  advance(ms: number): void {
    this.#elapsed += ms;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (ms === attemptMs) return this.#deadline(signal);
    this.pauses.push(ms);
    this.#elapsed += ms;
  }

  async #deadline(signal: AbortSignal): Promise<void> {
    const ms = this.deadlines === 'pass' ? 20 : 60_000;
    await delay(ms, undefined, { signal });
  }
}

export interface Opened {
  readonly account: CloudAccount;
  readonly clock: TestClock;
  readonly records: readonly CallRecord[];
  readonly logged: readonly string[];
}

/** An account named `main` that speaks to one server for every product. */
export function openTestAccount(host: string, options: Partial<AccountOptions> = {}): Opened {
  const clock = new TestClock();
  const records: CallRecord[] = [];
  const logged: string[] = [];
  const log = (_fields: unknown, sentence: string): void => void logged.push(sentence);
  const account = openAccount(
    {
      name: 'main',
      credentials: {
        kind: 'keys',
        accessKeyId: 'testid',
        accessKeySecret: secret,
        securityToken: null,
      },
      regions: ['cn-hangzhou'],
      endpoints: {
        nlb: { 'cn-hangzhou': host },
        cas: { 'cn-hangzhou': host },
        pca: { 'cn-hangzhou': host },
        sts: { 'cn-hangzhou': host },
      },
      timeouts: { attemptMs, totalMs: 60_000 },
      rateShare: 1,
      ownerTags: [],
      useDetail: true,
      ...options,
    },
    {
      clock,
      entropy: { id: () => '0'.repeat(32), fraction: () => 0 },
      log: { debug: log, info: log, warn: log, error: log },
      onCall: (record) => records.push(record),
    },
  );
  return { account, clock, records, logged };
}

export const never = new AbortController().signal;
