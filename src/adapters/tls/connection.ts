import type { Socket } from 'node:net';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import { type Flight, readFlight } from './flight.ts';
import { contentType, readRecords } from './records.ts';
import { openTap, type Tap } from './tap.ts';

export interface ConnectionOptions {
  readonly context: SecureContext;
  /** SNI; null sends none. */
  readonly serverName: string | null;
  readonly alpn: readonly string[];
}

/** What a connection has shown so far. */
export interface View {
  readonly flight: Flight;
  /** The handshake finished on our side, which includes proof that the server holds the leaf's key. */
  readonly completed: boolean;
  /**
   * The server holds the leaf's key. Without `completed` that is TLS 1.2: we answered the server's signed part, which
   * OpenSSL does only after verifying the signature.
   */
  readonly proven: boolean;
  /** TLS 1.3: a session ticket or data came, so the server has read our last message. Says nothing in TLS 1.2. */
  readonly answered: boolean;
  readonly protocol: string;
  readonly cipher: string;
  /** DER of the leaf as node:tls has it; null before the handshake finished, and where the flight shows it. */
  readonly peer: Buffer | null;
  /** OpenSSL's last complaint about the chain; null when it had none or the handshake did not finish. */
  readonly authorizationError: string | null;
}

/** One TLS connection over an open socket, and what can be told about it after it broke. */
export class Connection {
  readonly tls: TLSSocket;
  readonly #socket: Socket;
  readonly #tap: Tap;
  #secret: Buffer | null = null;
  #completed = false;
  #answered = false;
  #parameters = { protocol: 'unknown', cipher: 'unknown' };
  #peer: Buffer | null = null;
  /** Kept once the handshake is over: what comes later is encrypted with keys that are not ours to know. */
  #flight: Flight | null = null;
  #authorizationError: string | null = null;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#tap = openTap(socket, () => this.#noteParameters());
    this.tls = connect({
      socket: this.#tap.stream,
      secureContext: options.context,
      rejectUnauthorized: false,
      // Names are compared by our own rules; an answer here would only hide OpenSSL's verdict on the chain.
      checkServerIdentity: () => undefined,
      ...(options.serverName === null ? {} : { servername: options.serverName }),
      ...(options.alpn.length === 0 ? {} : { ALPNProtocols: [...options.alpn] }),
    });
    this.tls.on('keylog', (line) => {
      this.#secret ??= handshakeSecret(line);
    });
    for (const event of ['session', 'data']) {
      this.tls.on(event, () => {
        this.#answered = true;
      });
    }
    this.tls.prependListener('secureConnect', () => this.#noteCompletion());
  }

  view(): View {
    const flight = this.#readFlight();
    return {
      flight,
      completed: this.#completed,
      proven: this.#completed || (flight.signs && this.#hasAnsweredServer()),
      answered: this.#answered,
      ...this.#parameters,
      peer: this.#peer,
      authorizationError: this.#authorizationError,
    };
  }

  /** Frees everything at once, without a goodbye: the peer may never take one. */
  destroy(): void {
    for (const stream of [this.tls, this.#tap.stream, this.#socket]) {
      // Late errors of a connection nobody waits for must not become uncaught exceptions.
      stream.on('error', () => undefined);
      stream.destroy();
    }
  }

  /** After a failed handshake the socket no longer tells its parameters, so they are noted whenever we send. */
  #noteParameters(): void {
    // The ClientHello leaves while the constructor still runs; `tls` is not there yet.
    const tls: TLSSocket | undefined = this.tls;
    const cipher: { name: string } | undefined = tls?.getCipher();
    if (cipher === undefined) return;
    this.#parameters = { cipher: cipher.name, protocol: tls.getProtocol() ?? 'unknown' };
  }

  #noteCompletion(): void {
    this.#completed = true;
    this.#noteParameters();
    this.#flight = this.#readFlight();
    // Parsing it costs a tenth of the look.
    if (this.#flight.certificates.length === 0)
      this.#peer = this.tls.getPeerX509Certificate()?.raw ?? null;
    // Declared as an Error, but it is OpenSSL's code as a string, or null.
    const complaint: unknown = this.tls.authorizationError;
    this.#authorizationError = typeof complaint === 'string' ? complaint : null;
  }

  #readFlight(): Flight {
    return this.#flight ?? readFlight(this.#tap.received(), this.#secret);
  }

  /** TLS 1.2: our ChangeCipherSpec follows the key exchange. In TLS 1.3 it is an empty gesture and proves nothing. */
  #hasAnsweredServer(): boolean {
    if (this.#secret !== null) return false;
    return readRecords(this.#tap.sent()).some(({ type }) => type === contentType.changeCipherSpec);
  }
}

/** Reads a line of the NSS key log: label, client random, secret in hex. */
function handshakeSecret(line: Buffer): Buffer | null {
  const [label, , secret] = line.toString('latin1').trim().split(' ');
  if (label !== 'SERVER_HANDSHAKE_TRAFFIC_SECRET' || secret === undefined) return null;
  return Buffer.from(secret, 'hex');
}
