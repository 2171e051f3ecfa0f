import { randomBytes, webcrypto } from 'node:crypto';
import type { Extension } from '@peculiar/x509';
import { x509 } from './library.ts';

export type KeyType = 'ecdsa' | 'rsa';

type Keys = webcrypto.CryptoKeyPair;

/** A certificate authority: its own certificate, what a server must send with a leaf, and the key it signs with. */
export interface Authority {
  readonly pem: string;
  readonly name: string;
  /** Certificates between a leaf and the root, leaf side first. */
  readonly intermediates: readonly string[];
  readonly keys: Keys;
}

export interface LeafRequest {
  readonly names: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly keyType: KeyType;
  /** What the key may be used for. */
  readonly use: 'server' | 'client';
}

export interface IssuedLeaf {
  readonly pem: string;
  readonly keyPem: string;
}

const algorithms = {
  ecdsa: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  rsa: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
} as const;

const year = 365 * 24 * 3_600_000;

/** A self-signed authority that has been valid for years and stays so. */
export async function createRoot(name: string, now: number): Promise<Authority> {
  const keys = await newKeys('ecdsa');
  const pem = await sign({
    subject: name,
    issuer: name,
    keys,
    signer: keys,
    notBefore: new Date(now - 5 * year),
    notAfter: new Date(now + 15 * year),
    extensions: await authorityExtensions(keys, keys),
  });
  return { pem, name, intermediates: [], keys };
}

/** An authority below `root` whose own key is of `keyType`. */
export async function createIntermediate(
  root: Authority,
  name: string,
  keyType: KeyType,
  now: number,
): Promise<Authority> {
  const keys = await newKeys(keyType);
  const pem = await sign({
    subject: name,
    issuer: root.name,
    keys,
    signer: root.keys,
    notBefore: new Date(now - 3 * year),
    notAfter: new Date(now + 7 * year),
    extensions: await authorityExtensions(keys, root.keys),
  });
  return { pem, name, intermediates: [pem, ...root.intermediates], keys };
}

/** A leaf signed by `authority`, or by its own key when there is none. */
export async function issueLeaf(
  authority: Authority | null,
  request: LeafRequest,
): Promise<IssuedLeaf> {
  const keys = await leafKeys(request.keyType);
  const subject = `CN=${request.names[0] ?? 'unnamed'}`;
  const signer = authority?.keys ?? keys;
  const pem = await sign({
    subject,
    issuer: authority?.name ?? subject,
    keys,
    signer,
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    extensions: await leafExtensions(request, keys, signer),
  });
  return { pem, keyPem: await privatePem(keys) };
}

interface Signing {
  readonly subject: string;
  readonly issuer: string;
  readonly keys: Keys;
  readonly signer: Keys;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: Extension[];
}

async function sign(signing: Signing): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: signing.subject,
    issuer: signing.issuer,
    notBefore: signing.notBefore,
    notAfter: signing.notAfter,
    publicKey: signing.keys.publicKey,
    signingKey: signing.signer.privateKey,
    signingAlgorithm: { hash: 'SHA-256' },
    extensions: signing.extensions,
  });
  return `${certificate.toString('pem')}\n`;
}

async function authorityExtensions(keys: Keys, signer: Keys): Promise<Extension[]> {
  return [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    await x509.AuthorityKeyIdentifierExtension.create(signer.publicKey),
  ];
}

async function leafExtensions(
  request: LeafRequest,
  keys: Keys,
  signer: Keys,
): Promise<Extension[]> {
  const usage = request.use === 'server' ? 'serverAuth' : 'clientAuth';
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[usage]]),
    new x509.SubjectAlternativeNameExtension(
      request.names.map((value) => ({ type: 'dns' as const, value })),
    ),
    await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    await x509.AuthorityKeyIdentifierExtension.create(signer.publicKey),
  ];
}

async function newKeys(keyType: KeyType): Promise<Keys> {
  return webcrypto.subtle.generateKey(algorithms[keyType], true, ['sign', 'verify']);
}

let sharedRsa: Promise<Keys> | null = null;

/** RSA keys cost a tenth of a second each, so all RSA leaves of one process share one; nothing depends on their being different. */
async function leafKeys(keyType: KeyType): Promise<Keys> {
  if (keyType === 'ecdsa') return newKeys('ecdsa');
  sharedRsa ??= newKeys('rsa');
  return sharedRsa;
}

async function privatePem(keys: Keys): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

/** Positive and sixteen bytes long, as public authorities make them. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
