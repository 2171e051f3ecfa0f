import { createServer, type Server, type Socket } from 'node:net';
import type { Fault, FaultBook } from '../faults/book.ts';
import { concerns } from '../faults/serving.ts';
import type { Settings } from '../options.ts';
import { peekServerName } from './client-hello.ts';
import { ServingNode } from './node.ts';
import { talkPlainly } from './plain-text.ts';
import type { ZonePorts } from './ports.ts';
import { chooseCertificate, type Served, type ServedCertificate } from './served.ts';
import type { TlsServers } from './tls-server.ts';
import type { WrongNames } from './wrong-name.ts';

export interface PointPlace {
  readonly listenerId: string;
  readonly zone: string;
  /** What the API tells clients. */
  readonly address: string;
  readonly port: number;
}

/** What all points of a world share. */
export interface PointParts {
  readonly faults: FaultBook;
  readonly settings: Settings;
  readonly ports: ZonePorts;
  readonly servers: TlsServers;
  readonly wrongNames: WrongNames;
}

type PointFault = Extract<Fault, { zone?: string | undefined }>['kind'];

/** One zone address and port of a listener: a live TLS server whose certificates can be exchanged. */
export class ServingPoint {
  readonly place: PointPlace;
  /** Handshakes go to them in turns, the first to the first. */
  readonly nodes: readonly ServingNode[];
  readonly #parts: PointParts;
  readonly #sockets = new Set<Socket>();
  #greeted = 0;
  #server: Server | null = null;
  #wanted = false;
  /** Settled when the last order is carried out; never rejects. */
  #moved: Promise<void> = Promise.resolve();

  constructor(place: PointPlace, parts: PointParts) {
    this.place = place;
    this.#parts = parts;
    const node = () => new ServingNode((kind) => this.#told(kind));
    this.nodes = parts.settings.secondNodeMillis === null ? [node()] : [node(), node()];
  }

  get open(): boolean {
    return this.#server !== null;
  }

  /**
   * Opens the port, or closes it and ends its connections. One order is carried out after the other, so the last one counts.
   * Rejects when the port cannot be opened.
   */
  keepOpen(open: boolean): Promise<void> {
    if (open === this.#wanted) return this.#moved;
    this.#wanted = open;
    const moved = this.#moved.then(() => (open ? this.#listen() : this.#stop()));
    const settled = moved.catch(() => {
      // So that the next order to open tries again; an order given meanwhile stands.
      if (this.#moved === settled) this.#wanted = false;
    });
    this.#moved = settled;
    return moved;
  }

  /** Looks at the faults again. */
  refresh(): void {
    for (const node of this.nodes) node.refresh();
  }

  async #listen(): Promise<void> {
    const { ports } = this.#parts;
    const server = createServer((socket) => this.#connected(socket));
    await ports.listen(server, this.place.address, this.place.port);
    server.on('error', () => undefined);
    this.#server = server;
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    if (server === null) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }

  #told(kind: PointFault): boolean {
    return this.#parts.faults.has(kind, (fault) => concerns(fault, this.place));
  }

  #connected(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    if (this.#told('drop')) return void socket.resetAndDestroy();
    const plain = this.#parts.faults.take('plain-text', (fault) => concerns(fault, this.place));
    if (plain !== null) talkPlainly(socket, plain.page);
    else this.#hear(socket);
  }

  /** Waits for the server name, then hands the connection to the server that answers for it. */
  #hear(socket: Socket): void {
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
      this.#greet(socket, peeked.serverName).catch(() => socket.destroy());
    };
    socket.on('data', listen);
  }

  async #greet(socket: Socket, serverName: string | null): Promise<void> {
    const served = this.#next();
    if (served === null) return void socket.resetAndDestroy();
    const certificate = await this.#certificate(served, serverName);
    const withIntermediates = !this.#told('no-intermediate');
    const greeting = { served, certificate, withIntermediates };
    if (!socket.destroyed) this.#parts.servers.serverFor(greeting).emit('connection', socket);
  }

  #next(): Served | null {
    const node = this.nodes[this.#greeted % this.nodes.length];
    this.#greeted += 1;
    return node?.next() ?? null;
  }

  async #certificate(served: Served, serverName: string | null): Promise<ServedCertificate> {
    const { faults, wrongNames, settings } = this.#parts;
    const wrong = faults.take('wrong-name', (fault) => concerns(fault, this.place));
    if (wrong !== null) return wrongNames.certificate(wrong.certificateId);
    return chooseCertificate(served, serverName, settings.overlap);
  }
}

/** How long a client may take to say hello. */
const greetingMillis = 10_000;
