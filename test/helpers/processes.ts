import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/start.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import { main, root } from './main.ts';

/** What a command printed and how it ended. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A daemon in a process of its own. */
export interface DaemonProcess {
  readonly url: string;
  /** Every log line so far, parsed. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** Resolves with the first line, past or future, that has this sentence and these fields. */
  logged(
    msg: string,
    fields?: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** SIGKILL, as a crash would. */
  kill(): Promise<void>;
  /** SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>;
}

/** A sandbox, a folder and a configuration for one test; disposing of it stops everything that was started with it. */
export interface Stage extends AsyncDisposable {
  readonly sandbox: RunningSandbox;
  readonly dir: string;
  readonly configFile: string;
  /** Starts `newleaf run` and resolves once it says that it runs. */
  daemon(): Promise<DaemonProcess>;
  /** Runs one command to its end. */
  newleaf(...args: readonly string[]): Promise<Ran>;
  /** Starts a command without waiting for it. */
  spawn(...args: readonly string[]): ChildProcess;
}

export interface StageOptions {
  readonly sandbox: SandboxOptions;
  /** Laid over a configuration in which everything is quick and every listener may rotate. */
  readonly config?: Readonly<Record<string, unknown>>;
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const dir = await mkdtemp(join(tmpdir(), 'newleaf-e2e-'));
  const sandbox = await startSandbox({ ...options.sandbox, dir });
  const configFile = join(dir, 'newleaf.yaml');
  await writeFile(configFile, stringify({ ...quickConfig(sandbox, dir), ...options.config }));
  const children = new Set<ChildProcess>();
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1' };
  const start = (args: readonly string[]): ChildProcess => {
    const child = spawn(process.execPath, [main, '-c', configFile, ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };
  return {
    sandbox,
    dir,
    configFile,
    daemon: async () => {
      const daemon = await watchDaemon(start(['run', '--verbose']));
      // It listens on any free port, so commands are told where.
      env['NEWLEAF_URL'] = daemon.url;
      return daemon;
    },
    newleaf: (...args) => collect(start(args)),
    spawn: (...args) => start(args),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...children].map(killed));
      await sandbox.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A configuration for this sandbox in which everything is quick and every listener may rotate. */
export function quickConfig({ description }: RunningSandbox, dir: string): Record<string, unknown> {
  const { accessKeyId, accessKeySecret, endpoints, dial, rootCaFile } = description;
  return {
    accounts: [
      { name: 'main', credentials: { accessKeyId, accessKeySecret }, regions: ['cn-hangzhou'] },
    ],
    cloud: { endpoints, dial, timeouts: { read: '2s' }, rateShare: 1 },
    dataDir: join(dir, 'data'),
    schedule: { scan: '0 0 1 1 *', tick: '1s' },
    probe: { roots: [rootCaFile], perLoadBalancer: '500/s', timeout: '5s' },
    verify: { deadline: '3s', rounds: 2, gap: '100ms', settle: '1s' },
    defaults: { mode: 'auto', windows: [], renewBefore: '1d', allowIgnoreWindow: true },
    http: { listen: '127.0.0.1:0' },
  };
}

/** Resolves once the process says that it runs. */
export async function watchDaemon(child: ChildProcess): Promise<DaemonProcess> {
  const log: Readonly<Record<string, unknown>>[] = [];
  const waiting = new Set<() => void>();
  child.setMaxListeners(0);
  let err = '';
  child.stderr?.on('data', (data: Buffer) => {
    err += data.toString();
  });
  if (child.stdout === null) throw new Error('the daemon has no standard output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    log.push(JSON.parse(line));
    for (const look of waiting) look();
  });
  const logged: DaemonProcess['logged'] = (msg, fields = {}) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = log.find((line) => line['msg'] === msg && has(line, fields));
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      child.once('exit', (code) => reject(new Error(`the daemon ended with ${code}: ${err}`)));
      look();
    });
  const { url } = await logged('newleaf is running');
  return {
    url: String(url),
    log,
    logged,
    kill: () => killed(child),
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      return child.exitCode;
    },
  };
}

function has(
  line: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(fields).every(([name, value]) => line[name] === value);
}

async function collect(child: ChildProcess): Promise<Ran> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (data: Buffer) => {
    out += data.toString();
  });
  child.stderr?.on('data', (data: Buffer) => {
    err += data.toString();
  });
  await once(child, 'close');
  return { code: child.exitCode, out, err };
}

/** SIGKILL, and resolves once it is gone. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
