import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { NewleafError } from '../../domain/errors.ts';
import { type Children, openChildren } from './children.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { SandboxReady } from './sandbox-shapes.ts';
import { dataDirIn, demoConfig } from './settings.ts';

/** Everything the demo runs on, and the way to be rid of it. */
export interface Stage {
  /** Aborted when the demo is to stop: from outside, or because a process of the stage ended. */
  readonly signal: AbortSignal;
  startSandbox(): Promise<SandboxReady>;
  /** A receiver of alerts inside this process. */
  readonly receiver: Receiver;
  startDaemon(ready: SandboxReady): Promise<RunningDaemon>;
  /** Ends every process and removes the folder. Safe to call twice. */
  strike(): Promise<void>;
}

/** Where the daemon answers, and what opens it. */
export interface RunningDaemon {
  readonly url: string;
  readonly token: string;
}

const Announced = z.object({ msg: z.literal('newleaf is running'), url: z.url() });

/** An empty stage in a temporary folder of its own; what is started on it must be up `patienceMillis` after now. */
export async function openStage(stopped: AbortSignal, patienceMillis: number): Promise<Stage> {
  const late = AbortSignal.timeout(patienceMillis);
  const folder = mkdtempSync(join(tmpdir(), 'newleaf-demo-'));
  const children = openChildren();
  const release = guard(children, folder);
  const receiver = await openReceiver();
  const signal = AbortSignal.any([stopped, children.broken]);
  const start = starter(children, late, signal);
  return {
    signal,
    receiver,
    startSandbox: async () => {
      const args = ['sandbox', '--seed', 'demo', '--json', '--dir', folder];
      return start('sandbox', args, readyLine);
    },
    startDaemon: async (ready) => {
      const file = join(folder, 'newleaf.yaml');
      writeFileSync(file, demoConfig(ready, receiver, folder), { mode: 0o600 });
      const url = await start('daemon', ['-c', file, 'run'], urlLine);
      return { url, token: readFileSync(join(dataDirIn(folder), 'token'), 'utf8').trim() };
    },
    strike: async () => {
      await children.stop();
      await receiver.close();
      await rm(folder, { recursive: true, force: true });
      release();
    },
  };
}

/** Starts commands and waits for what they say when they are up. */
function starter(children: Children, late: AbortSignal, signal: AbortSignal) {
  return async <T>(
    name: string,
    args: readonly string[],
    pick: (line: string) => T | null,
  ): Promise<T> => {
    try {
      return await children.start(name, args).line(pick, AbortSignal.any([signal, late]));
    } catch (error) {
      if (signal.aborted || !late.aborted) throw error;
      throw new NewleafError('internal', `the ${name} takes too long to start`, { cause: error });
    }
  };
}

/** Whatever ends this process early (a broken pipe, a second Ctrl-C), nothing it started may outlive it. */
function guard(children: Children, folder: string): () => void {
  const last = (): void => {
    children.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', last);
  return () => process.off('exit', last);
}

function readyLine(line: string): SandboxReady | null {
  return SandboxReady.safeParse(json(line)).data ?? null;
}

function urlLine(line: string): string | null {
  return Announced.safeParse(json(line)).data?.url ?? null;
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
