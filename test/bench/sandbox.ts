import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench, Report } from './bench.ts';
import { mebibytes, memoryOf, type Resident, seconds, stopped } from './child.ts';
import { median, type Millis, rounds } from './measure.ts';
import type { Phase } from './sandbox-phases.ts';

const repeats = 3;

/** For the starts of one row, in milliseconds: a busy machine makes fewer. */
const budget = 15_000;
const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(root, 'dist/src/sandbox/main.js');

const compiled = ['--import', 'tsx', join(root, 'src/sandbox/main.ts')];
const programs = [
  ...(existsSync(built) ? [{ name: 'built', program: [built] }] : []),
  { name: 'by tsx', program: compiled },
];

/** How long the sandbox takes until it answers, and what it weighs then; and where the time of a large one goes. */
export const sandbox: Bench = {
  name: 'sandbox',
  about: 'the sandbox as a process: small, and with 5,000 listeners and 1,200 certificates',
  run: async (): Promise<Report> => {
    const rows: (readonly string[])[] = [];
    for (const { name, program } of programs) {
      for (const seed of ['small', 'large']) {
        const starts = await rounds(repeats, () => start(program, seed), budget);
        rows.push(rowOf(`${seed}, ${name}`, starts));
      }
    }
    const phases = await phasesOfLarge();
    return {
      titles: ['', 'takes', 'memory then', 'at most'],
      rows: [...rows, ...phases.map(phaseRow)],
      notes: [
        `from the start of the process until it prints that it is ready; medians of up to ${repeats} starts; resident memory`,
        'large, phases: one start by tsx, one phase after the other; a part of what is above',
        ...(existsSync(built) ? [] : ['the built program is not measured: npm run build first']),
      ],
    };
  },
};

interface Start extends Resident {
  readonly ready: Millis;
}

async function start(program: readonly string[], seed: string): Promise<Start> {
  const started = performance.now();
  const child = spawn(process.execPath, [...program, '--seed', seed, '--json'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const exit = once(child, 'exit').then(([code]) => {
      throw new Error(`the sandbox ended with ${code}`);
    });
    exit.catch(() => {});
    await Promise.race([once(createInterface({ input: child.stdout }), 'line'), exit]);
    const ready = performance.now() - started;
    return { ready, ...(await memoryOf(child)) };
  } finally {
    await stopped(child);
  }
}

async function phasesOfLarge(): Promise<readonly Phase[]> {
  const program = fileURLToPath(new URL('sandbox-phases.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program], {
    cwd: root,
  });
  const phases: readonly Phase[] = JSON.parse(stdout);
  return phases;
}

function rowOf(name: string, starts: readonly Start[]): readonly string[] {
  return [
    name,
    seconds(median(starts.map(({ ready }) => ready))),
    mebibytes(median(starts.map(({ resident }) => resident))),
    mebibytes(median(starts.map(({ most }) => most))),
  ];
}

function phaseRow({ name, millis, resident }: Phase): readonly string[] {
  return [`large: ${name}`, seconds(millis), mebibytes(resident), ''];
}
