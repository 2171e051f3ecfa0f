import {
  createSecureContext,
  createServer,
  type SecureContext,
  type Server,
  type TLSSocket,
} from 'node:tls';
import { systemPolicy } from '../nlb/system-policies.ts';
import { chooseCertificate, type Served, type ServedCertificate } from './served.ts';

/** A server that never listens by itself: it is handed sockets, so that it can be exchanged between two connections. */
export function tlsServerFor(served: Served, withIntermediates: boolean): Server {
  const contexts = new Map<ServedCertificate, SecureContext>();
  const contextOf = (certificate: ServedCertificate) => {
    const known =
      contexts.get(certificate) ??
      createSecureContext(material(served, certificate, withIntermediates));
    contexts.set(certificate, known);
    return known;
  };
  const server = createServer({
    ...material(served, served.default, withIntermediates),
    requestCert: served.clientCa !== null,
    rejectUnauthorized: served.clientCa !== null,
    ...(served.alpn.length > 0 ? { ALPNProtocols: [...served.alpn] } : {}),
    handshakeTimeout: 10_000,
    SNICallback: (serverName, done) => done(null, contextOf(chooseCertificate(served, serverName))),
  });
  server.on('secureConnection', answerPolitely);
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

function material(served: Served, certificate: ServedCertificate, withIntermediates: boolean) {
  const policy = systemPolicy(served.securityPolicyId);
  const chain = withIntermediates ? certificate.chain : certificate.chain.slice(0, 1);
  return {
    cert: chain.join(''),
    key: certificate.keyPem,
    minVersion: policy.oldest,
    maxVersion: policy.newest,
    // Versions before 1.2 need the lowest security level of the TLS library.
    ciphers: `${policy.ciphers.join(':')}:@SECLEVEL=0`,
    ...(served.clientCa === null ? {} : { ca: served.clientCa }),
  };
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
