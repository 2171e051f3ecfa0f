import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, loadDaemonPlace, readEnvironment } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { NewleafError } from '../domain/errors.ts';
import { daemonClient, type DaemonClient } from './client.ts';
import type { Io } from './io.ts';

/** What every command is given. */
export interface Context {
  readonly io: Io;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** The file named by `--config` or `NEWLEAF_CONFIG`; null for the embedded defaults. */
  configPath(): string | null;
  /** The configuration named by `--config` or `NEWLEAF_CONFIG`, else the embedded defaults. */
  config(): Config;
  /** The daemon named by `NEWLEAF_URL`, else the one of the configuration. `stop` ends its calls, besides the program's own signal. */
  daemon(stop?: AbortSignal): DaemonClient;
}

export function createContext(io: Io, signal: AbortSignal, option: () => string | null): Context {
  const environment = readEnvironment();
  const configPath = (): string | null => option() ?? environment.config;
  return {
    io,
    signal,
    configPath,
    config: () => loadConfig(configPath()),
    daemon: (stop = signal) => {
      const url = environment.url ?? urlOf(loadDaemonPlace(configPath()).listen);
      const token = environment.token ?? readToken(loadDaemonPlace(configPath()).dataDir);
      return daemonClient({ url, token }, AbortSignal.any([signal, stop]));
    },
  };
}

/** Where a daemon that listens there is reached from this machine. */
function urlOf({ host, port }: Config['http']['listen']): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** The daemon writes this file at its first start, readable by its own user only. */
function readToken(dataDir: string): string {
  const file = join(dataDir, 'token');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new NewleafError(
      'request.unauthorized',
      `cannot read the daemon's token from ${file}: set NEWLEAF_TOKEN, or run as the daemon's user with its --config`,
      { cause: error },
    );
  }
}
