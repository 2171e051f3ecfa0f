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

/** Reads the server name out of a ClientHello. Anything that is none counts as a client that asked for no name. */
export function peekServerName(bytes: Buffer): Peeked {
  if (bytes.length > 0 && bytes[0] !== handshakeRecord) return nameless;
  if (bytes.length < recordHead) return { kind: 'more' };
  const end = recordHead + bytes.readUInt16BE(3);
  if (bytes.length < end) return { kind: 'more' };
  try {
    return { kind: 'name', serverName: serverNameIn(bytes.subarray(recordHead, end)) };
  } catch {
    return nameless;
  }
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
