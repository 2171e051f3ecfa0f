import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ListeningServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Uploads carry certificates in the query string, so request lines are long. */
const longestHead = 256 * 1024;

/** Serves HTTP on 127.0.0.1. Whatever a client sends, the server stays up. */
export async function listenHttp(port: number, handler: HttpHandler): Promise<ListeningServer> {
  const server = createServer({ maxHeaderSize: longestHead }, (request, response) => {
    request.on('error', () => response.destroy());
    response.on('error', () => response.destroy());
    handler(request, response).catch(() => response.destroy());
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { port: portOf(server), close: () => closeServer(server) };
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
