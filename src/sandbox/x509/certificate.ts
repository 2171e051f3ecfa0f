import { randomBytes, sign as signWith } from 'node:crypto';
import { promisify } from 'node:util';
import {
  bitString,
  explicit,
  integer,
  nothing,
  objectId,
  printableString,
  sequence,
  setOf,
  time,
  utf8String,
} from './der.ts';
import type { Keys, KeyType } from './keys.ts';

/** Written in this order, as far as it is there. */
export interface DistinguishedName {
  readonly commonName: string;
  readonly organization?: string;
  readonly country?: string;
}

export interface CertificateFields {
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly keys: Keys;
  /** Whose private key signs. */
  readonly signer: Keys;
  /** Whole Extension elements. */
  readonly extensions: readonly Buffer[];
}

const signAsync = promisify(signWith);

/**
 * Makes an X.509 certificate (RFC 5280) with a random serial number, and answers with its PEM. Written here because the usual
 * package takes ten times as long, and a large seed wants more than a thousand.
 */
export async function writeCertificate(fields: CertificateFields): Promise<string> {
  const algorithm = algorithms[fields.signer.keyType];
  const signed = sequence(
    explicit(0, integer(Buffer.of(2))),
    integer(serialNumber()),
    algorithm,
    nameElement(fields.issuer),
    sequence(time(fields.notBefore), time(fields.notAfter)),
    nameElement(fields.subject),
    fields.keys.publicInfo,
    explicit(3, sequence(...fields.extensions)),
  );
  const signature = await signAsync('sha256', signed, fields.signer.privateKey);
  return pem(sequence(signed, algorithm, bitString(signature)));
}

/** SHA-256 with each; only the older one has parameters. */
const algorithms: Readonly<Record<KeyType, Buffer>> = {
  ecdsa: sequence(objectId('1.2.840.10045.4.3.2')),
  rsa: sequence(objectId('1.2.840.113549.1.1.11'), nothing()),
};

/** The widest first, as authorities write names; RFC 4514 prints them the other way round. */
function nameElement({ commonName, organization, country }: DistinguishedName): Buffer {
  return sequence(
    ...attribute('2.5.4.6', country),
    ...attribute('2.5.4.10', organization),
    ...attribute('2.5.4.3', commonName),
  );
}

function attribute(type: string, value: string | undefined): readonly Buffer[] {
  if (value === undefined) return [];
  const printable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value);
  const text = printable ? printableString(value) : utf8String(value);
  return [setOf(sequence(objectId(type), text))];
}

/** Positive and sixteen bytes long, as public authorities make them. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
