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
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const status = unreadable[error.code ?? ''] ?? '400 Bad Request';
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { port: portOf(server), close: () => closeServer(server) };
}

/** What never becomes a request is answered as a plain web server does, without a body. */
const unreadable: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

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
