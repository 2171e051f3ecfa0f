import type { Authority } from '../x509/authority.ts';
import { type DistinguishedName, writeCertificate } from '../x509/certificate.ts';
import { authorityExtensions } from '../x509/extensions.ts';
import { newKeys } from '../x509/keys.ts';

interface CaRequest {
  readonly name: DistinguishedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** An authority with a P-256 key, below `parent` or by itself, valid as long as asked for. */
export async function createCa(parent: Authority | null, request: CaRequest): Promise<Authority> {
  const { name, ...validity } = request;
  const keys = await newKeys('ecdsa');
  const signer = parent?.keys ?? keys;
  const pem = await writeCertificate({
    ...validity,
    subject: name,
    issuer: parent?.name ?? name,
    keys,
    signer,
    extensions: authorityExtensions(keys, signer),
  });
  const above = parent === null ? [] : [parent.pem, ...parent.intermediates];
  return { pem, name, intermediates: above, keys };
}
