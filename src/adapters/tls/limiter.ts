import type { Clock } from '../../ports/clock.ts';

/** Keeps probing gentle: at most so many tasks at once, and at most so many starts a second for one key. */
export interface Limiter {
  /** Runs the task when it is its turn. Rejects with the signal's reason when aborted while waiting. */
  run<T>(turn: Turn, signal: AbortSignal, task: () => Promise<T>): Promise<T>;
}

export interface Turn {
  /** What the rate counts for. */
  readonly key: string;
  /** Goes before whatever is not urgent and waits for a place as well. */
  readonly isUrgent: boolean;
}

export interface LimiterOptions {
  readonly concurrency: number;
  /** Starts a second for one key; null paces nothing. */
  readonly perKeyPerSecond: number | null;
  readonly clock: Clock;
}

export function openLimiter(options: LimiterOptions): Limiter {
  const pace = openPacer(options.perKeyPerSecond, options.clock);
  const gate = openGate(options.concurrency);
  return {
    async run({ key, isUrgent }, signal, task) {
      // Pace first: a task that waits for its second must not hold a place that another key could use.
      await pace(key, signal);
      await gate.enter(isUrgent, signal);
      try {
        return await task();
      } finally {
        gate.leave();
      }
    },
  };
}

interface Gate {
  enter(isUrgent: boolean, signal: AbortSignal): Promise<void>;
  leave(): void;
}

/** The urgent first, else first come, first served; whoever gives up leaves the queue without holding anyone up. */
function openGate(places: number): Gate {
  const urgent = new Set<() => void>();
  const others = new Set<() => void>();
  let free = places;

  return {
    async enter(isUrgent, signal) {
      signal.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return;
      }
      const admitted = await waitForTurn(isUrgent ? urgent : others, signal);
      // The place is handed over, not freed: only someone who was not admitted may throw.
      if (!admitted) signal.throwIfAborted();
    },
    leave() {
      const [next] = urgent.size > 0 ? urgent : others;
      if (next === undefined) free += 1;
      else next();
    },
  };
}

function waitForTurn(waiting: Set<() => void>, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (admitted: boolean) => {
      waiting.delete(admit);
      signal.removeEventListener('abort', giveUp);
      resolve(admitted);
    };
    const admit = () => settle(true);
    const giveUp = () => settle(false);
    waiting.add(admit);
    signal.addEventListener('abort', giveUp);
  });
}

type Pace = (key: string, signal: AbortSignal) => Promise<void>;

/** How many keys are remembered before those whose turn has passed are dropped. */
const rememberedKeys = 4096;

function openPacer(perSecond: number | null, clock: Clock): Pace {
  if (perSecond === null) return async () => undefined;
  const gap = 1000 / perSecond;
  const nextTurn = new Map<string, number>();

  return async (key, signal) => {
    const now = clock.monotonic();
    if (nextTurn.size >= rememberedKeys) dropPassed(nextTurn, now);
    const turn = Math.max(now, nextTurn.get(key) ?? now);
    nextTurn.set(key, turn + gap);
    if (turn > now) await clock.sleep(turn - now, signal);
  };
}

function dropPassed(nextTurn: Map<string, number>, now: number): void {
  for (const [key, turn] of nextTurn) {
    if (turn <= now) nextTurn.delete(key);
  }
}
