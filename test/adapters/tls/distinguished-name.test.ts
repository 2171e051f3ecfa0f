import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { readDistinguishedName } from '../../../src/adapters/tls/distinguished-name.ts';

/** Attributes of one level, each with the number of its type in hexadecimal. */
type Level = Readonly<Record<string, string>>;

const [c, o, ou, cn] = ['550406', '55040a', '55040b', '550403'];

function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 128 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

function nameOf(levels: readonly Level[]): Buffer {
  const sets = levels.map((level) =>
    element(
      0x31,
      ...Object.entries(level).map(([type, text]) =>
        element(0x30, element(0x06, Buffer.from(type, 'hex')), element(0x0c, Buffer.from(text))),
      ),
    ),
  );
  return element(0x30, ...sets);
}

function read(...levels: readonly Level[]): string | null {
  return readDistinguishedName(nameOf(levels));
}

function readHex(hex: string): string | null {
  return readDistinguishedName(Buffer.from(hex, 'hex'));
}

test('a name is written most specific part first', () => {
  assert.equal(
    read({ [c]: 'CN' }, { [o]: 'Example' }, { [ou]: 'Ops' }, { [cn]: 'Client CA' }),
    'CN=Client CA,OU=Ops,O=Example,C=CN',
  );
  assert.equal(read({ [cn]: '客户端根证书' }), 'CN=客户端根证书');
  assert.equal(read({ [cn]: 'a', [ou]: 'b' }), 'CN=a+OU=b');
  assert.equal(read(), '');
});

test('what has a meaning in the text, or on a terminal, is escaped', () => {
  assert.equal(read({ [cn]: 'a,b+c"d;e<f>g\\h' }), 'CN=a\\,b\\+c\\"d\\;e\\<f\\>g\\\\h');
  assert.equal(read({ [cn]: ' # ' }), 'CN=\\ #\\ ');
  assert.equal(read({ [cn]: '#1\\ ' }), 'CN=\\#1\\\\\\ ');
  assert.equal(read({ [cn]: ' ' }), 'CN=\\ ');
  assert.equal(read({ [cn]: 'a\u001B[31m\u0000\u202E' }), 'CN=a\\1B[31m\\00\\E2\\80\\AE');
});

test('what has no name or is no text is written in hexadecimal', () => {
  assert.equal(read({ '2a0304': 'x' }), '1.2.3.4=#0c0178');
  assert.equal(read({ '8837': 'x' }), '2.999=#0c0178');
  assert.equal(readHex('300e310c300a06035504031e03004100'), 'CN=A');
  assert.equal(readHex('300c310a30080603550403020100'), 'CN=#020100');
});

test('names that differ read differently', () => {
  const level = fc.record({ [cn]: fc.string({ unit: 'binary', maxLength: 4 }) });
  const odd = fc.record({
    [cn]: fc.string({ unit: fc.constantFrom('\\', ' ', '#', ',', '+', 'a'), maxLength: 4 }),
  });
  const levels = fc.array(fc.oneof(level, odd), { maxLength: 3 });

  fc.assert(
    fc.property(levels, levels, (a, b) => {
      assert.equal(read(...a) === read(...b), JSON.stringify(a) === JSON.stringify(b));
    }),
    { numRuns: 2000 },
  );
});

test('bytes that are no name are none, whatever lengths they claim', () => {
  const whole = nameOf([{ [o]: 'Example' }, { [cn]: 'x'.repeat(200) }]);

  assert.equal(readDistinguishedName(whole), `CN=${'x'.repeat(200)},O=Example`);
  for (let end = 0; end < whole.length; end += 1)
    assert.equal(readDistinguishedName(whole.subarray(0, end)), null);
  assert.equal(readDistinguishedName(Buffer.concat([whole, Buffer.from([0])])), null);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const spoilt = Buffer.from(whole);
      spoilt[at] = byte;
      const text = readDistinguishedName(spoilt);
      assert.ok(text === null || (text.length < 10 * whole.length && !/\p{C}/u.test(text)));
    }),
    { numRuns: 2000 },
  );
});
