import type { Certificate, KeyType, StoreSite } from '../../domain/certificate.ts';
import type { CertificateDetail, CertificateOrderRow } from './cas-replies.ts';

/** A certificate as a listing shows it: dates to the day, and nothing about the key. */
export function certificateFromRow(
  id: string,
  site: StoreSite,
  row: CertificateOrderRow,
): Certificate {
  return {
    ...sharedFacts(row, row.commonName),
    id,
    site,
    notBefore: earliestInstant(row.startDate),
    notAfter: earliestInstant(row.endDate),
    revoked: row.status?.toUpperCase() === 'REVOKED',
  };
}

/** A certificate as the detail call shows it, dates to the millisecond. It does not tell about revocation. */
export function certificateFromDetail(
  id: string,
  site: StoreSite,
  detail: CertificateDetail,
): Certificate {
  return {
    ...sharedFacts(detail, detail.common),
    id,
    site,
    notBefore: detail.notBefore ?? earliestInstant(detail.startDate),
    notAfter: detail.notAfter ?? earliestInstant(detail.endDate),
    revoked: false,
  };
}

type SharedFacts = Pick<CertificateOrderRow, 'name' | 'sans' | 'sha2' | 'issuer' | 'algorithm'>;

function sharedFacts(facts: SharedFacts, commonName: string | null) {
  return {
    label: facts.name ?? '',
    fingerprint256: fingerprintOf(facts.sha2),
    names: namesOf(facts.sans, commonName),
    keyType: keyTypeOf(facts.algorithm),
    keyBits: keyBitsOf(facts.algorithm),
    issuer: facts.issuer,
    // Only common names are shown; a leaf called like its issuer is its own issuer.
    selfSigned: facts.issuer === null || commonName === null ? null : facts.issuer === commonName,
  };
}

/**
 * The first moment at which it is this day anywhere (UTC+14). CAS gives `YYYY-MM-DD` without a time zone: read so, a certificate
 * may expire up to a day and a half later than we say, and never earlier.
 */
function earliestInstant(day: string | null): Date | null {
  if (day === null || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const instant = new Date(`${day}T00:00:00+14:00`);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

/** Upper-case hex, on some certificates with colons. Anything that is not a SHA-256 is not known. */
export function fingerprintOf(sha2: string | null): string | null {
  const hex = sha2?.replaceAll(':', '').toLowerCase() ?? '';
  return /^[0-9a-f]{64}$/.test(hex) ? hex : null;
}

/** A comma-separated list; the common name counts only where no other name is given, as browsers have it. */
function namesOf(sans: string | null, commonName: string | null): readonly string[] {
  const given = (sans ?? '').split(',').map(tidied).filter(Boolean);
  return given.length > 0 ? [...new Set(given)] : [commonName ?? ''].map(tidied).filter(Boolean);
}

function tidied(name: string): string {
  return name.trim().toLowerCase();
}

/** From `RSA`, `ECC`, `SM2`, at times with the size: `RSA_2048`, `ECC_256`. */
export function keyTypeOf(algorithm: string | null): KeyType | null {
  const word = algorithm?.toLowerCase() ?? null;
  if (word === null) return null;
  if (word.includes('rsa')) return 'rsa';
  return word.startsWith('ec') ? 'ecdsa' : 'other';
}

/** The size of a key as its algorithm or curve is called: `RSA_2048`, `prime256v1`. */
export function keyBitsOf(algorithm: string | null): number | null {
  const digits = /(?<!sha-?)(?<bits>\d{3,5})/i.exec(algorithm ?? '')?.groups?.['bits'];
  return digits === undefined ? null : Number(digits);
}
