/** Content types of TLS records (RFC 8446 B.1). */
export const contentType = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
} as const;

/** Types of handshake messages that we look for (RFC 8446 B.3, RFC 5246 7.4). */
export const messageType = {
  serverHello: 2,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  finished: 20,
} as const;

export interface TlsRecord {
  readonly type: number;
  /** The five bytes before the body: the additional data of TLS 1.3 encryption. */
  readonly header: Buffer;
  readonly body: Buffer;
}

export interface HandshakeMessage {
  readonly type: number;
  readonly body: Buffer;
}

/** Whether bytes can be the start of a TLS record; true of no bytes at all. */
export function looksLikeTls(bytes: Buffer): boolean {
  const [type, major] = bytes;
  if (type === undefined) return true;
  return type >= 20 && type <= 24 && (major === undefined || major === 3);
}

/** The complete records at the start of the bytes; a cut-off one and what follows it are left out. */
export function readRecords(bytes: Buffer): readonly TlsRecord[] {
  const records: TlsRecord[] = [];
  let at = 0;
  while (at + 5 <= bytes.length) {
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    if (end > bytes.length) break;
    records.push({
      type: bytes.readUInt8(at),
      header: bytes.subarray(at, at + 5),
      body: bytes.subarray(at + 5, end),
    });
    at = end;
  }
  return records;
}

/** The complete handshake messages at the start of the bytes. */
export function readMessages(bytes: Buffer): readonly HandshakeMessage[] {
  const messages: HandshakeMessage[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const end = at + 4 + bytes.readUIntBE(at + 1, 3);
    if (end > bytes.length) break;
    messages.push({ type: bytes.readUInt8(at), body: bytes.subarray(at + 4, end) });
    at = end;
  }
  return messages;
}

/**
 * The DER of every certificate in a Certificate message, in the order sent. TLS 1.3 puts a request context before the
 * list and extensions after each entry (RFC 8446 4.4.2).
 */
export function readCertificateList(body: Buffer, isTls13: boolean): readonly Buffer[] {
  const certificates: Buffer[] = [];
  let at = isTls13 ? 1 + (body[0] ?? 0) + 3 : 3;
  while (at + 3 <= body.length) {
    const end = at + 3 + body.readUIntBE(at, 3);
    if (end > body.length) break;
    certificates.push(body.subarray(at + 3, end));
    at = end;
    if (!isTls13) continue;
    if (end + 2 > body.length) break;
    at = end + 2 + body.readUInt16BE(end);
  }
  return certificates;
}
