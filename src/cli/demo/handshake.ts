import { connect, type TLSSocket } from 'node:tls';

/** What one TLS handshake of the demo's own saw. It shares no code with the prober that it checks. */
export interface Seen {
  readonly zone: string;
  /** Where it was dialled, `address:port`. */
  readonly address: string;
  /** SHA-256 of the leaf, lower-case hex; null when no handshake came about. */
  readonly fingerprint256: string | null;
  readonly notAfter: Date | null;
  /** Whether an ordinary client would accept it: chain, names and dates. */
  readonly trusted: boolean;
  /** Why not; null for a trusted one. */
  readonly problem: string | null;
}

export interface Dial {
  readonly zone: string;
  readonly address: string;
  readonly serverName: string;
  /** PEM of the root to trust. */
  readonly root: string;
}

const timeoutMillis = 5_000;

/** One handshake on a fresh connection. What goes wrong is part of the answer; rejects only when aborted. */
export async function handshake(dial: Dial, signal: AbortSignal): Promise<Seen> {
  signal.throwIfAborted();
  const { zone, address } = dial;
  const socket = open(dial);
  const giveUp = (): void => void socket.destroy(new Error('stopped'));
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const seen = await new Promise<Seen>((resolve) => {
      socket.once('secureConnect', () => resolve({ zone, address, ...leafOf(socket) }));
      socket.once('error', (error) => resolve(unseen(dial, error.message)));
    });
    signal.throwIfAborted();
    return seen;
  } finally {
    signal.removeEventListener('abort', giveUp);
    socket.destroy();
  }
}

function open({ address, serverName, root }: Dial): TLSSocket {
  const at = address.lastIndexOf(':');
  const socket = connect({
    host: address.slice(0, at),
    port: Number(address.slice(at + 1)),
    servername: serverName,
    ca: root,
    // A certificate that is bad must be seen too; `authorized` says whether it is.
    rejectUnauthorized: false,
  });
  socket.setTimeout(timeoutMillis, () => socket.destroy(new Error('no answer')));
  return socket;
}

function leafOf(socket: TLSSocket): Omit<Seen, 'zone' | 'address'> {
  const leaf = socket.getPeerX509Certificate();
  const { authorized } = socket;
  return {
    fingerprint256: leaf?.fingerprint256.replaceAll(':', '').toLowerCase() ?? null,
    notAfter: leaf === undefined ? null : new Date(leaf.validTo),
    trusted: authorized,
    problem: authorized ? null : String(socket.authorizationError),
  };
}

function unseen({ zone, address }: Dial, problem: string): Seen {
  return { zone, address, fingerprint256: null, notAfter: null, trusted: false, problem };
}
