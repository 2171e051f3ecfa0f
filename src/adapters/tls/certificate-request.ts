import { readDistinguishedName } from './distinguished-name.ts';

/** Far more than any real list; a bound on what a server can make us keep. */
const mostNames = 100;

/** A name longer than this is nobody's. */
const longestName = 2048;

const certificateAuthorities = 47;

/**
 * The CA names (RFC 4514) of a CertificateRequest of TLS 1.2 (RFC 5246 7.4.4) or, without `hasSignatures`, of an older version.
 * Empty when the server names none; null when the message is not in that form.
 */
export function readCaNames12(body: Buffer, hasSignatures: boolean): readonly string[] | null {
  const types = readVector(body, 1);
  const signatures = hasSignatures && types !== null ? readVector(types.rest, 2) : types;
  const names = signatures === null ? null : readVector(signatures.rest, 2);
  return names === null || names.rest.length > 0 ? null : readNames(names.body);
}

/**
 * The same of TLS 1.3 (RFC 8446 4.3.2), where the list is an extension that a server may leave out: null then, as nothing is
 * known of what it accepts.
 */
export function readCaNames13(body: Buffer): readonly string[] | null {
  const context = readVector(body, 1);
  const extensions = context === null ? null : readVector(context.rest, 2);
  let rest = extensions?.body ?? Buffer.alloc(0);
  while (rest.length >= 4) {
    const extension = readVector(rest.subarray(2), 2);
    if (extension === null) return null;
    if (rest.readUInt16BE(0) === certificateAuthorities) {
      const names = readVector(extension.body, 2);
      return names === null ? null : readNames(names.body);
    }
    rest = extension.rest;
  }
  return null;
}

interface Vector {
  readonly body: Buffer;
  readonly rest: Buffer;
}

/** A vector with a length of so many bytes before it; null when there is less than it says. */
function readVector(bytes: Buffer, lengthBytes: 1 | 2): Vector | null {
  if (bytes.length < lengthBytes) return null;
  const end = lengthBytes + bytes.readUIntBE(0, lengthBytes);
  if (end > bytes.length) return null;
  return { body: bytes.subarray(lengthBytes, end), rest: bytes.subarray(end) };
}

/** What cannot be read as a name is left out: the others are a hint all the same. */
function readNames(bytes: Buffer): readonly string[] {
  const names = new Set<string>();
  let rest = bytes;
  while (rest.length > 0 && names.size < mostNames) {
    const entry = readVector(rest, 2);
    if (entry === null) break;
    const name = entry.body.length > longestName ? null : readDistinguishedName(entry.body);
    if (name !== null && name !== '') names.add(name);
    rest = entry.rest;
  }
  return [...names];
}
