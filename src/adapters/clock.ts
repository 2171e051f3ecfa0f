import { createHash, randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Digest } from '../domain/plan.ts';
import type { Clock, Entropy } from '../ports/clock.ts';

/** The machine's own clock. `sleep` keeps the process alive while it waits. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
};

/** Randomness from the operating system. */
export const systemEntropy: Entropy = {
  id: () => randomBytes(16).toString('hex'),
  fraction: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
};

/** SHA-256 of the text's UTF-8 bytes, lower-case hex. */
export const sha256: Digest = (text) => createHash('sha256').update(text).digest('hex');
