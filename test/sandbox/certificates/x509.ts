import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { createTrust, issuers, type Trust } from '../../../src/sandbox/x509/trust.ts';

const run = promisify(execFile);

const day = 24 * 3_600_000;

/** Before 1950 and from 2050 on a time is written another way. */
const [earliest, latest] = [Date.UTC(1940, 0, 1), Date.UTC(2140, 0, 1)];

let trust: Trust;

let folder: string;

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);

const dnsName = fc
  .tuple(fc.constantFrom('', '*.'), fc.array(label, { minLength: 1, maxLength: 3 }))
  .map(([star, labels]) => `${star}${labels.join('.')}.example.com`);

const anOrder = fc.record({
  names: fc.uniqueArray(dnsName, { minLength: 1, maxLength: 100 }),
  notBefore: fc.date({ min: new Date(earliest), max: new Date(latest), noInvalidDate: true }),
  notAfter: fc.date({ min: new Date(earliest), max: new Date(latest), noInvalidDate: true }),
  keyType: fc.constantFrom('ecdsa' as const, 'rsa' as const),
  issuer: fc.constantFrom(...issuers),
  chain: fc.constantFrom('full' as const, 'leaf-only' as const),
  sharedKey: fc.boolean(),
});

type Order = Parameters<Trust['issue']>[0];

function issueNow(order: Pick<Order, 'issuer' | 'keyType' | 'sharedKey'>) {
  return trust.issue({
    names: ['www.example.com', '*.apps.example.com'],
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
    chain: 'full',
    ...order,
  });
}

function issueMany({ sharedKey }: { readonly sharedKey: boolean }) {
  const order = { issuer: 'main', keyType: 'ecdsa', sharedKey } as const;
  return Promise.all(Array.from({ length: 40 }, () => issueNow(order)));
}

/** Each by the key of the next one, whose name it gives. */
function assertSignedInTurn(certificates: readonly X509Certificate[]): void {
  certificates.slice(1).forEach((above, index) => {
    const below = certificates[index];
    assert.ok(below?.checkIssued(above), `${below?.subject} does not name ${above.subject}`);
    assert.ok(below?.verify(above.publicKey), `${above.subject} did not sign ${below?.subject}`);
  });
}

/** The root that the sandbox hands out, where it is the one above. */
function rootsOf(issuer: Order['issuer']): readonly X509Certificate[] {
  return issuer === 'main' || issuer === 'other' ? [new X509Certificate(trust.rootPem)] : [];
}

/** The uncompressed point, or the modulus and exponent. */
function publicBits(key: KeyObject): Buffer {
  if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'der' });
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
}

function toSecond(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000;
}

async function opensslText(pem: string): Promise<string> {
  const file = join(folder, `${new X509Certificate(pem).serialNumber}.pem`);
  await writeFile(file, pem);
  return (await run('openssl', ['x509', '-in', file, '-noout', '-text'])).stdout;
}

async function opensslVerdict({ chain }: { readonly chain: readonly string[] }): Promise<string> {
  const [root, leaf, above] = ['root.pem', 'leaf.pem', 'above.pem'].map((name) =>
    join(folder, name),
  );
  if (root === undefined || leaf === undefined || above === undefined) return 'no files';
  await writeFile(root, trust.rootPem);
  await writeFile(leaf, chain[0] ?? '');
  await writeFile(above, chain.slice(1).join('') || trust.rootPem);
  const flags = ['-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'www.example.com'];
  const files = ['-CAfile', root, '-untrusted', above, leaf];
  return run('openssl', ['verify', ...flags, ...files]).then(
    () => 'OK',
    () => 'refused',
  );
}

function identifier(whose: 'Authority' | 'Subject', text: string): string | undefined {
  return new RegExp(`${whose} Key Identifier: \\s+([0-9A-F:]+)`).exec(text)?.[1];
}

export function x509Cases(): void {
  before(async () => {
    trust = await createTrust(Date.now());
    folder = await mkdtemp(join(tmpdir(), 'sandbox-x509-'));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  test('a certificate says what was ordered, and its chain holds by its signatures', async () => {
    await fc.assert(
      fc.asyncProperty(anOrder, async (order) => {
        const { chain, keyPem } = await trust.issue(order);

        const [leaf, ...above] = chain.map((pem) => new X509Certificate(pem));
        assert.ok(leaf !== undefined);
        assert.equal(leaf.subject, `CN=${order.names[0]}`);
        assert.equal(leaf.subjectAltName, order.names.map((name) => `DNS:${name}`).join(', '));
        assert.deepEqual(
          [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)],
          [toSecond(order.notBefore), toSecond(order.notAfter)],
        );
        assert.equal(leaf.publicKey.asymmetricKeyType, order.keyType === 'rsa' ? 'rsa' : 'ec');
        assert.ok(leaf.checkPrivateKey(createPrivateKey(keyPem)));
        assert.equal(leaf.ca, false);
        assert.equal(above.length, order.chain === 'full' && order.issuer !== 'self' ? 1 : 0);
        assertSignedInTurn([leaf, ...above, ...(above.length > 0 ? rootsOf(order.issuer) : [])]);
        if (order.issuer === 'self') assert.ok(leaf.verify(leaf.publicKey));
      }),
      { numRuns: 60 },
    );
  });

  test('openssl accepts the chains of every trusted issuer, for servers, and no others', async () => {
    for (const issuer of issuers) {
      for (const keyType of ['ecdsa', 'rsa'] as const) {
        const trusted = issuer === 'main' || issuer === 'other';

        const verdict = await opensslVerdict(await issueNow({ issuer, keyType }));

        assert.equal(verdict, trusted ? 'OK' : 'refused', `${issuer} ${keyType}`);
      }
    }
  });

  test('openssl reads purposes, key identifiers and a positive serial number of sixteen bytes', async () => {
    const { chain } = await issueNow({ issuer: 'main', keyType: 'ecdsa' });
    const [leaf = '', intermediate = ''] = await Promise.all(chain.map(opensslText));

    assert.match(leaf, /Basic Constraints: critical\s+CA:FALSE/);
    assert.match(leaf, /Key Usage: critical\s+Digital Signature\n/);
    assert.match(leaf, /Extended Key Usage: \s+TLS Web Server Authentication\n/);
    assert.match(leaf, /Serial Number:\s+[4-7][0-9a-f](:[0-9a-f]{2}){15}\n/);
    assert.match(intermediate, /Basic Constraints: critical\s+CA:TRUE/);
    assert.match(intermediate, /Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
    assert.equal(identifier('Authority', leaf), identifier('Subject', intermediate));
    assert.notEqual(identifier('Subject', leaf), identifier('Subject', intermediate));
  });

  for (const keyType of ['ecdsa', 'rsa'] as const) {
    test(`the key identifier of an ${keyType} key is the SHA-1 of its bits, as RFC 5280 recommends`, async () => {
      const { chain } = await issueNow({ issuer: 'main', keyType });
      const [pem = ''] = chain;

      const hash = createHash('sha1').update(publicBits(new X509Certificate(pem).publicKey));

      const expected = hash.digest('hex').toUpperCase().match(/../g)?.join(':');
      assert.equal(identifier('Subject', await opensslText(pem)), expected);
    });
  }

  test('a client certificate is for clients only, signed by the client CA', async () => {
    const { chain } = await trust.issueClient('robot.example.com');
    const [pem = ''] = chain;

    assert.match(await opensslText(pem), /Extended Key Usage: \s+TLS Web Client Authentication\n/);
    assertSignedInTurn([new X509Certificate(pem), new X509Certificate(trust.clientCaPem)]);
  });

  test('certificates have keys of their own unless they may share, and never the same serial number', async () => {
    const [own, shared] = [
      await issueMany({ sharedKey: false }),
      await issueMany({ sharedKey: true }),
    ];

    assert.equal(new Set(own.map(({ keyPem }) => keyPem)).size, 40);
    assert.equal(new Set(shared.map(({ keyPem }) => keyPem)).size, 32);
    const serials = [...own, ...shared].map(
      ({ chain }) => new X509Certificate(chain[0] ?? '').serialNumber,
    );
    assert.equal(new Set(serials).size, 80);
  });
}
