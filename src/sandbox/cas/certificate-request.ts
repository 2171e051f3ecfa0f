import { createHash } from 'node:crypto';
import { type Authority, createRoot, issueLeaf, type LeafRequest } from '../x509/authority.ts';
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
 * A chain, leaf first and with its root, for the key of a request and the names of the order. It has a root of its own:
 * clients that trust the sandbox's root do not trust it. Rejects when the request is not signed with its key.
 */
export async function signedForRequest(
  pem: string,
  validity: Omit<LeafRequest, 'use'>,
): Promise<readonly string[]> {
  const request = new x509.Pkcs10CertificateRequest(pem);
  if (!(await request.verify())) throw new Error('the request is not signed with its key');
  const authority = await requestAuthority(+validity.notBefore);
  const publicInfo = Buffer.from(request.publicKey.rawData);
  // Only the public half of a subject's keys gets into its certificate; the private half here is not the customer's.
  const keys = { ...authority.keys, publicInfo, id: sha1(publicInfo) };
  return [await issueLeaf(authority, { ...validity, use: 'server' }, keys), authority.pem];
}

let shared: Promise<Authority> | null = null;

/** One for the process, made when it is first needed. */
async function requestAuthority(now: number): Promise<Authority> {
  const name = { commonName: 'Sandbox Request CA', organization: 'newleaf sandbox', country: 'CN' };
  shared ??= createRoot(name, now);
  return shared;
}

function sha1(bytes: Buffer): Buffer {
  return createHash('sha1').update(bytes).digest();
}
