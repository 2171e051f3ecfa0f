import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { x509 } from '../../src/sandbox/x509/library.ts';

type Keys = webcrypto.CryptoKeyPair;

/** A throw-away certificate with its key. */
export interface Issued {
  readonly pem: string;
  readonly keyPem: string;
  readonly der: Buffer;
  /** Lower-case hex SHA-256 of the DER. */
  readonly fingerprint256: string;
  readonly subject: string;
  readonly keys: Keys;
}

export interface IssueRequest {
  /** The common name; for a leaf also its only DNS name unless `names` says otherwise. */
  readonly name: string;
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
  readonly keyType?: 'rsa' | 'rsa-1024' | 'ecdsa' | 'ed25519';
  readonly use?: 'server' | 'client';
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const day = 24 * 3_600_000;

const algorithms = {
  ecdsa: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  rsa: rsa(2048),
  'rsa-1024': rsa(1024),
  ed25519: { name: 'Ed25519' },
} as const;

/** A self-signed authority. */
export function makeRoot(request: IssueRequest): Promise<Issued> {
  return issue(null, request, 'authority');
}

/** An authority below another one. */
export function makeIntermediate(issuer: Issued, request: IssueRequest): Promise<Issued> {
  return issue(issuer, request, 'authority');
}

/** A server or client certificate; self-signed without an issuer. Valid from yesterday for 90 days unless told. */
export function makeLeaf(issuer: Issued | null, request: IssueRequest): Promise<Issued> {
  return issue(issuer, request, 'leaf');
}

/** Certificates in PEM, one text, as servers and clients send them. */
export function bundle(...certificates: readonly Issued[]): string {
  return certificates.map(({ pem }) => pem).join('\n');
}

async function issue(
  issuer: Issued | null,
  request: IssueRequest,
  role: 'authority' | 'leaf',
): Promise<Issued> {
  const keys = await newKeys(request.keyType ?? 'ecdsa');
  const subject = `CN=${request.name}`;
  const signer = issuer?.keys ?? keys;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    subject,
    issuer: issuer?.subject ?? subject,
    notBefore: request.notBefore ?? new Date(Date.now() - day),
    notAfter: request.notAfter ?? new Date(Date.now() + 90 * day),
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    extensions: role === 'authority' ? authorityExtensions() : leafExtensions(request),
  });
  const der = Buffer.from(certificate.rawData);
  return {
    pem: certificate.toString('pem'),
    keyPem: await privatePem(keys),
    der,
    fingerprint256: createHash('sha256').update(der).digest('hex'),
    subject,
    keys,
  };
}

function authorityExtensions() {
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags;
  return [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
  ];
}

function leafExtensions({ name, names, addresses, use }: IssueRequest) {
  const usage = use === 'client' ? 'clientAuth' : 'serverAuth';
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[usage]]),
    new x509.SubjectAlternativeNameExtension([
      ...(names ?? [name]).map((value) => ({ type: 'dns' as const, value })),
      ...(addresses ?? []).map((value) => ({ type: 'ip' as const, value })),
    ]),
  ];
}

async function newKeys(type: NonNullable<IssueRequest['keyType']>): Promise<Keys> {
  const keys = await webcrypto.subtle.generateKey(algorithms[type], true, ['sign', 'verify']);
  if (!('privateKey' in keys)) throw new Error('a key pair was expected');
  return keys;
}

async function privatePem(keys: Keys): Promise<string> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  const lines =
    Buffer.from(pkcs8)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
}

function rsa(modulusLength: number) {
  return {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  } as const;
}
