import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { NewleafError } from '../../domain/errors.ts';

type Process = ChildProcessByStdio<null, Readable, Readable>;

/** A newleaf command that runs beside this one. */
interface Child {
  /** The next line of its output that `pick` makes something of. Rejects when aborted. */
  line<T>(pick: (line: string) => T | null, signal: AbortSignal): Promise<T>;
}

/** The processes the demo started. */
export interface Children {
  /** Aborted, with the reason, when one ends that was not told to. */
  readonly broken: AbortSignal;
  /** Starts `newleaf ARGS` as this very program was started: from dist, or from the sources. */
  start(name: string, args: readonly string[]): Child;
  /** Ends all, the last started first: each is asked, and killed after a few seconds. Safe to call twice. */
  stop(): Promise<void>;
  /** At once, for when this process ends anyway. */
  kill(): void;
}

const patienceMillis = 6_000;

export function openChildren(): Children {
  const running: Process[] = [];
  const broken = new AbortController();
  let stopping = false;
  return {
    broken: broken.signal,
    start: (name, args) => {
      const child = spawnSelf(args);
      running.unshift(child);
      let lastWords = '';
      child.stderr.on('data', (data: Buffer) => {
        lastWords = `${lastWords}${data.toString()}`.slice(-1_000);
      });
      child.once('error', (error) => broken.abort(ended(name, error.message)));
      child.once('close', (code, signal) => {
        const how = lastWords.trim() || `it ended with ${code ?? signal ?? 'no code'}`;
        if (!stopping) broken.abort(ended(name, how));
      });
      return { line: linesOf(child) };
    },
    stop: async () => {
      stopping = true;
      for (const child of running) await end(child);
    },
    kill: () => {
      for (const child of running) child.kill('SIGKILL');
    },
  };
}

function spawnSelf(args: readonly string[]): Process {
  const script = process.argv[1] ?? '';
  return spawn(process.execPath, [...process.execArgv, script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function linesOf(child: Process): Child['line'] {
  const reader = createInterface({ input: child.stdout });
  return <T>(pick: (line: string) => T | null, signal: AbortSignal) =>
    new Promise<T>((resolve, reject) => {
      const stop = (): void => {
        reader.off('line', look);
        signal.removeEventListener('abort', giveUp);
      };
      const look = (line: string): void => {
        const found = pick(line);
        if (found === null) return;
        stop();
        resolve(found);
      };
      const giveUp = (): void => {
        stop();
        reject(stoppedBy(signal));
      };
      reader.on('line', look);
      signal.addEventListener('abort', giveUp, { once: true });
      if (signal.aborted) giveUp();
    });
}

async function end(child: Process): Promise<void> {
  if (hasEnded(child)) return;
  const exit = once(child, 'exit');
  const killer = setTimeout(() => child.kill('SIGKILL'), patienceMillis);
  child.kill('SIGTERM');
  await exit;
  clearTimeout(killer);
}

function hasEnded({ pid, exitCode, signalCode }: Process): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}

function stoppedBy({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

function ended(name: string, how: string): NewleafError {
  return new NewleafError('internal', `the ${name} stopped while the demo needed it: ${how}`);
}
