import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { NewleafError } from '../../domain/errors.ts';

/** Where a server is and how to log in, in the driver's words. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly ssl: ConnectionOptions | false;
}

/** Encrypted or not, and what is checked; libpq's words. Its two modes that fall back to plain text are left out. */
const modes = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
const files = { sslrootcert: 'ca', sslcert: 'cert', sslkey: 'key' } as const;
const known: readonly string[] = ['sslmode', ...Object.keys(files)];

/**
 * Reads `postgres://user:password@host:port/database?sslmode=…` and the files that it names. Rejects what it does not know, because the driver
 * would let an address overrule our own settings; no message holds a value of the address, which may be a secret.
 */
export function readAddress(text: string): ServerAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '')
    throw invalid('must look like postgres://host/database');
  for (const name of url.searchParams.keys()) {
    if (!known.includes(name))
      throw invalid(`has a parameter that is not one of ${known.join(', ')}`);
  }
  return {
    host: decodeURIComponent(url.hostname).replace(/^\[(.+)\]$/, '$1'),
    port: url.port === '' ? 5432 : Number(url.port),
    user: given(url.username),
    password: given(url.password),
    database: given(url.pathname.slice(1)),
    ssl: encryption(url.searchParams),
  };
}

function encryption(parameters: URLSearchParams): ConnectionOptions | false {
  const mode = modes.find((each) => each === (parameters.get('sslmode') ?? 'disable'));
  const read = filesOf(parameters);
  switch (mode) {
    case undefined:
      throw invalid(`sslmode must be one of ${modes.join(', ')}`);
    case 'disable':
      if (Object.keys(read).length > 0) throw invalid('names TLS files, but sslmode is disable');
      return false;
    case 'require':
      return { ...read, rejectUnauthorized: false };
    case 'verify-ca':
      // Of a public CA everybody can have a certificate.
      if (read.ca === undefined) throw invalid('sslmode=verify-ca needs sslrootcert');
      return { ...read, checkServerIdentity: () => undefined };
    case 'verify-full':
      return read;
  }
}

function filesOf(parameters: URLSearchParams): { ca?: string; cert?: string; key?: string } {
  const read: { ca?: string; cert?: string; key?: string } = {};
  for (const [parameter, option] of Object.entries(files)) {
    const path = parameters.get(parameter);
    if (path !== null) read[option] = readPem(parameter, path);
  }
  return read;
}

function readPem(parameter: string, path: string): string {
  // The address does not know which folder the configuration is in.
  if (!isAbsolute(path)) throw invalid(`${parameter} must be an absolute path`);
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw invalid(`${parameter} cannot be read (${reason})`);
  }
}

function given(part: string): string | undefined {
  return part === '' ? undefined : decodeURIComponent(part);
}

function invalid(problem: string): NewleafError {
  return new NewleafError('config.invalid', `store.url ${problem}`);
}
