import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { CallRecord } from '../../src/adapters/alibaba/call.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import { openSandboxProcess } from '../helpers/sandbox-process.ts';
import { scannerOf } from '../helpers/sandbox-scan.ts';
import type { Bench, Report } from './bench.ts';
import { mebibytes, seconds } from './child.ts';
import { cpuTimed, figure, liveHeap, type Millis, perSecond, timed } from './measure.ts';

const regions = ['cn-hangzhou', 'cn-shanghai', 'ap-southeast-1'];

/** Nearly all calls of a scan are of this action, so its rate is what a scan takes. */
const busiest = 'ListListenerCertificates';
const allowedPerSecond = 20;

/** How long calls under the documented rates are counted, and how long they may take to get going before. */
const countedFor: Millis = 30_000;
const runsIn: Millis = 2_000;

/** The SDK's HTTP client holds on to every answered request until its time-out of five seconds would have passed. */
const requestsKeptFor: Millis = 6_000;

/** How often the heap is looked at while a scan runs. */
const peakEvery: Millis = 20;

/** A whole scan over HTTP, as fast as it can be and as fast as the documentation allows. */
export const scan: Bench = {
  name: 'scan',
  about: 'scans of a sandbox with 5,000 listeners over HTTP, without probes',
  run: async (): Promise<Report> => {
    const free = await withoutRates();
    const paced = await underRates();
    return {
      titles: ['', 'first scan', 'second scan'],
      rows: [...free.rows, ...paced.rows],
      notes: [...free.notes, ...paced.notes],
    };
  },
};

type Part = Pick<Report, 'rows' | 'notes'>;

async function withoutRates(): Promise<Part> {
  await using sandbox = await openSandboxProcess('--seed', 'large', '--rate-limits', 'off');
  let calls = 0;
  const onCall = (): void => {
    calls += 1;
  };
  const runScan = scannerOf(sandbox.description, { regions, rateShare: null, onCall });
  const before = liveHeap();
  const oneScan = async (): Promise<Scanned> => {
    const callsBefore = calls;
    const measures = await measured(async () => sizeOf((await runScan()).inventory));
    const atOnce = liveHeap() - before;
    await delay(requestsKeptFor);
    return { ...measures, calls: calls - callsBefore, atOnce, stays: liveHeap() - before };
  };
  const scans = [await oneScan(), await oneScan()];
  const row = (title: string, cell: (scanned: Scanned) => string): readonly string[] => [
    title,
    ...scans.map(cell),
  ];
  const sizes = scans.map(({ value: { listeners, bindings, missing } }) =>
    [count(listeners), 'listeners,', count(bindings), 'bindings,', missing, 'missing'].join(' '),
  );
  return {
    rows: [
      row('takes', ({ wall }) => seconds(wall)),
      row('CPU time of newleaf', ({ cpu }) => seconds(cpu)),
      row('calls', (scanned) => count(scanned.calls)),
      row('heap at most', ({ peak }) => mebibytes(peak - before)),
      row('live heap at its end', ({ atOnce, value }) => perBinding(atOnce, value)),
      row('live heap that stays', ({ stays, value }) => perBinding(stays, value)),
    ],
    notes: [
      `${[...new Set(sizes)].join('; ')}; neither side keeps a rate`,
      `heap beside what it was before the first scan; what stays is measured ${requestsKeptFor / 1000} s later`,
    ],
  };
}

/** The busiest region is far from done when the count ends. */
async function underRates(): Promise<Part> {
  await using sandbox = await openSandboxProcess('--seed', 'large');
  const stopping = new AbortController();
  const calls: (CallRecord & { readonly at: Millis })[] = [];
  const started = performance.now();
  const onCall = (record: CallRecord): void => {
    calls.push({ ...record, at: performance.now() - started });
  };
  const runScan = scannerOf(sandbox.description, { regions, onCall, signal: stopping.signal });
  const enough = setTimeout(() => stopping.abort(new Error('enough')), runsIn + countedFor);
  await runScan().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  clearTimeout(enough);
  const counted = calls.filter(({ action, at }) => action === busiest && at >= runsIn);
  const rateIn = (region: string): string => {
    const inRegion = counted.filter((call) => call.region === region);
    return `${region} ${figure(perSecond(inRegion.length, countedFor))}`;
  };
  const throttled = calls.filter(({ code }) => code?.includes('Throttling') ?? false);
  return {
    rows: [],
    notes: [
      `under the documented rates, ${countedFor / 1000} s: ${busiest} a second of ${allowedPerSecond} allowed in each region: ${regions.map(rateIn).join(', ')}`,
      `${throttled.length} of ${count(calls.length)} calls throttled`,
    ],
  };
}

/** Bytes of heap beside what there was before the first scan. */
interface Scanned extends Measured<Size> {
  readonly calls: number;
  readonly atOnce: number;
  readonly stays: number;
}

interface Measured<T> {
  readonly value: T;
  readonly wall: Millis;
  /** All threads of this process, which is the scan and nothing of the sandbox. */
  readonly cpu: Millis;
  /** Bytes of heap in use, garbage included. */
  readonly peak: number;
}

async function measured<T>(work: () => Promise<T>): Promise<Measured<T>> {
  let peak = 0;
  const look = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().heapUsed);
  }, peakEvery);
  let wall = Number.NaN;
  const values: T[] = [];
  const cpu = await cpuTimed(async () => {
    wall = await timed(async () => values.push(await work()));
  });
  clearInterval(look);
  const [value] = values;
  if (value === undefined) throw new Error('nothing was measured');
  return { value, wall, cpu, peak };
}

interface Size {
  readonly listeners: number;
  readonly bindings: number;
  readonly missing: number;
}

/** Numbers only: whoever keeps an Inventory keeps its memory. */
function sizeOf({ listeners, missing }: Inventory): Size {
  const bindings = listeners.reduce((sum, { state }) => sum + state.bound.length, 0);
  return { listeners: listeners.length, bindings, missing: missing.length };
}

function perBinding(bytes: number, { bindings }: Size): string {
  return `${figure(bytes / bindings / 1024)} KiB a binding`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
