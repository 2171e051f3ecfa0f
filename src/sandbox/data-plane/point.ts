import { createServer, type Server as NetServer, type Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import { peekServerName } from './client-hello.ts';
import { concerns } from '../faults/serving.ts';
import type { FaultBook } from '../faults/book.ts';
import type { Served } from './served.ts';
import { tlsServersFor } from './tls-server.ts';

export interface PointPlace {
  readonly listenerId: string;
  readonly zone: string;
  /** What the API tells clients. */
  readonly address: string;
  readonly port: number;
}

/** One zone address and port of a listener: a live TLS server whose certificates can be exchanged. */
export class ServingPoint {
  readonly place: PointPlace;
  readonly #faults: FaultBook;
  readonly #sockets = new Set<Socket>();
  #net: NetServer | null = null;
  #tls: ((serverName: string | null) => TlsServer) | null = null;
  #served: Served | null = null;
  /** What the zone should serve but was told not to take over yet. */
  #waiting: Served | null = null;
  #bare = false;

  constructor(place: PointPlace, faults: FaultBook) {
    this.place = place;
    this.#faults = faults;
  }

  get served(): Served | null {
    return this.#served;
  }

  get open(): boolean {
    return this.#net !== null;
  }

  /** Listens at `host`; port 0 takes a free one. Returns the port. */
  async listen(host: string, port: number): Promise<number> {
    const server = createServer((socket) => this.#connected(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    server.on('error', () => undefined);
    this.#net = server;
    const address = server.address();
    return address !== null && typeof address === 'object' ? address.port : port;
  }

  /** Takes over new certificates for new connections, unless the zone is told to keep what it has. */
  apply(served: Served): void {
    if (this.#served !== null && this.#told('keep-old')) this.#waiting = served;
    else this.#install(served);
  }

  /** Looks at the faults again: what waited may go ahead, intermediates may come or go. */
  refresh(): void {
    if (this.#waiting !== null && !this.#told('keep-old')) this.#install(this.#waiting);
    else if (this.#served !== null && this.#bare !== this.#told('no-intermediate')) {
      this.#installSame(this.#served);
    }
  }

  /** Refuses connections from now on and ends the open ones. */
  async close(): Promise<void> {
    const server = this.#net;
    this.#net = null;
    for (const socket of this.#sockets) socket.destroy();
    if (server === null) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }

  #install(served: Served): void {
    this.#waiting = null;
    this.#installSame(served);
  }

  #installSame(served: Served): void {
    this.#served = served;
    this.#bare = this.#told('no-intermediate');
    this.#tls = tlsServersFor(served, !this.#bare);
  }

  #told(kind: 'keep-old' | 'no-intermediate' | 'drop'): boolean {
    return this.#faults.has(kind, (fault) => concerns(fault, this.place));
  }

  #connected(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    if (this.#told('drop') || this.#tls === null) socket.resetAndDestroy();
    else this.#greet(socket);
  }

  /** Waits for the server name, then hands the connection to the server that answers for it. */
  #greet(socket: Socket): void {
    socket.setTimeout(greetingMillis, () => socket.destroy());
    let heard = Buffer.alloc(0);
    const listen = (bytes: Buffer) => {
      heard = Buffer.concat([heard, bytes]);
      const peeked = peekServerName(heard);
      if (peeked.kind === 'more') return;
      socket.off('data', listen);
      socket.pause();
      socket.setTimeout(0);
      socket.unshift(heard);
      this.#tls?.(peeked.serverName).emit('connection', socket);
    };
    socket.on('data', listen);
  }
}

/** How long a client may take to say hello. */
const greetingMillis = 10_000;
