import { createHash, X509Certificate } from 'node:crypto';

/** Whom a certificate is for, as its distinguished name says; what it does not say is empty. */
export interface Subject {
  readonly commonName: string;
  readonly organization: string;
  readonly unit: string;
  readonly locality: string;
  readonly state: string;
  readonly country: string;
}

export function subjectOf(pem: string): Subject {
  const lines = new X509Certificate(pem).subject.split('\n');
  const part = (name: string) =>
    lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  return {
    commonName: part('CN'),
    organization: part('O'),
    unit: part('OU'),
    locality: part('L'),
    state: part('ST'),
    country: part('C'),
  };
}

/** In the order the service prints it: `C=CN,O=…,OU=…,L=…,ST=…,CN=…`. */
export function distinguishedName(subject: Subject): string {
  const parts = [
    ['C', subject.country],
    ['O', subject.organization],
    ['OU', subject.unit],
    ['L', subject.locality],
    ['ST', subject.state],
    ['CN', subject.commonName],
  ];
  return parts
    .filter(([, value]) => value !== '')
    .map((part) => part.join('='))
    .join(',');
}

/** Object identifiers of signature algorithms, in DER, and what the service calls them. */
const signatures = [
  ['06082a8648ce3d040302', 'SHA256WITHECDSA'],
  ['06082a8648ce3d040303', 'SHA384WITHECDSA'],
  ['06092a864886f70d01010b', 'SHA256WITHRSA'],
  ['06092a864886f70d01010c', 'SHA384WITHRSA'],
  ['06092a864886f70d01010d', 'SHA512WITHRSA'],
  ['06082a811ccf55018375', 'SM3WITHSM2'],
] as const;

/** How a certificate was signed, for example `SHA256WITHRSA`; empty when in no way the service knows. */
export function signAlgorithmOf(pem: string): string {
  const { raw } = new X509Certificate(pem);
  return signatures.find(([id]) => raw.includes(Buffer.from(id, 'hex')))?.[1] ?? '';
}

/** Lower hex MD5 of the DER. */
export function md5Of(pem: string): string {
  return createHash('md5').update(new X509Certificate(pem).raw).digest('hex');
}
