import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Where zone addresses come from. */
export interface AddressBlock {
  /** The address that host number `n` (from 2 to 254) has in the API's replies. */
  address(host: number): string;
  /** Where to bind an address: itself, or a port of 127.0.0.1 (0 for a free one). */
  bindAt(address: string, port: number): { readonly host: string; readonly port: number };
  /** Gives the block back. */
  release(): Promise<void>;
}

const lockPort = 8443;
const attempts = 50;

/**
 * A block 127.x.y.0/24 nobody else on this machine uses: its first address is held as long as the sandbox runs. On a machine
 * that has only 127.0.0.1, or when told so, zones get ports of their own instead.
 */
export async function claimBlock(loopbackOnly: boolean): Promise<AddressBlock> {
  if (loopbackOnly) return sharedLoopback();
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const prefix = `127.${randomInt(1, 250)}.${randomInt(1, 250)}`;
    const lock = await tryListen(`${prefix}.1`);
    if (lock === 'unavailable') return sharedLoopback();
    if (lock !== 'taken') return block(prefix, lock);
  }
  throw new Error('no free block of loopback addresses');
}

function block(prefix: string, lock: Server): AddressBlock {
  return {
    address: (host) => `${prefix}.${host}`,
    bindAt: (address, port) => ({ host: address, port }),
    release: () => new Promise<void>((resolve) => lock.close(() => resolve())),
  };
}

function sharedLoopback(): AddressBlock {
  const prefix = `127.${randomInt(1, 250)}.${randomInt(1, 250)}`;
  return {
    address: (host) => `${prefix}.${host}`,
    bindAt: () => ({ host: '127.0.0.1', port: 0 }),
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
