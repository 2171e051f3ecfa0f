/** Attribute types by their short names (RFC 4514 3), and two that CAs use so often that their numbers help nobody. */
const shortNames: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['2.5.4.5', 'serialNumber'],
  ['1.2.840.113549.1.9.1', 'emailAddress'],
]);

const tag = { sequence: 0x30, set: 0x31, oid: 0x06 } as const;

/** The string types of X.520 that are text, and how their bytes read. */
const decoders: ReadonlyMap<number, (bytes: Buffer) => string> = new Map([
  [0x0c, (bytes) => bytes.toString('utf8')],
  [0x12, (bytes) => bytes.toString('latin1')],
  [0x13, (bytes) => bytes.toString('latin1')],
  [0x14, (bytes) => bytes.toString('latin1')],
  [0x16, (bytes) => bytes.toString('latin1')],
  [0x1a, (bytes) => bytes.toString('latin1')],
  [0x1e, readBmp],
]);

/** One element of DER. `whole` holds tag and length too. */
interface Element {
  readonly tag: number;
  readonly body: Buffer;
  readonly whole: Buffer;
}

/**
 * The text of a distinguished name (RFC 4514), most specific part first; null for what is not one. Control characters are
 * escaped, so that a server cannot draw on a terminal.
 */
export function readDistinguishedName(der: Buffer): string | null {
  const [name, ...behind] = readElements(der) ?? [];
  if (name?.tag !== tag.sequence || behind.length > 0) return null;
  const parts = readElements(name.body)?.map(readRelative) ?? [null];
  const readable = parts.filter((part) => part !== null);
  return readable.length < parts.length ? null : readable.toReversed().join(',');
}

/** One level of a name, which may hold several attributes. */
function readRelative(element: Element): string | null {
  if (element.tag !== tag.set) return null;
  const attributes = readElements(element.body)?.map(readAttribute) ?? [];
  const readable = attributes.filter((attribute) => attribute !== null);
  return attributes.length === 0 || readable.length < attributes.length ? null : readable.join('+');
}

function readAttribute(element: Element): string | null {
  if (element.tag !== tag.sequence) return null;
  const [type, value, ...behind] = readElements(element.body) ?? [];
  if (type?.tag !== tag.oid || value === undefined || behind.length > 0) return null;
  return attributeText(readOid(type.body), value);
}

/** What has no short name, or is no text, is written in hexadecimal (RFC 4514 2.4). */
function attributeText(oid: string, value: Element): string {
  const shortName = shortNames.get(oid);
  const text = decoders.get(value.tag)?.(value.body);
  if (shortName === undefined || text === undefined)
    return `${shortName ?? oid}=#${value.whole.toString('hex')}`;
  return `${shortName}=${escape(text)}`;
}

/** All elements that fill the bytes exactly; null when they do not. */
function readElements(bytes: Buffer): readonly Element[] | null {
  const elements: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const element = readElement(bytes.subarray(at));
    if (element === null) return null;
    elements.push(element);
    at += element.whole.length;
  }
  return elements;
}

/** Lengths of up to two bytes: a name in a handshake cannot be longer. */
function readElement(bytes: Buffer): Element | null {
  const [first, short = 0x80] = bytes;
  const lengthBytes = short < 0x80 ? 0 : short - 0x80;
  const from = 2 + lengthBytes;
  if (first === undefined || bytes.length < from || lengthBytes > 2) return null;
  if (short === 0x80) return null;
  const length = lengthBytes === 0 ? short : bytes.readUIntBE(2, lengthBytes);
  const end = from + length;
  if (end > bytes.length) return null;
  return { tag: first, body: bytes.subarray(from, end), whole: bytes.subarray(0, end) };
}

/** Each part is a number in base 128; the first holds two (X.690 8.19). */
function readOid(bytes: Buffer): string {
  const parts: bigint[] = [];
  let part = 0n;
  for (const byte of bytes) {
    part = part * 128n + BigInt(byte & 0x7f);
    if (byte >= 0x80) continue;
    parts.push(part);
    part = 0n;
  }
  const [first = 0n, ...rest] = parts;
  const root = first < 80n ? first / 40n : 2n;
  return [root, first - root * 40n, ...rest].join('.');
}

function readBmp(bytes: Buffer): string {
  const even = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
  return even.swap16().toString('utf16le');
}

function escape(text: string): string {
  return text
    .replaceAll(/^[ #]|["+,;<>\\]| $/g, '\\$&')
    .replaceAll(/\p{C}/gu, (character) =>
      Buffer.from(character).toString('hex').toUpperCase().replaceAll(/../g, '\\$&'),
    );
}
