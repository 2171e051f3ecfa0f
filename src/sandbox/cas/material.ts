import { createPrivateKey, X509Certificate } from 'node:crypto';
import { refusalOf } from '../http/refusals.ts';
import { factsOf, pemBlocks } from '../x509/facts.ts';
import { badMaterial } from './errors.ts';
import type { NewCertificate, Sm2Material } from './site.ts';

interface Uploaded {
  readonly Cert?: string | undefined;
  readonly Key?: string | undefined;
  readonly SignCert?: string | undefined;
  readonly SignPrivateKey?: string | undefined;
  readonly EncryptCert?: string | undefined;
  readonly EncryptPrivateKey?: string | undefined;
}

/**
 * What an upload brings: a chain, leaf first, with the leaf's key, or the pair for Chinese algorithms, which is ignored
 * next to the former. Refused when a certificate cannot be read or a key belongs to another one. Whether a chain is
 * complete is not looked at, nor are its dates.
 */
export function checkedMaterial(
  uploaded: Uploaded,
): Pick<NewCertificate, 'chain' | 'keyPem' | 'sm2'> {
  if (uploaded.Cert !== undefined && uploaded.Key !== undefined) {
    return { chain: checkedChain(uploaded.Cert, uploaded.Key), keyPem: uploaded.Key };
  }
  const sm2 = checkedSm2(uploaded);
  if (sm2 === null) throw refusalOf(badMaterial);
  return { chain: [], keyPem: null, sm2 };
}

function checkedChain(cert: string, key: string): readonly string[] {
  const chain = pemBlocks(cert);
  const leaf = chain[0];
  if (leaf === undefined || !chain.every(isReadable) || !belongTogether(leaf, key)) {
    throw refusalOf(badMaterial);
  }
  return chain;
}

function checkedSm2(uploaded: Uploaded): Sm2Material | null {
  const { SignCert, SignPrivateKey, EncryptCert, EncryptPrivateKey } = uploaded;
  if (SignCert === undefined || SignPrivateKey === undefined) return null;
  if (EncryptCert === undefined || EncryptPrivateKey === undefined) return null;
  if (!isReadable(SignCert) || !belongTogether(SignCert, SignPrivateKey)) return null;
  if (!belongTogether(EncryptCert, EncryptPrivateKey)) return null;
  return {
    signCert: SignCert,
    signKey: SignPrivateKey,
    encryptCert: EncryptCert,
    encryptKey: EncryptPrivateKey,
  };
}

/** Everything that is told of a certificate can be, its dates too. */
function isReadable(pem: string): boolean {
  try {
    const { notBefore, notAfter } = factsOf(pem);
    return Number.isFinite(notBefore) && Number.isFinite(notAfter);
  } catch {
    return false;
  }
}

function belongTogether(leaf: string, key: string): boolean {
  try {
    return new X509Certificate(leaf).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
