import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { hasRedis, startRedis } from '../helpers/redis.ts';
import { openStage, type Stage } from '../helpers/processes.ts';
import type { Bench, Report } from './bench.ts';
import { mebibytes, memoryOf, type Resident, seconds, stopped } from './child.ts';
import { median, type Millis, rounds } from './measure.ts';

const repeats = 3;

/** For the starts of one row, in milliseconds: a busy machine makes fewer. */
const budget = 5000;
const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(root, 'dist/src/cli/main.js');
const isBuilt = existsSync(built);

/** As people start it, when it was built. */
const program = isBuilt ? [built] : ['--import', 'tsx', join(root, 'src/cli/main.ts')];

/** How long after its start a daemon works, and what it weighs then. */
export const startup: Bench = {
  name: 'startup',
  about: 'the daemon as a process, against the sandbox with the seed small',
  run: async (): Promise<Report> => {
    const rows = [...(await embedded()), ...(hasRedis ? [await onRedis()] : [])];
    return {
      titles: ['', 'until it runs', 'until its first scan ended', 'memory then', 'at most'],
      rows: rows.map(([name, starts]) => rowOf(name, starts)),
      notes: [
        `medians of up to ${repeats} starts; resident memory; ${isBuilt ? 'the built program' : 'compiled on the way by tsx: npm run build first'}`,
        ...(hasRedis ? [] : ['redis is not measured: no redis-server here']),
      ],
    };
  },
};

/** Times from the start of the process. */
interface Start extends Resident {
  readonly running: Millis;
  /** Null when no scan was due. */
  readonly scanned: Millis | null;
}

type Row = readonly [name: string, starts: readonly Start[]];

async function embedded(): Promise<readonly Row[]> {
  await using stage = await openStage({ sandbox: { seed: 'small' } });
  const first = await rounds(
    repeats,
    async () => {
      await rm(join(stage.dir, 'data'), { recursive: true, force: true });
      return start(stage, 'with its first scan');
    },
    budget,
  );
  const later = await rounds(repeats, () => start(stage, 'no scan is due'), budget);
  return [
    ['embedded, new dataDir', first],
    ['embedded, started again', later],
  ];
}

async function onRedis(): Promise<Row> {
  const server = await startRedis();
  try {
    const starts = await rounds(
      repeats,
      async (round) => {
        const store = { url: server.url, prefix: `{bench-${round}}` };
        await using stage = await openStage({ sandbox: { seed: 'small' }, config: { store } });
        return await start(stage, 'with its first scan');
      },
      budget,
    );
    return ['redis, empty', starts];
  } finally {
    await server.dispose();
  }
}

/** Starts the daemon, watches it until it has done what is expected, and stops it. */
async function start(
  { configFile }: Stage,
  expected: 'with its first scan' | 'no scan is due',
): Promise<Start> {
  const started = performance.now();
  const child = spawn(process.execPath, [...program, '-c', configFile, 'run'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const said = sentencesOf(child, started);
    const running = await said('newleaf is running');
    const scanned = expected === 'with its first scan' ? await said('scan ended') : null;
    const { resident, most } = await memoryOf(child);
    return { running, scanned, resident, most };
  } finally {
    await stopped(child);
  }
}

/** Answers with the milliseconds from the start to the first log line with that sentence. */
function sentencesOf(child: ChildProcess, started: number): (sentence: string) => Promise<Millis> {
  if (child.stdout === null) throw new Error('the daemon has no standard output');
  const lines = createInterface({ input: child.stdout });
  const times = new Map<string, Millis>();
  lines.on('line', (line) => {
    const { msg }: { msg?: string } = JSON.parse(line);
    if (msg !== undefined && !times.has(msg)) times.set(msg, performance.now() - started);
  });
  return async (sentence) => {
    for (;;) {
      const known = times.get(sentence);
      if (known !== undefined) return known;
      const ended = new AbortController();
      const exit = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
        throw new Error(`the daemon ended with ${code}`);
      });
      await Promise.race([once(lines, 'line', { signal: ended.signal }), exit]);
      exit.catch(() => {});
      ended.abort();
    }
  };
}

function rowOf(name: string, starts: readonly Start[]): readonly string[] {
  const scans = starts.flatMap(({ scanned }) => scanned ?? []);
  return [
    name,
    seconds(median(starts.map(({ running }) => running))),
    scans.length === 0 ? '' : seconds(median(scans)),
    mebibytes(median(starts.map(({ resident }) => resident))),
    mebibytes(median(starts.map(({ most }) => most))),
  ];
}
