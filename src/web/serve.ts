import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { AddressInfo, Server } from 'node:net';
import { NewleafError } from '../domain/errors.ts';
import type { Guarded } from './guards.ts';

export interface RunningServer {
  /** `http://host:port`, with the port that was given when 0 was asked for. */
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on `host:port`; rejects with `config.invalid` when the address cannot be had. */
export async function serve(app: Hono<Guarded>, listen: string): Promise<RunningServer> {
  const { hostname, port } = new URL(`http://${listen}`);
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const message = `cannot listen on ${listen} (${error.code ?? error.message}): is another newleaf running?`;
      reject(new NewleafError('config.invalid', message, { cause: error }));
    });
    server.listen(Number(port || 80), bracketless(hostname), resolve);
  });
  return {
    url: `http://${hostname}:${portOf(server.address())}`,
    close: () => closed(server),
  };
}

function bracketless(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function portOf(address: AddressInfo | string | null): number {
  return address !== null && typeof address === 'object' ? address.port : 0;
}

async function closed(server: Server & { closeAllConnections?: () => void }): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections?.();
  });
}
