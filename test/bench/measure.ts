import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Milliseconds. */
export type Millis = number;

/** The middle one: a single slow round on a busy machine says nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(half) - 1, Math.floor(half) + 1);
  return (low + high) / 2;
}

/**
 * Runs the work this many times, one after another, and gives the results in order. Stops early, but not before the first
 * result, when it has taken longer than `budget` in all.
 */
export async function rounds<T>(
  count: number,
  work: (round: number) => T | Promise<T>,
  budget: Millis = Number.POSITIVE_INFINITY,
): Promise<readonly T[]> {
  const results: T[] = [];
  const started = performance.now();
  for (let round = 0; round < count; round += 1) {
    results.push(await work(round));
    if (performance.now() - started > budget) break;
  }
  return results;
}

export async function timed(work: () => unknown): Promise<Millis> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** CPU time of all threads of this process while the work ran. */
export async function cpuTimed(work: () => unknown): Promise<Millis> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Runs `count` tasks, at most `width` of them at a time. */
export async function inParallel(
  count: number,
  width: number,
  task: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await task(index);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}

/** Bytes of live objects: what is left after everything unreachable was collected. */
export function liveHeap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/** The collector is only there on request, and `npm run bench` takes no flags for node. */
const collect = ((): (() => void) => {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc !== 'function') throw new Error('this node has no collector to call');
  return () => {
    Reflect.apply(gc, undefined, []);
  };
})();

export function perSecond(count: number, millis: Millis): number {
  return (count * 1000) / millis;
}

/** Three digits, which is more than such a measurement is worth. */
export function figure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}

export function ratio(value: number): string {
  return `${value.toFixed(2)} ×`;
}
