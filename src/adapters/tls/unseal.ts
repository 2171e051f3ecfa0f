import { createDecipheriv, createHmac } from 'node:crypto';
import { contentType, type TlsRecord } from './records.ts';

interface Suite {
  readonly cipher: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305';
  readonly keyLength: number;
  readonly hash: 'sha256' | 'sha384';
}

/** The TLS 1.3 suites that we offer, by number (RFC 8446 B.4). */
const suites: ReadonlyMap<number, Suite> = new Map([
  [0x1301, { cipher: 'aes-128-gcm', keyLength: 16, hash: 'sha256' }],
  [0x1302, { cipher: 'aes-256-gcm', keyLength: 32, hash: 'sha384' }],
  [0x1303, { cipher: 'chacha20-poly1305', keyLength: 32, hash: 'sha256' }],
]);

const tagLength = 16;

/**
 * Opens the server's encrypted TLS 1.3 handshake records and joins their handshake bytes. Stops at the first record
 * that the handshake key does not open: from there on the application keys are in use.
 */
export function unsealHandshake(
  records: readonly TlsRecord[],
  suiteNumber: number,
  secret: Buffer,
): Buffer {
  const suite = suites.get(suiteNumber);
  if (suite === undefined) return Buffer.alloc(0);
  const key = expandLabel(suite, secret, 'key', suite.keyLength);
  const iv = expandLabel(suite, secret, 'iv', 12);

  const opened: Buffer[] = [];
  const sealed = records.filter((record) => record.type === contentType.applicationData);
  for (const [sequence, record] of sealed.entries()) {
    const inner = unseal(suite.cipher, key, nonceOf(iv, sequence), record);
    if (inner === null) break;
    const content = stripPadding(inner);
    if (content.type === contentType.handshake) opened.push(content.body);
  }
  return Buffer.concat(opened);
}

/** HKDF-Expand-Label (RFC 8446 7.1) for outputs no longer than one hash, which all of ours are. */
function expandLabel(suite: Suite, secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`, 'latin1');
  const info = Buffer.from([0, length, name.length, ...name, 0, 1]);
  return createHmac(suite.hash, secret).update(info).digest().subarray(0, length);
}

function nonceOf(iv: Buffer, sequence: number): Buffer {
  const nonce = Buffer.from(iv);
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ sequence) >>> 0, 8);
  return nonce;
}

function unseal(
  cipher: Suite['cipher'],
  key: Buffer,
  nonce: Buffer,
  record: TlsRecord,
): Buffer | null {
  const tagAt = record.body.length - tagLength;
  if (tagAt < 0) return null;
  const decipher =
    cipher === 'chacha20-poly1305'
      ? createDecipheriv(cipher, key, nonce, { authTagLength: tagLength })
      : createDecipheriv(cipher, key, nonce, { authTagLength: tagLength });
  decipher.setAAD(record.header, { plaintextLength: tagAt });
  decipher.setAuthTag(record.body.subarray(tagAt));
  try {
    return Buffer.concat([decipher.update(record.body.subarray(0, tagAt)), decipher.final()]);
  } catch {
    // Another key sealed it: the handshake is over.
    return null;
  }
}

/** The inner plaintext ends with its real content type and any number of zeros (RFC 8446 5.2). */
function stripPadding(inner: Buffer): { type: number; body: Buffer } {
  let end = inner.length;
  while (end > 0 && inner[end - 1] === 0) end -= 1;
  return { type: inner[end - 1] ?? 0, body: inner.subarray(0, Math.max(end - 1, 0)) };
}
