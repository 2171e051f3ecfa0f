import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { smallSandbox } from '../support.ts';
import {
  assertClear,
  assertStillThere,
  controlHost,
  nlbHost,
  blurt,
  type Sent,
  sendV3,
} from '../wire-client.ts';

let sandbox: RunningSandbox;

const head = (lines: readonly string[]) => `${['POST / HTTP/1.1', ...lines].join('\r\n')}\r\n\r\n`;

const plain = ['host: 127.0.0.1', 'content-type: application/x-www-form-urlencoded'];

const chunked = [...plain, 'transfer-encoding: chunked'];

/** What cannot be a request, or not a whole one, and the status line it gets; '' when the connection just ends. */
const oddities: readonly {
  readonly what: string;
  readonly sent: readonly (string | Uint8Array)[];
  readonly heard: RegExp;
}[] = [
  {
    what: 'a chunk size that is no number',
    sent: [head(chunked), 'zz\r\nabc\r\n'],
    heard: /^(HTTP\/1\.1 400|$)/,
  },
  {
    what: 'chunks without an end',
    sent: [head(chunked), '3\r\na=1\r\n'],
    heard: /^$/,
  },
  {
    what: 'two lengths',
    sent: [head([...plain, 'content-length: 3', 'content-length: 4']), 'a=1'],
    heard: /^HTTP\/1\.1 400/,
  },
  {
    what: 'a length and chunks',
    sent: [head([...chunked, 'content-length: 3']), '3\r\na=1\r\n0\r\n\r\n'],
    heard: /^HTTP\/1\.1 400/,
  },
  { what: 'no host', sent: [head([])], heard: /^HTTP\/1\.1 400/ },
  {
    what: 'a head larger than any request has',
    sent: [`GET /?${'a'.repeat(300_000)} HTTP/1.1\r\n`],
    heard: /^HTTP\/1\.1 431/,
  },
  {
    what: 'a body said to be a gigabyte',
    sent: [head([...plain, 'content-length: 1000000000']), 'a=1'],
    heard: /^HTTP\/1\.1 413 [^]*"Code":"RequestEntityTooLarge"/,
  },
  {
    what: 'chunks beyond the limit, and more to come',
    sent: [
      head(chunked),
      ...Array.from({ length: 48 }, () => `10000\r\n${'a'.repeat(65_536)}\r\n`),
    ],
    heard: /^HTTP\/1\.1 413 [^]*"Code":"RequestEntityTooLarge"/,
  },
  {
    what: 'a form that is not UTF-8',
    sent: [head([...plain, 'content-length: 4']), Buffer.from([0x61, 0x3d, 0xc3, 0x28])],
    heard: /^HTTP\/1\.1 400 [^]*"Code":"InvalidParameter"/,
  },
];

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => `p${index}=1`).join('&');

const formType = 'application/x-www-form-urlencoded';

const forms: readonly {
  readonly what: string;
  readonly sent: Sent;
  readonly code: string | null;
}[] = [
  {
    what: 'a hundred thousand parameters',
    sent: { body: many(100_000), contentType: formType },
    code: 'InvalidParameter',
  },
  { what: 'nine thousand', sent: { body: many(9000), contentType: formType }, code: null },
  {
    what: 'nine thousand members of one list',
    sent: { body: many(9000).replaceAll('p', 'ListenerIds.'), contentType: formType },
    code: 'IllegalParam',
  },
  {
    what: 'a name of a megabyte of dots',
    sent: { body: `${'.'.repeat(1_000_000)}=1`, contentType: formType },
    code: 'InvalidParameter',
  },
  {
    what: 'a value of a megabyte',
    sent: { body: `NextToken=${'x'.repeat(1_000_000)}`, contentType: formType },
    code: 'IllegalParam',
  },
  {
    what: 'names of things every object has',
    sent: { query: { __proto__x: '1', 'constructor.prototype.a': '1', toString: '2' } },
    code: null,
  },
  {
    what: 'a prototype as a list member',
    sent: {
      query: [
        ['__proto__.RegionId', 'x'],
        ['Tag.__proto__.Key', 'x'],
      ],
    },
    code: 'IllegalParam',
  },
  {
    what: 'a parameter twice: the last one counts',
    sent: {
      query: [
        ['MaxResults', '0'],
        ['MaxResults', '1'],
      ],
    },
    code: null,
  },
  {
    what: 'a parameter that is a value and a list',
    sent: {
      query: [
        ['ListenerIds', 'x'],
        ['ListenerIds.1', 'lsn-x'],
      ],
    },
    code: null,
  },
  {
    what: 'a list that is a value',
    sent: { query: { ListenerIds: 'x' } },
    code: 'IllegalParam',
  },
  {
    what: 'a list with gaps',
    sent: { query: { 'ListenerIds.7': 'a', 'ListenerIds.9': 'b' } },
    code: null,
  },
  {
    what: 'JSON for a form',
    sent: { body: '{"MaxResults":0}', contentType: 'application/json' },
    code: null,
  },
  {
    what: 'parameters without names',
    sent: { body: '&&=&=1&', contentType: formType },
    code: 'InvalidParameter',
  },
  {
    what: 'half a percent sign',
    sent: { body: 'a=%', contentType: formType },
    code: 'InvalidParameter',
  },
  {
    what: 'an overlong encoding',
    sent: { body: 'a=%C0%AF', contentType: formType },
    code: 'InvalidParameter',
  },
  {
    what: 'a null byte',
    sent: { body: 'NextToken=%00', contentType: formType },
    code: 'IllegalParam',
  },
];

export function hostileCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
  });

  after(() => sandbox.close());

  for (const { what, sent, heard } of oddities) {
    test(`${what}: the answer is clear and the server stays up`, async () => {
      assert.match(await blurt(nlbHost(sandbox), ...sent), heard);
      assert.doesNotMatch(await blurt(controlHost(sandbox), ...sent), /^HTTP\/1\.1 5/);

      await assertStillThere(sandbox);
    });
  }

  for (const { what, sent, code } of forms) {
    test(`${what}: ${code ?? 'nothing is wrong with it'}`, async () => {
      const reply = await sendV3(sandbox, sent);

      assertClear(reply, what);
      // A product may name the parameter behind a dot.
      assert.match(String(reply.body['Code']), new RegExp(`^${code ?? 'undefined'}(\\.|$)`));
    });
  }
}
