import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { freePort } from './redis.ts';

const program = 'prometheus-blackbox-exporter';

/** Whether this machine has the exporter to compare with. */
export const hasBlackbox = runs();

/** What the exporter saw of a TLS server. */
export interface BlackboxSight {
  /** The chain was trusted and the name was covered. */
  readonly success: boolean;
  /** Lower-case hex SHA-256 of the leaf. */
  readonly fingerprint256: string;
  /** The earliest end among the certificates that the server sent, in seconds since 1970. */
  readonly earliestExpiry: number;
}

export interface Blackbox extends AsyncDisposable {
  look(target: string, serverName: string): Promise<BlackboxSight>;
}

/** An exporter of our own that trusts one root and can ask for any of the names. */
export async function startBlackbox(
  rootCaFile: string,
  names: readonly string[],
): Promise<Blackbox> {
  const dir = await mkdtemp(join(tmpdir(), 'newleaf-blackbox-'));
  const file = join(dir, 'blackbox.yml');
  await writeFile(file, stringify({ modules: modulesFor(rootCaFile, names) }));
  const port = await freePort();
  const args = [`--web.listen-address=127.0.0.1:${port}`, `--config.file=${file}`];
  const exporter = spawn(program, args, { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(`${url}/-/healthy`);
  return {
    look: async (target, serverName) => {
      const query = new URLSearchParams({ target, module: serverName });
      return sightIn(await (await fetch(`${url}/probe?${query.toString()}`)).text());
    },
    [Symbol.asyncDispose]: async () => {
      await stop(exporter);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The exporter takes the server name from its configuration: a module for each. */
function modulesFor(rootCaFile: string, names: readonly string[]): Record<string, unknown> {
  const modules = names.map((name) => [
    name,
    {
      prober: 'tcp',
      timeout: '5s',
      tcp: { tls: true, tls_config: { ca_file: rootCaFile, server_name: name } },
    },
  ]);
  return Object.fromEntries(modules);
}

async function untilHealthy(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const reply = await fetch(url).catch(() => null);
    if (reply?.ok === true) return;
    await pause(25);
  }
  throw new Error(`${program} did not start`);
}

function sightIn(metrics: string): BlackboxSight {
  const value = (name: string): number =>
    Number(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'm').exec(metrics)?.[1] ?? Number.NaN);
  const [, fingerprint256 = ''] = /fingerprint_sha256="([0-9a-f]+)"/.exec(metrics) ?? [];
  return {
    success: value('probe_success') === 1,
    fingerprint256,
    earliestExpiry: value('probe_ssl_earliest_cert_expiry'),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'exit');
  child.kill();
  await gone;
}

function runs(): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
