import { type Authority, issueLeaf, type LeafRequest } from '../x509/authority.ts';
import { x509 } from '../x509/library.ts';

const shortestRsa = 2048;

/** What a request (PEM) asks a certificate for; null when it cannot be read or its key is of no kind that is allowed. */
export function readRequest(pem: string): { readonly algorithm: 'RSA' | 'ECC' } | null {
  try {
    const { algorithm } = new x509.Pkcs10CertificateRequest(pem).publicKey;
    if (algorithm.name === 'ECDSA') return { algorithm: 'ECC' };
    const length = 'modulusLength' in algorithm ? Number(algorithm.modulusLength) : 0;
    return length >= shortestRsa ? { algorithm: 'RSA' } : null;
  } catch {
    return null;
  }
}

/**
 * A chain, leaf first, for the key of a request and the names of the order. Rejects when the request is not signed with its
 * key.
 */
export async function signedForRequest(
  pem: string,
  validity: Omit<LeafRequest, 'use'>,
  authority: Authority,
): Promise<readonly string[]> {
  const request = new x509.Pkcs10CertificateRequest(pem);
  if (!(await request.verify())) throw new Error('the request is not signed with its key');
  const publicInfo = Buffer.from(request.publicKey.rawData);
  const id = Buffer.from(await request.publicKey.getKeyIdentifier());
  // Only the public half of a subject's keys gets into its certificate; the private half here is not the customer's.
  const keys = { ...authority.keys, publicInfo, id };
  return [
    await issueLeaf(authority, { ...validity, use: 'server' }, keys),
    ...authority.intermediates,
  ];
}
