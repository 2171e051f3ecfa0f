import { X509Certificate } from 'node:crypto';
import type { Certificate, CertificateId, StoreSite } from '../../domain/certificate.ts';
import type { AuthorityRow } from './authority-replies.ts';
import { fingerprintOf, keyBitsOf, keyTypeOf } from './certificate-facts.ts';

/**
 * The identifier of the CA certificate that a listener's id names; null when none does. No document says how the two are
 * connected; the examples append a region: `139a00604ad-cn-hangzhou`. Identifiers may hold dashes themselves, so the longest known one
 * that the id begins with, up to a dash, is taken, and nothing is ever cut off.
 */
export function authorityOf(id: CertificateId, identifiers: Iterable<string>): string | null {
  let longest: string | null = null;
  for (const identifier of identifiers) {
    const names = id === identifier || id.startsWith(`${identifier}-`);
    if (names && identifier.length > (longest?.length ?? 0)) longest = identifier;
  }
  return longest;
}

/**
 * A CA certificate under the id by which a listener names it. It answers for no name, so it has none; its label is its common name.
 * Where the reply holds the certificate itself, that is what tells.
 */
export function authorityFacts(id: CertificateId, site: StoreSite, row: AuthorityRow): Certificate {
  const revoked = row.status?.toUpperCase().startsWith('REVOKE') ?? false;
  const shared = { id, site, names: [], revoked };
  const certificate = parsed(row.x509Certificate);
  if (certificate !== null)
    return { ...shared, ...certificate, label: certificate.label ?? row.commonName ?? '' };
  return {
    ...shared,
    label: row.commonName ?? '',
    fingerprint256: fingerprintOf(row.sha2),
    keyType: keyTypeOf(row.algorithm),
    keyBits: row.keySize ?? keyBitsOf(row.algorithm),
    issuer: row.issuer,
    selfSigned: row.issuer === null ? null : row.issuer === row.commonName,
    notBefore: row.beforeDate,
    notAfter: row.afterDate,
  };
}

function parsed(pem: string | null) {
  const certificate = pem === null ? null : certificateIn(pem);
  if (certificate === null) return null;
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  return {
    label: commonNameIn(certificate.subject),
    fingerprint256: fingerprintOf(certificate.fingerprint256),
    keyType: keyTypeOf(asymmetricKeyType ?? null),
    keyBits:
      asymmetricKeyDetails?.modulusLength ?? keyBitsOf(asymmetricKeyDetails?.namedCurve ?? null),
    issuer: commonNameIn(certificate.issuer),
    selfSigned: certificate.checkIssued(certificate),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
  };
}

function certificateIn(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

/** From Node's form of a distinguished name: a line for each part. */
function commonNameIn(name: string): string | null {
  return /^CN=(?<name>.+)$/m.exec(name)?.groups?.['name'] ?? null;
}
