import { type DistinguishedName, writeCertificate } from './certificate.ts';
import { authorityExtensions, leafExtensions, type Use } from './extensions.ts';
import { type Keys, type KeyType, newKeys } from './keys.ts';

/** A certificate authority: its own certificate, what a server must send with a leaf, and the key it signs with. */
export interface Authority {
  readonly pem: string;
  readonly name: DistinguishedName;
  /** Certificates between a leaf and the root, leaf side first. */
  readonly intermediates: readonly string[];
  readonly keys: Keys;
}

export interface LeafRequest {
  /** The first is the common name too. */
  readonly names: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly use: Use;
}

const year = 365 * 24 * 3_600_000;

/** A self-signed authority that has been valid for years and stays so. */
export async function createRoot(name: DistinguishedName, now: number): Promise<Authority> {
  const keys = await newKeys('ecdsa');
  const pem = await writeCertificate({
    subject: name,
    issuer: name,
    keys,
    signer: keys,
    notBefore: new Date(now - 5 * year),
    notAfter: new Date(now + 15 * year),
    extensions: authorityExtensions(keys, keys),
  });
  return { pem, name, intermediates: [], keys };
}

/** An authority below `root` whose own key is of `keyType`. */
export async function createIntermediate(
  root: Authority,
  name: DistinguishedName,
  keyType: KeyType,
  now: number,
): Promise<Authority> {
  const keys = await newKeys(keyType);
  const pem = await writeCertificate({
    subject: name,
    issuer: root.name,
    keys,
    signer: root.keys,
    notBefore: new Date(now - 3 * year),
    notAfter: new Date(now + 7 * year),
    extensions: authorityExtensions(keys, root.keys),
  });
  return { pem, name, intermediates: [pem, ...root.intermediates], keys };
}

/** The PEM of a leaf for `keys`, signed by `authority`, or by the keys themselves when there is none. */
export async function issueLeaf(
  authority: Authority | null,
  request: LeafRequest,
  keys: Keys,
): Promise<string> {
  const subject = { commonName: request.names[0] ?? 'unnamed' };
  const signer = authority?.keys ?? keys;
  return writeCertificate({
    subject,
    issuer: authority?.name ?? subject,
    keys,
    signer,
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    extensions: leafExtensions(request, keys, signer),
  });
}
