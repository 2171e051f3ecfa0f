import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { hasRedis, startRedis } from '../helpers/redis.ts';
import { openSandboxProcess } from '../helpers/sandbox-process.ts';
import { quietLog } from '../helpers/store.ts';
import type { Bench, Report } from './bench.ts';
import { type InProcess, openInProcess } from './in-process.ts';
import {
  figure,
  inParallel,
  median,
  type Millis,
  perSecond,
  ratio,
  rounds,
  timed,
} from './measure.ts';
import { durability } from './stores.ts';
import { describeWrites, writeAgain } from './written.ts';

/** Each on a load balancer of its own: one load balancer takes one rotation at a time. */
const listeners = [
  'lsn-demoshop00001@8443',
  'lsn-demoapi00001@9443',
  'lsn-demopay00001@10443',
  'lsn-demolegacy00001@11443',
];
const repeats = 4;

/** For the rounds of one column, in milliseconds: a busy machine makes fewer. */
const budget = 20_000;

/** The first of each listener is not measured. */
const renewals = 1 + 2 * repeats;

/** The whole way of a request, with a cloud that answers at once. */
export const trigger: Bench = {
  name: 'trigger',
  about:
    'rotations asked for through the request queue, over a sandbox that answers at once, beside bare BullMQ jobs that make the same store writes',
  run: async (): Promise<Report> => {
    await using sandbox = await openSandboxProcess(
      ...'--seed demo --rate-limits off --job-millis 0 --propagation-millis 0'.split(' '),
    );
    const { description } = sandbox;
    const series = await Promise.all(
      listeners.map((listener, at) => issue(description.control, listener, at)),
    );
    const redis = hasRedis ? await startRedis() : null;
    try {
      await using daemon = await openInProcess(description, redis?.url ?? null);
      return await report(daemon, series);
    } finally {
      await redis?.dispose();
    }
  },
};

async function report(daemon: InProcess, series: readonly Series[]): Promise<Report> {
  await using bareJobs = await openBareJobs(daemon);
  const turn = (width: number): Promise<Turn> => measure(daemon, { series, bareJobs, width });
  // Connections, code and the first proof of each listener.
  await turn(1);
  const alone = await rounds(repeats, () => turn(1), budget);
  const together = await rounds(repeats, () => turn(listeners.length), budget);
  const columns = [alone, together];
  const row = (title: string, cell: (turns: readonly Turn[]) => string): readonly string[] => [
    title,
    ...columns.map(cell),
  ];
  const writes = alone.flatMap((each) => each.writes);
  return {
    titles: ['', 'one by one', `${listeners.length} at once`],
    rows: [
      row('rotations a second', (turns) => figure(median(turns.map((each) => each.rate)))),
      row('trigger to committed, median', (turns) => `${figure(median(took(turns)))} ms`),
      row('trigger to committed, p95', (turns) => `${figure(p95(took(turns)))} ms`),
      row('store writes of a rotation', (turns) =>
        figure(turns.flatMap((each) => each.writes).length / took(turns).length),
      ),
      row('bare jobs a second', (turns) => figure(median(turns.map((each) => each.bare)))),
      row('rotations of bare jobs', (turns) =>
        ratio(median(turns.map((each) => each.rate / each.bare))),
      ),
    ],
    notes: [
      `on ${hasRedis ? 'redis' : 'the embedded store: no redis-server here'}; ${columns.map((turns) => took(turns).length).join(' and ')} rotations, ${listeners.length} listeners on as many load balancers; medians of turns of ${listeners.length}`,
      `writes of a rotation one by one: ${describeWrites(writes, took(alone).length)}`,
      `no rates, windows or soaking; verify.rounds 1, verify.gap 10 ms; ${durability}`,
    ],
  };
}

function took(turns: readonly Turn[]): readonly Millis[] {
  return turns.flatMap((each) => each.took);
}

interface Turn {
  /** Rotations a second. */
  readonly rate: number;
  readonly took: readonly Millis[];
  readonly writes: ReturnType<InProcess['written']['take']>;
  /** Jobs a second, each with the writes of a rotation. */
  readonly bare: number;
}

interface Setting {
  readonly series: readonly Series[];
  readonly bareJobs: BareJobs;
  readonly width: number;
}

/** A rotation of each listener, then as many bare jobs: a machine that is busy for a while is busy for both. */
async function measure(daemon: InProcess, { series, bareJobs, width }: Setting): Promise<Turn> {
  const times: Millis[] = [];
  daemon.written.take();
  const rotating = await timed(() =>
    inParallel(series.length, width, async (at) => {
      const { listener, renewals: left } = series[at] ?? { listener: '', renewals: [] };
      times.push(await daemon.rotate(listener, left.shift() ?? ''));
    }),
  );
  const writes = daemon.written.take();
  const shares = inShares(writes, series.length);
  const working = await timed(() =>
    inParallel(shares.length, width, (at) => bareJobs.run(shares[at] ?? [])),
  );
  return {
    rate: perSecond(series.length, rotating),
    took: times,
    writes,
    bare: perSecond(shares.length, working),
  };
}

/** In order, and as equal as they can be: rotations at the same time write in turns. */
function inShares<T>(items: readonly T[], count: number): readonly (readonly T[])[] {
  const cut = (at: number): number => Math.round((at * items.length) / count);
  return Array.from({ length: count }, (_, at) => items.slice(cut(at), cut(at + 1)));
}

type Writes = Turn['writes'];

interface BareJobs extends AsyncDisposable {
  /** Adds a job that makes these writes, and resolves when it has. */
  run(writes: Writes): Promise<void>;
}

/** A queue and a worker as BullMQ has them, with nothing of ours but the store. */
async function openBareJobs({ backend, bare }: InProcess): Promise<BareJobs> {
  const waiting = new Map<string, () => Promise<void>>();
  const queue = backend.queue('bench-bare', {});
  const worker = backend.worker('bench-bare', async ({ id = '' }) => waiting.get(id)?.(), {
    concurrency: listeners.length,
  });
  worker.on('error', (error) => quietLog.debug({}, error.message));
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
  return {
    run: async (writes) => {
      const jobId = `bare-${randomUUID()}`;
      const written = new Promise<void>((done, failed) => {
        const work = async (): Promise<void> => {
          await writeAgain(bare, `bench/${jobId}`, writes);
          done();
        };
        waiting.set(jobId, () => work().catch(failed));
      });
      await Promise.all([queue.add('bare', {}, { jobId }), written]);
    },
    [Symbol.asyncDispose]: async () => {
      await worker.close();
      await queue.close();
    },
  };
}

/** A listener and the certificates it is to take, each living longer than the one before. */
interface Series {
  readonly listener: string;
  readonly renewals: string[];
}

const Issued = z.looseObject({ id: z.string() });

/** Binds a certificate that nothing is due for, and issues its renewals. */
async function issue(control: string, listener: string, at: number): Promise<Series> {
  const ids: string[] = [];
  for (let nth = 0; nth <= renewals; nth += 1) {
    const order = { names: [`bench-${at}.example.com`], notAfterDays: 80 + 2 * nth };
    ids.push(Issued.parse(await post(`${control}/certificates`, order)).id);
  }
  const [certificateId, ...rest] = ids;
  await post(`${control}/faults`, { kind: 'rebind', listenerId: listener, certificateId });
  return { listener, renewals: rest };
}

async function post(url: string, request: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify(request) });
  if (!reply.ok) throw new Error(`${url} refused: ${await reply.text()}`);
  return reply.json();
}

function p95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}
