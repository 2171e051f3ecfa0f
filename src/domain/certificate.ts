/** A length of time in milliseconds. */
export type Millis = number;

/** The CAS site that holds a certificate; a load balancer reads only the site of its region. */
export type StoreSite = 'cn-hangzhou' | 'ap-southeast-1';

/** A certificate as a listener names it, e.g. `123-cn-hangzhou`. Opaque: it goes back exactly as it came. */
export type CertificateId = string;

/** Lower-case hex SHA-256 of a certificate's DER. Two certificates are the same leaf when these are equal. */
export type Fingerprint = string;

export type KeyType = 'rsa' | 'ecdsa' | 'other';

/**
 * Public facts about one certificate in a store. Never a private key. `null` means the store did not say,
 * and every reader must take the safe side of that.
 */
export interface Certificate {
  readonly id: CertificateId;
  readonly site: StoreSite;
  /** The name the operator gave it in the store. */
  readonly label: string;
  readonly fingerprint256: Fingerprint | null;
  /** DNS names and addresses it answers for, lower case, wildcards as `*.example.com`. */
  readonly names: readonly string[];
  readonly keyType: KeyType | null;
  /** RSA modulus or curve size in bits. */
  readonly keyBits: number | null;
  readonly issuer: string | null;
  readonly selfSigned: boolean | null;
  readonly notBefore: Date | null;
  /** End of validity. When the store gives only a day, the earliest instant it can mean. */
  readonly notAfter: Date | null;
  readonly revoked: boolean;
}

/** The store a load balancer of this region reads: China's regions, Hong Kong included, read `cn-hangzhou`. */
export function siteOfRegion(region: string): StoreSite {
  return region.startsWith('cn-') ? 'cn-hangzhou' : 'ap-southeast-1';
}

/**
 * Whether a certificate name covers a host name (RFC 6125 6.4.3): exact, or a wildcard standing for exactly the
 * left-most label.
 */
function nameCovers(pattern: string, host: string): boolean {
  const name = pattern.toLowerCase();
  const wanted = host.toLowerCase();
  if (name === wanted) return true;
  if (!name.startsWith('*.') || wanted.startsWith('*.')) return false;
  const dot = wanted.indexOf('.');
  return dot > 0 && wanted.slice(dot + 1) === name.slice(2);
}

/** Whether any name of the certificate covers the host name. */
export function covers(certificate: Pick<Certificate, 'names'>, host: string): boolean {
  return certificate.names.some((name) => nameCovers(name, host));
}
