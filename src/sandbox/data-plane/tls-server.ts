import {
  createSecureContext,
  createServer,
  type SecureContextOptions,
  type Server,
  type TLSSocket,
} from 'node:tls';
import { libraryCiphers, tlsPolicy } from '../nlb/tls-policies.ts';
import type { Served, ServedCertificate } from './served.ts';

/** What one connection is greeted with. */
export interface Greeting {
  readonly served: Served;
  /** Chosen before the handshake starts. */
  readonly certificate: ServedCertificate;
  readonly withIntermediates: boolean;
}

/** Each holds some tens of kilobytes. */
const mostKept = 256;

/**
 * Servers that never listen by themselves: they are handed sockets, so that they can be exchanged between two connections.
 * One for each certificate: the platform's own choice by server name adds the chosen certificate to the default one, and with
 * keys of two types the client's preference then overrules the name. Made when first needed, shared by all zones and
 * listeners that greet alike; those not needed for longest are forgotten.
 */
export class TlsServers {
  readonly #servers = new Map<string, Server>();

  serverFor(greeting: Greeting): Server {
    const key = keyOf(greeting);
    const server = this.#servers.get(key) ?? tlsServer(greeting);
    this.#servers.delete(key);
    this.#servers.set(key, server);
    this.#forgetOldest();
    return server;
  }

  #forgetOldest(): void {
    const [oldest] = this.#servers.keys();
    if (oldest !== undefined && this.#servers.size > mostKept) this.#servers.delete(oldest);
  }
}

function keyOf({ served, certificate, withIntermediates }: Greeting): string {
  const { securityPolicyId, alpn, clientCa } = served;
  const { fingerprint256 } = certificate;
  return JSON.stringify([fingerprint256, withIntermediates, securityPolicyId, alpn, clientCa]);
}

function tlsServer({ served, certificate, withIntermediates }: Greeting): Server {
  const policy = tlsPolicy(served.securityPolicyId);
  const chain = withIntermediates ? certificate.chain : certificate.chain.slice(0, 1);
  const offer: SecureContextOptions = {
    cert: chain.join(''),
    key: certificate.keyPem,
    minVersion: policy.oldest,
    maxVersion: policy.newest,
    ciphers: libraryCiphers(policy),
    ...(served.clientCa === null ? {} : { ca: served.clientCa }),
    // A CA below another one is trusted by itself: a listener takes one CA certificate, not a chain.
    allowPartialTrustChain: true,
  };
  const server = createServer({
    ...offer,
    requestCert: served.clientCa !== null,
    rejectUnauthorized: served.clientCa !== null,
    ...(served.alpn.length > 0 ? { ALPNProtocols: [...served.alpn] } : {}),
    handshakeTimeout: 10_000,
  });
  // Servers of Node 20 make a context of their own that leaves out the trust in parts of a chain.
  Reflect.set(server, '_sharedCreds', createSecureContext(offer));
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
