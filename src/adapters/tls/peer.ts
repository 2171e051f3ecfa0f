import { createHash, X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { covers, type Fingerprint, type KeyType } from '../../domain/certificate.ts';
import type { ServedCertificate } from '../../domain/observation.ts';

/** A parsed certificate with the facts that leave this adapter. */
export interface Peer {
  readonly x509: X509Certificate;
  readonly facts: ServedCertificate;
}

/** Parses DER; null when it is not a certificate. Equal DER gives the same object while it is remembered. */
export type ReadPeer = (der: Buffer) => Peer | null;

/** A reader that remembers the last `capacity` certificates: the same few are seen on every address and every round. */
export function openPeers(capacity = 1024): ReadPeer {
  const known = new Map<Fingerprint, Peer>();
  return (der) => {
    const fingerprint = fingerprintOf(der);
    const peer = known.get(fingerprint) ?? parsePeer(der, fingerprint);
    if (peer === null) return null;
    // Re-inserting keeps the map in order of last use, so the first key is the one to forget.
    known.delete(fingerprint);
    known.set(fingerprint, peer);
    const [oldest] = known.keys();
    if (known.size > capacity && oldest !== undefined) known.delete(oldest);
    return peer;
  };
}

export function fingerprintOf(der: Buffer): Fingerprint {
  return createHash('sha256').update(der).digest('hex');
}

/** Whether the certificate answers for what was asked: a DNS name, or an address that it names as an address. */
export function answersFor(facts: ServedCertificate, serverName: string): boolean {
  return covers(facts, canonicalName(serverName));
}

function parsePeer(der: Buffer, fingerprint256: Fingerprint): Peer | null {
  try {
    const x509 = new X509Certificate(der);
    return {
      x509,
      facts: {
        fingerprint256,
        names: namesIn(x509.subjectAltName),
        subject: oneLine(x509.subject),
        issuer: oneLine(x509.issuer),
        keyType: keyTypes.get(x509.publicKey.asymmetricKeyType) ?? 'other',
        notBefore: new Date(x509.validFrom),
        notAfter: new Date(x509.validTo),
      },
    };
  } catch {
    // OpenSSL takes the handshake's certificate apart itself, so this is a neighbour of the leaf or a broken copy.
    return null;
  }
}

/** One entry of Node's rendering, `DNS:a.test, IP Address:127.0.0.1`. A value with odd characters is a JSON string. */
const alternativeName = /([^:]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/gy;

/** The common name is not looked at: clients stopped doing so (RFC 9525 6.3). Odd values answer for nothing. */
function namesIn(subjectAltName: string | undefined): readonly string[] {
  const entries = [...(subjectAltName ?? '').matchAll(alternativeName)];
  return entries.flatMap(([, kind, value]) => {
    const isName = kind === 'DNS' || kind === 'IP Address';
    return !isName || value === undefined || value.startsWith('"') ? [] : [canonicalName(value)];
  });
}

/** Node prints IPv6 addresses in full; people and configurations shorten them. Other names become lower case. */
function canonicalName(name: string): string {
  if (!isIPv6(name)) return name.toLowerCase();
  return new URL(`http://[${name}]`).hostname.slice(1, -1);
}

const keyTypes: ReadonlyMap<string | undefined, KeyType> = new Map([
  ['rsa', 'rsa'],
  ['rsa-pss', 'rsa'],
  ['ec', 'ecdsa'],
]);

/** Node puts each part of a distinguished name on a line of its own. */
function oneLine(name: string): string {
  return name.split('\n').join(', ');
}
