import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config/schema.ts';
import { NewleafError } from './domain/errors.ts';
import type { AccessToken } from './web/auth.ts';

/** The configured tokens, and the one that the command line on this machine finds in `dataDir/token`. */
export function accessTokens(config: Config): readonly AccessToken[] {
  const configured = config.http.tokens.map(({ name, role, token }) => ({
    name,
    role,
    token: token.reveal(),
  }));
  return [...configured, { name: 'local', role: 'operator', token: localToken(config.dataDir) }];
}

/** Makes the folder, for its own user alone. Throws `config.unreadable` when it cannot be one that newleaf may write to. */
export function makeDataDir(dataDir: string): void {
  inDataDir(dataDir, () => {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.W_OK);
  });
}

/** Made at the first start; only the daemon's own user may read it. */
function localToken(dataDir: string): string {
  const file = join(dataDir, 'token');
  return inDataDir(
    dataDir,
    () => makeToken(file, 'wx') ?? readToken(file) ?? makeToken(file, 'w') ?? '',
  );
}

function inDataDir<T>(dataDir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const message = `cannot use ${dataDir} as dataDir (${reason}): it must be a folder that newleaf may write to`;
    throw new NewleafError('config.unreadable', message, { cause: error });
  }
}

/** Null when `wx` finds that there is one. */
function makeToken(file: string, flag: 'w' | 'wx'): string | null {
  const token = randomBytes(32).toString('base64url');
  try {
    writeFileSync(file, `${token}\n`, { flag, mode: 0o600 });
    return token;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return null;
    throw error;
  }
}

/** Null when a start was cut short before it was written. */
function readToken(file: string): string | null {
  // A file that somebody else may read would hand the API to them.
  chmodSync(file, 0o600);
  return readFileSync(file, 'utf8').trim() || null;
}

/** The host names under which the server answers: its own address, loopback, and those configured. */
export function knownHostsOf({ http }: Config): ReadonlySet<string> {
  const { host } = http.listen;
  const own = host.includes(':') ? `[${host}]` : host;
  return new Set(
    [own, '127.0.0.1', 'localhost', '[::1]', ...http.hosts].map((name) => name.toLowerCase()),
  );
}
