import type { Socket } from 'node:net';
import { Connection, type ConnectionOptions, type View } from './connection.ts';

export interface HandshakeOptions extends ConnectionOptions {
  /** How long a server that asked for a client certificate gets to say what it thinks of ours, in milliseconds. */
  readonly answerWaitMs: number;
}

/** How the connection stood when we let go of it. */
type Ending =
  /** We hung up: there was nothing more to see. */
  | { readonly kind: 'open' }
  /** We hung up because the deadline passed or the caller gave up. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'error'; readonly error: NodeJS.ErrnoException };

/** What one connection showed, and how it ended. */
export interface Sighting extends View {
  readonly ending: Ending;
}

/** Makes one handshake on an open socket and destroys it. Never rejects: whatever the peer does is a sighting. */
export function handshake(
  socket: Socket,
  options: HandshakeOptions,
  stop: AbortSignal,
): Promise<Sighting> {
  return new Promise((resolve) => {
    const connection = new Connection(socket, options);
    let answerTimer: NodeJS.Timeout | undefined;
    let isParting = false;
    let settled = false;

    const settle = (ending: Ending) => {
      if (settled) return;
      settled = true;
      clearTimeout(answerTimer);
      stop.removeEventListener('abort', onStop);
      resolve({ ...connection.view(), ending: isParting ? { kind: 'open' } : ending });
      connection.destroy();
    };
    // Our last message and a goodbye leave first: a balancer must not count the probe as a failed negotiation.
    const hangUp = () => {
      isParting = true;
      connection.tls.end();
    };
    const onStop = () => settle({ kind: 'stopped' });
    const onClosed = () => settle({ kind: 'closed' });
    const onError = (error: Error) => settle({ kind: 'error', error });

    connection.tls
      .once('secureConnect', () => {
        // Only a server that asked for a certificate can still refuse us. It answers with an alert, a ticket, data,
        // or by closing; a ticket alone proves nothing, because some servers judge the certificate after sending it.
        if (connection.view().flight.asksClient === false) hangUp();
        else answerTimer = setTimeout(hangUp, options.answerWaitMs);
      })
      .once('data', hangUp)
      .once('error', onError);
    for (const event of ['finish', 'end', 'close']) connection.tls.once(event, onClosed);
    socket.once('error', onError).once('close', onClosed);
    stop.addEventListener('abort', onStop);
    if (stop.aborted) onStop();
  });
}
