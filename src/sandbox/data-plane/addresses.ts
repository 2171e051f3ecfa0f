import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Where zone addresses come from. */
export interface AddressBlock {
  /** The address that host number `n` (from 2 to 1013) has in the API's replies. Throws a RangeError for others. */
  address(host: number): string;
  /** Where to bind an address: itself, or a port of 127.0.0.1 (0 for a free one). */
  bindAt(address: string, port: number): { readonly host: string; readonly port: number };
  /** How many addresses and ports can be bound at most. */
  readonly room: number;
  /** Gives the block back. */
  release(): Promise<void>;
}

const lockPort = 8443;
const attempts = 50;

/** A block is this many neighbours of 254 hosts each; the lowest number is a multiple of it. */
const neighbours = 4;
/** The first address of every neighbour is left out, as the lock of the block is one of them. */
const hostsEach = 253;

/** One address has 64,512 ports for everything on the machine, and gives away less than half of them by itself. */
const roomOnOneAddress = 4000;

/**
 * A block 127.x.y.0/22 nobody else on this machine uses: its first address is held as long as the sandbox runs. On a machine
 * that has only 127.0.0.1, or when told so, zones get ports of their own instead.
 */
export async function claimBlock(loopbackOnly: boolean): Promise<AddressBlock> {
  if (loopbackOnly) return sharedLoopback();
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const place = randomPlace();
    const lock = await tryListen(addressOf(place, 1));
    if (lock === 'unavailable') return sharedLoopback();
    if (lock !== 'taken') return block(place, lock);
  }
  throw new Error(
    `no free block of loopback addresses: each of ${attempts} tried has port ${lockPort} taken; ` +
      'stop what listens there on all addresses, or run with --loopback-only',
  );
}

/** The second and the third number of a block's first address. */
type Place = readonly [number, number];

function randomPlace(): Place {
  return [randomInt(1, 250), neighbours * randomInt(1, 256 / neighbours)];
}

function addressOf([second, third]: Place, last: number): string {
  return `127.${second}.${third}.${last}`;
}

function hostAddress([second, third]: Place, host: number): string {
  const index = host - 2;
  if (index < 0 || index >= neighbours * hostsEach) throw new RangeError(`no host ${host}`);
  return addressOf([second, third + Math.floor(index / hostsEach)], 2 + (index % hostsEach));
}

function block(place: Place, lock: Server): AddressBlock {
  return {
    address: (host) => hostAddress(place, host),
    bindAt: (address, port) => ({ host: address, port }),
    room: Number.POSITIVE_INFINITY,
    release: () => new Promise<void>((resolve) => lock.close(() => resolve())),
  };
}

function sharedLoopback(): AddressBlock {
  const place = randomPlace();
  return {
    address: (host) => hostAddress(place, host),
    bindAt: () => ({ host: '127.0.0.1', port: 0 }),
    room: roomOnOneAddress,
    release: async () => undefined,
  };
}

async function tryListen(host: string): Promise<Server | 'taken' | 'unavailable'> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    server.once('error', (error) => {
      const code = 'code' in error ? error.code : null;
      resolve(code === 'EADDRINUSE' ? 'taken' : 'unavailable');
    });
    server.listen(lockPort, host, () => resolve(server));
  });
}
