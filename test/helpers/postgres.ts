import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './redis.ts';

/** The folder of PostgreSQL's programs, where this machine has a server and a user that may run it; else null. */
export const postgresBin = findBin();

export interface TestPostgres {
  readonly url: string;
  /** Stops it at once, as a crash would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Kills it and removes its data. */
  dispose(): Promise<void>;
}

/** A PostgreSQL server of our own, on a free port, with its data in a temporary folder. */
export async function startPostgres(bin: string): Promise<TestPostgres> {
  const dir = await mkdtemp(join(tmpdir(), 'newleaf-postgres-'));
  const user = unprivileged();
  if (user !== null) chownSync(dir, user.uid, user.gid);
  const port = await freePort();
  const as = user ?? {};
  execFileSync(join(bin, 'initdb'), ['-D', dir, '-A', 'trust', '-U', 'newleaf', '--no-sync'], {
    stdio: 'ignore',
    cwd: tmpdir(),
    ...as,
  });
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
  let stop: () => Promise<void> = nothing;

  const start = async (): Promise<void> => {
    const server = spawn(join(bin, 'postgres'), ['-D', dir, '-p', String(port), ...settings], {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: tmpdir(),
      ...as,
    });
    const gone = once(server, 'exit');
    for await (const line of createInterface({ input: server.stderr })) {
      if (line.includes('ready to accept connections')) break;
    }
    server.stderr.resume();
    stop = async () => {
      // Immediate shutdown: no checkpoint, recovery on the next start. SIGKILL would leave its children behind.
      server.kill('SIGQUIT');
      await gone;
    };
  };

  await start();
  return {
    url: `postgres://newleaf@127.0.0.1:${port}/postgres`,
    kill: () => stop(),
    start,
    dispose: async () => {
      await stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const nothing = async (): Promise<void> => undefined;

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { stdio: 'pipe' }).toString());
}

function findBin(): string | null {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root) || (isRoot() && unprivileged() === null)) return null;
  const found = readdirSync(root)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'postgres')));
  return found ?? null;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The server refuses to run as root: then the packaged user runs it. Null when we are somebody else, or there is no such user. */
function unprivileged(): { readonly uid: number; readonly gid: number } | null {
  if (!isRoot()) return null;
  try {
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    return null;
  }
}
