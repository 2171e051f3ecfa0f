import { connect, isIPv6, type Socket } from 'node:net';
import { NewleafError } from '../../domain/errors.ts';

/** Where to open a TCP connection. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** Answers where to connect instead, for an endpoint that is reached through a sandbox or a bastion. */
export type DialMap = (address: string, port: number) => Target;

/** An open connection, or the error of the operating system that prevented it; null when stopped before either. */
export type Dialled =
  | { readonly kind: 'open'; readonly socket: Socket }
  | { readonly kind: 'failed'; readonly error: NodeJS.ErrnoException }
  | { readonly kind: 'stopped' };

/**
 * Reads overrides of the form `host:port` → `host:port`; IPv6 addresses stand in brackets.
 * Throws `config.invalid` for anything else.
 */
export function readDialMap(overrides: Readonly<Record<string, string>>): DialMap {
  const targets = new Map(
    Object.entries(overrides).map(([from, to]) => [hostPort(parseTarget(from)), parseTarget(to)]),
  );
  return (address, port) => {
    const target = { host: address, port };
    return targets.get(hostPort(target)) ?? target;
  };
}

/** Opens one TCP connection. Stopping destroys the socket at once. */
export function dial(target: Target, stop: AbortSignal): Promise<Dialled> {
  return new Promise((resolve) => {
    if (stop.aborted) {
      resolve({ kind: 'stopped' });
      return;
    }
    const socket = connect({ ...target, noDelay: true });
    const settle = (dialled: Dialled) => {
      stop.removeEventListener('abort', onStop);
      socket.removeAllListeners('connect');
      socket.removeAllListeners('error');
      // A late error of a socket nobody waits for must not become an uncaught exception.
      socket.on('error', () => undefined);
      if (dialled.kind !== 'open') socket.destroy();
      resolve(dialled);
    };
    const onStop = () => settle({ kind: 'stopped' });
    socket.once('connect', () => settle({ kind: 'open', socket }));
    socket.once('error', (error) => settle({ kind: 'failed', error }));
    stop.addEventListener('abort', onStop);
  });
}

function hostPort({ host, port }: Target): string {
  return isIPv6(host) ? `[${host.toLowerCase()}]:${port}` : `${host}:${port}`;
}

function parseTarget(text: string): Target {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new NewleafError('config.invalid', `a dial override is not host:port: ${text}`);
  }
  return { host, port };
}
