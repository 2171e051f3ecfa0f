/** The part of DER (ITU-T X.690) that a certificate is written with. Every function answers with one whole element. */

/** The content goes inside, in the order given. */
export function sequence(...content: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(content));
}

/** For sets of one; DER wants those of several sorted. */
export function setOf(only: Buffer): Buffer {
  return element(0x31, only);
}

/** `[number] EXPLICIT`. */
export function explicit(number: number, content: Buffer): Buffer {
  return element(0xa0 + number, content);
}

/** `[number] IMPLICIT` over something primitive. */
export function implicit(number: number, content: Buffer): Buffer {
  return element(0x80 + number, content);
}

/** A positive integer of these big-endian bytes. */
export function integer(bytes: Buffer): Buffer {
  const negative = ((bytes[0] ?? 0) & 0x80) !== 0;
  return element(0x02, negative ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

export function isTrue(): Buffer {
  return element(0x01, Buffer.of(0xff));
}

export function nothing(): Buffer {
  return element(0x05, Buffer.alloc(0));
}

/** `unused` is how many bits of the last byte do not count. */
export function bitString(bytes: Buffer, unused = 0): Buffer {
  return element(0x03, Buffer.concat([Buffer.of(unused), bytes]));
}

export function octetString(bytes: Buffer): Buffer {
  return element(0x04, bytes);
}

export function printableString(text: string): Buffer {
  return element(0x13, Buffer.from(text, 'latin1'));
}

export function utf8String(text: string): Buffer {
  return element(0x0c, Buffer.from(text, 'utf8'));
}

/** From its dotted form. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** To the second. RFC 5280 wants the short form for years with two digits, 1950 to 2049, and the long one for all others. */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  const year = date.getUTCFullYear();
  const short = year >= 1950 && year < 2050;
  return element(short ? 0x17 : 0x18, Buffer.from(short ? digits.slice(2) : digits, 'latin1'));
}

function element(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(tag), length(content.length), content]);
}

/** One byte up to 127, else how many bytes follow and those. */
function length(count: number): Buffer {
  if (count < 0x80) return Buffer.of(count);
  const bytes = count < 0x100 ? [count] : [count >> 8, count & 0xff];
  if (count > 0xffff) throw new RangeError(`no certificate has an element of ${count} bytes`);
  return Buffer.from([0x80 + bytes.length, ...bytes]);
}

function base128(value: number): readonly number[] {
  const low = value & 0x7f;
  const rest: number[] = [];
  for (let high = value >> 7; high > 0; high >>= 7) rest.unshift((high & 0x7f) | 0x80);
  return [...rest, low];
}
