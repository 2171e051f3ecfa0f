import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createProgram } from '../../src/cli/program.ts';
import { openWatch, type Watch } from '../../src/compose.ts';
import { quietLog } from '../../src/cli/quiet-log.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { NewleafError } from '../../src/domain/errors.ts';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { freePort } from './redis.ts';

/** What a command printed and how it ended; `error` is the line that `main.ts` would print. */
export interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly error: string | null;
}

/** A configuration for a sandbox, and the command line in this process. */
export interface SandboxCli extends AsyncDisposable {
  readonly dir: string;
  readonly configFile: string;
  readonly config: Config;
  watch(): Watch;
  run(...args: readonly string[]): Promise<Told>;
  /** The same with a person at the terminal. */
  watched(...args: readonly string[]): Promise<Told>;
}

/** `settings` are keys of the configuration file that take the place of the sandbox's own. */
export async function openSandboxCli(
  sandbox: RunningSandbox,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<SandboxCli> {
  const dir = await mkdtemp(join(tmpdir(), 'newleaf-cli-'));
  const configFile = join(dir, 'newleaf.yaml');
  await writeFile(configFile, stringify({ ...(await settingsOf(sandbox)), ...settings }));
  const config = loadConfig(configFile);
  return {
    dir,
    configFile,
    config,
    watch: () => openWatch(config, quietLog),
    run: (...args) => runCommand(configFile, args, false),
    watched: (...args) => runCommand(configFile, args, true),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}

async function settingsOf({ description }: RunningSandbox): Promise<Record<string, unknown>> {
  const { accessKeyId, accessKeySecret, endpoints, dial, rootCaFile } = description;
  return {
    accounts: [
      {
        name: 'main',
        credentials: { accessKeyId, accessKeySecret },
        regions: ['cn-hangzhou'],
      },
    ],
    cloud: { endpoints, dial, timeouts: { read: '1s' } },
    dataDir: 'data',
    probe: { roots: [rootCaFile], perLoadBalancer: '1000/s', timeout: '2s' },
    http: { listen: `127.0.0.1:${await freePort()}` },
  };
}

async function runCommand(
  configFile: string,
  args: readonly string[],
  interactive: boolean,
): Promise<Told> {
  const printed = { out: '', err: '' };
  const io = {
    out: (text: string) => void (printed.out += text),
    err: (text: string) => void (printed.err += text),
    interactive,
    color: false,
  };
  const program = createProgram(io, new AbortController().signal);
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await program.parseAsync(['node', 'newleaf', '--config', configFile, ...args]);
    return { ...printed, code: exitCode(), error: null };
  } catch (error) {
    if (!(error instanceof NewleafError)) throw error;
    return { ...printed, code: 1, error: error.message };
  } finally {
    process.exitCode = before;
  }
}

function exitCode(): number {
  return Number(process.exitCode ?? 0);
}
