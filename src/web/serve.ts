import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { AddressInfo } from 'node:net';
import { NewleafError } from '../domain/errors.ts';
import type { Guarded } from './guards.ts';

export interface RunningServer {
  /** `http://host:port`, with the port that was given when 0 was asked for. */
  readonly url: string;
  close(): Promise<void>;
}

/** Listens there, port 0 for any; rejects with `config.invalid` when the address cannot be had. */
export async function serve(
  app: Hono<Guarded>,
  listen: { readonly host: string; readonly port: number },
): Promise<RunningServer> {
  const server = createAdaptorServer({ fetch: app.fetch });
  const name = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const message = `cannot listen on ${name}:${listen.port} (${error.code ?? error.message}): is another newleaf running?`;
      reject(new NewleafError('config.invalid', message, { cause: error }));
    });
    server.listen(listen.port, listen.host, resolve);
  });
  return {
    url: `http://${name}:${portOf(server.address())}`,
    close: () => closed(server),
  };
}

function portOf(address: AddressInfo | string | null): number {
  return address !== null && typeof address === 'object' ? address.port : 0;
}

async function closed(server: ReturnType<typeof createAdaptorServer>): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}
