import type { Server } from 'node:net';
import type { AddressBlock } from './addresses.ts';

interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Opens the ports of zone addresses, and remembers where they really are when that is elsewhere. */
export class ZonePorts {
  readonly #block: AddressBlock;
  readonly #dial: Map<string, string>;

  /** `dial` is filled with `address:port` to `address:port`, and asked first: it outlives a reset. */
  constructor(block: AddressBlock, dial: Map<string, string>) {
    this.#block = block;
    this.#dial = dial;
  }

  /** Throws when a world has more ports than can be opened here. */
  makeRoomFor(count: number): void {
    const { room } = this.#block;
    if (count <= room) return;
    throw new Error(
      `this seed has ${count} zone ports, and one loopback address has room for ${room}: ` +
        'take a smaller seed, or run it where all of 127.0.0.0/8 can be bound',
    );
  }

  /** Has a server listen for a zone address. A port below 1024 that needs privileges we lack is replaced by a free one. */
  async listen(server: Server, address: string, port: number): Promise<void> {
    const key = `${address}:${port}`;
    const wanted = parsed(this.#dial.get(key)) ?? this.#block.bindAt(address, port);
    const actual = await listening(server, wanted).catch((error: unknown) => {
      if (codeOf(error) === 'EACCES') return listening(server, { ...wanted, port: 0 });
      throw codeOf(error) === 'EMFILE' ? outOfFiles(error) : error;
    });
    if (wanted.host !== address || actual !== port) this.#dial.set(key, `${wanted.host}:${actual}`);
  }
}

async function listening(server: Server, { host, port }: HostPort): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : port;
}

function parsed(place: string | undefined): HostPort | null {
  if (place === undefined) return null;
  const [host = '', port] = place.split(':');
  return { host, port: Number(port) };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}

function outOfFiles(cause: unknown): Error {
  return new Error('every zone port takes an open file: raise the limit (ulimit -n)', { cause });
}
