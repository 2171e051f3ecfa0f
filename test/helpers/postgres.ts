import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { freePort } from './redis.ts';

/** The folder of PostgreSQL's programs, where this machine has a server and a user that may run it; else null. */
export const postgresBin = findBin();

export interface TestPostgres {
  readonly url: string;
  readonly port: number;
  /** Makes a database; resolves to its URL. */
  database(name: string): Promise<string>;
  /** Stops it at once, as a crash would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops it in its tracks, with all its sessions: it accepts connections and answers nothing. */
  freeze(): void;
  thaw(): void;
  /** Kills it and removes its data. */
  dispose(): Promise<void>;
}

export interface PostgresOptions {
  /** Whoever gives this password may log in; left out: anybody. */
  readonly password?: string;
  /** The server speaks TLS with these, in PEM. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Lines of the server's settings, such as `fsync=off`. */
  readonly settings?: readonly string[];
}

/** A PostgreSQL server of our own, on a free port, with its data in a temporary folder. */
export async function startPostgres(
  bin: string,
  options: PostgresOptions = {},
): Promise<TestPostgres> {
  const dir = await mkdtemp(join(tmpdir(), 'newleaf-postgres-'));
  const user = unprivileged();
  const own = (path: string): void => {
    if (user !== null) chownSync(path, user.uid, user.gid);
  };
  own(dir);
  const port = await freePort();
  const as = user ?? {};
  const data = join(dir, 'data');
  const fixed = ['listen_addresses=127.0.0.1', 'unix_socket_directories='];
  const login = await loginOf(dir, own, options);
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'newleaf', '--no-sync', ...login], {
    stdio: 'ignore',
    cwd: tmpdir(),
    ...as,
  });
  const tls = await tlsOf(dir, own, options);
  const settings = [...fixed, ...tls, ...(options.settings ?? [])].flatMap((line) => ['-c', line]);
  let stop: () => Promise<void> = nothing;
  let pid: number | undefined;

  const start = async (): Promise<void> => {
    const server = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...settings], {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: tmpdir(),
      ...as,
    });
    const gone = once(server, 'exit');
    pid = server.pid;
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
    port,
    database: (name) => makeDatabase(`postgres://newleaf@127.0.0.1:${port}`, name),
    kill: () => stop(),
    start,
    freeze: () => signalAll(pid, 'SIGSTOP'),
    thaw: () => signalAll(pid, 'SIGCONT'),
    dispose: async () => {
      await stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function makeDatabase(server: string, name: string): Promise<string> {
  const client = new Client({ connectionString: `${server}/postgres` });
  await client.connect();
  await client.query(`CREATE DATABASE "${name}"`);
  await client.end();
  return `${server}/${name}`;
}

type Own = (path: string) => void;

async function loginOf(dir: string, own: Own, { password }: PostgresOptions) {
  if (password === undefined) return ['-A', 'trust'];
  const file = join(dir, 'password');
  await writeFile(file, `${password}\n`);
  own(file);
  return ['-A', 'scram-sha-256', '--pwfile', file];
}

async function tlsOf(dir: string, own: Own, { tls }: PostgresOptions): Promise<readonly string[]> {
  if (tls === undefined) return [];
  const [certificate, key] = [join(dir, 'server.crt'), join(dir, 'server.key')];
  await writeFile(certificate, tls.certificate);
  await writeFile(key, tls.key, { mode: 0o600 });
  own(certificate);
  own(key);
  return ['ssl=on', `ssl_cert_file=${certificate}`, `ssl_key_file=${key}`];
}

/** The server and the processes of its sessions. */
function signalAll(pid: number | undefined, name: 'SIGSTOP' | 'SIGCONT'): void {
  if (pid === undefined) return;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  for (const each of [pid, ...children.filter((child) => child !== '').map(Number)])
    process.kill(each, name);
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
