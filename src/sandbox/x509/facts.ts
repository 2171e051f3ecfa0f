import { X509Certificate } from 'node:crypto';

/** What a certificate says about itself, as the APIs print it. Fingerprints are lower hex of the DER. */
export interface CertificateFacts {
  readonly commonName: string;
  readonly issuerCommonName: string;
  readonly names: readonly string[];
  readonly serialNumber: string;
  readonly sha1: string;
  readonly sha256: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly algorithm: 'RSA' | 'ECC';
  readonly keySize: number;
}

export function factsOf(pem: string): CertificateFacts {
  const certificate = new X509Certificate(pem);
  const key = certificate.publicKey;
  const rsa = key.asymmetricKeyType === 'rsa';
  return {
    commonName: commonName(certificate.subject),
    issuerCommonName: commonName(certificate.issuer),
    names: dnsNames(certificate),
    serialNumber: padded(certificate.serialNumber.toLowerCase()),
    sha1: plainHex(certificate.fingerprint),
    sha256: plainHex(certificate.fingerprint256),
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
    algorithm: rsa ? 'RSA' : 'ECC',
    keySize: rsa ? (key.asymmetricKeyDetails?.modulusLength ?? 0) : 256,
  };
}

/** The blocks of a PEM text, in order. */
export function pemBlocks(text: string): readonly string[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => `${block}\n`);
}

/** Whether a certificate with these DNS names answers for a host: exactly, or by a wildcard for one label. */
export function nameMatches(pattern: string, host: string): 'exact' | 'wildcard' | null {
  const wanted = host.toLowerCase();
  const offered = pattern.toLowerCase();
  if (offered === wanted) return 'exact';
  if (!offered.startsWith('*.')) return null;
  const dot = wanted.indexOf('.');
  return dot > 0 && wanted.slice(dot) === offered.slice(1) ? 'wildcard' : null;
}

function dnsNames(certificate: X509Certificate): readonly string[] {
  return (certificate.subjectAltName ?? '')
    .split(', ')
    .filter((entry) => entry.startsWith('DNS:'))
    .map((entry) => entry.slice('DNS:'.length));
}

function commonName(distinguishedName: string): string {
  return /^CN=(.+)$/m.exec(distinguishedName)?.[1] ?? '';
}

function plainHex(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}

/** The certificate service prints serial numbers with a whole number of bytes and a leading zero byte's digit. */
function padded(hex: string): string {
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}
