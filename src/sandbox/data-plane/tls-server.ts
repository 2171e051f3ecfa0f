import { createServer, type Server, type TLSSocket } from 'node:tls';
import { tlsPolicy } from '../nlb/tls-policies.ts';
import { chooseCertificate, type Served, type ServedCertificate } from './served.ts';

/**
 * Servers that never listen by themselves: they are handed sockets, so that they can be exchanged between two connections.
 * One for each certificate, chosen before the handshake starts: the platform's own choice by server name adds the chosen
 * certificate to the default one, and with keys of two types the client's preference then overrules the name.
 */
export function tlsServersFor(
  served: Served,
  withIntermediates: boolean,
): (serverName: string | null) => Server {
  const servers = new Map<ServedCertificate, Server>();
  return (serverName) => {
    const certificate = chooseCertificate(served, serverName);
    const server = servers.get(certificate) ?? tlsServer(served, certificate, withIntermediates);
    servers.set(certificate, server);
    return server;
  };
}

function tlsServer(
  served: Served,
  certificate: ServedCertificate,
  withIntermediates: boolean,
): Server {
  const policy = tlsPolicy(served.securityPolicyId);
  const chain = withIntermediates ? certificate.chain : certificate.chain.slice(0, 1);
  const server = createServer({
    cert: chain.join(''),
    key: certificate.keyPem,
    minVersion: policy.oldest,
    maxVersion: policy.newest,
    // Versions before 1.2 need the lowest security level of the TLS library.
    ciphers: `${policy.ciphers.join(':')}:@SECLEVEL=0`,
    ...(served.clientCa === null ? {} : { ca: served.clientCa }),
    requestCert: served.clientCa !== null,
    rejectUnauthorized: served.clientCa !== null,
    ...(served.alpn.length > 0 ? { ALPNProtocols: [...served.alpn] } : {}),
    handshakeTimeout: 10_000,
  });
  server.on('secureConnection', answerPolitely);
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

const idleMillis = 15_000;
const reply =
  'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 3\r\nconnection: close\r\n\r\nok\n';

/** Whatever the client says, one small answer; a client that speaks HTTP/2 is just bid farewell. */
function answerPolitely(socket: TLSSocket): void {
  socket.on('error', () => socket.destroy());
  socket.setTimeout(idleMillis, () => socket.destroy());
  socket.once('data', () => {
    if (socket.alpnProtocol === 'h2') socket.end();
    else socket.end(reply);
  });
  socket.resume();
}
