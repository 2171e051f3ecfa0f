import { readCaNames12, readCaNames13 } from './certificate-request.ts';
import {
  contentType,
  type HandshakeMessage,
  looksLikeTls,
  messageType,
  readCertificateList,
  readMessages,
  readRecords,
  type TlsRecord,
} from './records.ts';
import { unsealHandshake } from './unseal.ts';

/**
 * What the server's own handshake messages say. node:tls neither shows the CertificateRequest nor tells certificates
 * that were sent from issuers it found itself, so we read a copy of the bytes. OpenSSL does the cryptography: nothing
 * here is proven until the handshake says so.
 */
export interface Flight {
  /** False when what came first cannot be TLS. */
  readonly isTls: boolean;
  /** DER, leaf first; empty when none came or none could be read. */
  readonly certificates: readonly Buffer[];
  /** Whether the server asked for a client certificate; null when its messages could not be read to the end. */
  readonly asksClient: boolean | null;
  /**
   * The CAs (RFC 4514) that the server said it accepts client certificates of. Null when it did not ask, when its request could
   * not be read, or when it left them out in TLS 1.3.
   */
  readonly caNames: readonly string[] | null;
  /** Whether the server signed its key exchange with the leaf's key, as opposed to plain RSA key transport. */
  readonly signs: boolean;
  /** Number of a fatal alert that came unencrypted. */
  readonly alert: number | null;
}

/**
 * Reads what came from the server so far. `secret` is the server's handshake traffic secret, which exists in TLS 1.3
 * only; null means TLS 1.2 or older, where this part of the handshake is not encrypted.
 */
export function readFlight(received: Buffer, secret: Buffer | null): Flight {
  if (!looksLikeTls(received)) return notTls;
  const records = readRecords(received);
  const clear = clearRecords(records, secret !== null);
  const messages = readMessages(handshakeBytes(clear));
  const alert = fatalAlert(clear);
  if (secret === null) {
    return {
      isTls: true,
      certificates: certificatesIn(messages, false),
      asksClient: asksClient(messages, messageType.serverHelloDone),
      caNames: caNames12(messages),
      signs: messages.some(({ type }) => type === messageType.serverKeyExchange),
      alert,
    };
  }
  const hidden = readMessages(unsealHandshake(records, suiteOf(messages), secret));
  return {
    isTls: true,
    certificates: certificatesIn(hidden, true),
    asksClient: asksClient(hidden, messageType.finished),
    caNames: caNames13(hidden),
    signs: true,
    alert,
  };
}

const notTls: Flight = {
  isTls: false,
  certificates: [],
  asksClient: null,
  caNames: null,
  signs: false,
  alert: null,
};

/**
 * Records before encryption starts: up to the ChangeCipherSpec in TLS 1.2, up to the application data in TLS 1.3, where
 * ChangeCipherSpec is an empty gesture towards old middleboxes.
 */
function clearRecords(records: readonly TlsRecord[], isTls13: boolean): readonly TlsRecord[] {
  const sealing = isTls13 ? contentType.applicationData : contentType.changeCipherSpec;
  const sealedAt = records.findIndex(({ type }) => type === sealing);
  return sealedAt === -1 ? records : records.slice(0, sealedAt);
}

function handshakeBytes(records: readonly TlsRecord[]): Buffer {
  return Buffer.concat(
    records.filter(({ type }) => type === contentType.handshake).map(({ body }) => body),
  );
}

function certificatesIn(
  messages: readonly HandshakeMessage[],
  isTls13: boolean,
): readonly Buffer[] {
  const body = bodyOf(messages, messageType.certificate);
  return body === undefined ? [] : readCertificateList(body, isTls13);
}

function asksClient(messages: readonly HandshakeMessage[], last: number): boolean | null {
  if (messages.some(({ type }) => type === messageType.certificateRequest)) return true;
  return messages.some(({ type }) => type === last) ? false : null;
}

function caNames12(messages: readonly HandshakeMessage[]): readonly string[] | null {
  const request = bodyOf(messages, messageType.certificateRequest);
  const hello = bodyOf(messages, messageType.serverHello);
  if (request === undefined || hello === undefined || hello.length < 2) return null;
  return readCaNames12(request, hello.readUInt16BE(0) >= tls12);
}

function caNames13(hidden: readonly HandshakeMessage[]): readonly string[] | null {
  const request = bodyOf(hidden, messageType.certificateRequest);
  return request === undefined ? null : readCaNames13(request);
}

function bodyOf(messages: readonly HandshakeMessage[], wanted: number): Buffer | undefined {
  return messages.find(({ type }) => type === wanted)?.body;
}

const tls12 = 0x0303;

/** The cipher suite of the ServerHello. A HelloRetryRequest before it looks the same and names the same (RFC 8446 4.1.4). */
function suiteOf(messages: readonly HandshakeMessage[]): number {
  const hello = bodyOf(messages, messageType.serverHello);
  const at = 35 + (hello?.[34] ?? 0);
  return hello === undefined || at + 2 > hello.length ? 0 : hello.readUInt16BE(at);
}

function fatalAlert(records: readonly TlsRecord[]): number | null {
  const fatal = records.find(({ type, body }) => type === contentType.alert && body[0] === 2);
  return fatal?.body[1] ?? null;
}
