/** What the first bytes of a connection tell: not enough yet, or the server name asked for (null when none is). */
export type Peeked =
  | { readonly kind: 'more' }
  | { readonly kind: 'name'; readonly serverName: string | null };

const handshakeRecord = 22;
const clientHello = 1;
const serverNameExtension = 0;
const hostNameType = 0;
const recordHead = 5;
const handshakeHead = 4;
const randomAndVersion = 34;
const nameless: Peeked = { kind: 'name', serverName: null };
/** Far more than any client says; who announces more is not waited for. */
const longestHello = 64 * 1024;

/** Reads the server name out of a ClientHello. Anything that is none counts as a client that asked for no name. */
export function peekServerName(bytes: Buffer): Peeked {
  const message = messageIn(bytes);
  if (message === 'unfinished') return { kind: 'more' };
  if (message === 'none') return nameless;
  try {
    return { kind: 'name', serverName: serverNameIn(message) };
  } catch {
    return nameless;
  }
}

/** The first handshake message, which may be spread over several records. */
function messageIn(bytes: Buffer): Buffer | 'unfinished' | 'none' {
  let message = Buffer.alloc(0);
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== handshakeRecord) return 'none';
    if (bytes.length < at + recordHead) return 'unfinished';
    const end = at + recordHead + bytes.readUInt16BE(at + 3);
    if (bytes.length < end) return 'unfinished';
    message = Buffer.concat([message, bytes.subarray(at + recordHead, end)]);
    const whole =
      message.length < handshakeHead ? Infinity : handshakeHead + message.readUIntBE(1, 3);
    if (message.length >= whole) return message;
    if (whole !== Infinity && whole > longestHello) return 'none';
    at = end;
  }
  return bytes.length > 2 * longestHello ? 'none' : 'unfinished';
}

/** Throws a RangeError when the message is shorter than it says. */
function serverNameIn(message: Buffer): string | null {
  if (message.readUInt8(0) !== clientHello) return null;
  let at = handshakeHead + randomAndVersion;
  at += 1 + message.readUInt8(at);
  at += 2 + message.readUInt16BE(at);
  at += 1 + message.readUInt8(at);
  if (at >= message.length) return null;
  const end = at + 2 + message.readUInt16BE(at);
  at += 2;
  while (at < end) {
    const length = message.readUInt16BE(at + 2);
    if (message.readUInt16BE(at) === serverNameExtension)
      return firstName(message.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return null;
}

function firstName(list: Buffer): string | null {
  if (list.readUInt8(2) !== hostNameType) return null;
  return list.subarray(5, 5 + list.readUInt16BE(3)).toString('latin1');
}
