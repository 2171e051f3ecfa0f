import { bitString, implicit, isTrue, objectId, octetString, sequence } from './der.ts';
import type { Keys } from './keys.ts';

/** What a leaf's key may be used for. */
export type Use = 'server' | 'client';

/** The extensions of RFC 5280, 4.2.1, that an authority's certificate has. */
export function authorityExtensions(keys: Keys, signer: Keys): readonly Buffer[] {
  return [
    extension(ids.basicConstraints, sequence(isTrue()), 'critical'),
    extension(ids.keyUsage, certificateAndListSigning, 'critical'),
    ...keyIdentifiers(keys, signer),
  ];
}

/** Those that a leaf has. */
export function leafExtensions(
  { names, use }: { readonly names: readonly string[]; readonly use: Use },
  keys: Keys,
  signer: Keys,
): readonly Buffer[] {
  return [
    extension(ids.basicConstraints, sequence(), 'critical'),
    extension(ids.keyUsage, digitalSignature, 'critical'),
    extension(ids.extendedKeyUsage, sequence(objectId(purposes[use]))),
    extension(ids.subjectAltName, sequence(...names.map(dnsName))),
    ...keyIdentifiers(keys, signer),
  ];
}

const ids = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

const purposes: Readonly<Record<Use, string>> = {
  server: '1.3.6.1.5.5.7.3.1',
  client: '1.3.6.1.5.5.7.3.2',
};

/** Bit 0; bits 5 and 6. */
const digitalSignature = bitString(Buffer.of(0x80), 7);
const certificateAndListSigning = bitString(Buffer.of(0x06), 1);

function keyIdentifiers(keys: Keys, signer: Keys): readonly Buffer[] {
  return [
    extension(ids.subjectKeyIdentifier, octetString(keys.id)),
    extension(ids.authorityKeyIdentifier, sequence(implicit(0, signer.id))),
  ];
}

function dnsName(name: string): Buffer {
  return implicit(2, Buffer.from(name, 'latin1'));
}

function extension(id: string, value: Buffer, critical?: 'critical'): Buffer {
  const flag = critical === undefined ? [] : [isTrue()];
  return sequence(objectId(id), ...flag, octetString(value));
}
