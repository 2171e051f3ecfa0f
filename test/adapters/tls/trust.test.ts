import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { systemClock } from '../../../src/adapters/clock.ts';
import { type Issued, makeIntermediate, makeLeaf, makeRoot } from '../../helpers/pki.ts';
import { certified, probeAt, see, serveTls, testProber } from './servers.ts';

const day = 24 * 3_600_000;
const from = (days: number) => new Date(Date.now() + days * day);

interface Case {
  readonly title: string;
  readonly chain: readonly Issued[];
  readonly reason: string;
  readonly detail: RegExp;
}

suite('trust', () => {
  let root: Issued;
  let intermediate: Issued;
  const cases: Case[] = [];
  const add = (reason: string, title: string, chain: readonly Issued[], detail: RegExp) =>
    cases.push({ reason, title, chain, detail });

  before(async () => {
    root = await makeRoot({ name: 'Root', notBefore: from(-90) });
    intermediate = await makeIntermediate(root, { name: 'Intermediate' });
    const old = { notBefore: from(-90), notAfter: from(-1) };
    const leaf = await makeLeaf(intermediate, { name: 'a.test' });
    const expired = await makeLeaf(intermediate, { name: 'a.test', ...old });
    const oldIssuer = await makeIntermediate(root, { name: 'Old', ...old });
    const stranger = await makeRoot({ name: 'Stranger' });
    const strange = await makeIntermediate(stranger, { name: 'Strange' });
    const strangeLeaf = await makeLeaf(strange, { name: 'a.test' });
    const impostor = await makeIntermediate(stranger, { name: 'Intermediate' });
    const early = await makeLeaf(intermediate, { name: 'a.test', notBefore: from(1) });
    const small = await makeLeaf(intermediate, { name: 'a.test', keyType: 'rsa-1024' });
    const client = await makeLeaf(intermediate, { name: 'a.test', use: 'client' });

    add('expired', 'an expired leaf', [expired, intermediate], /^the leaf expired at \d{4}-/);
    add(
      'expired',
      'both faults of an expired leaf without issuer',
      [expired],
      /; only the leaf was sent/,
    );
    add(
      'expired',
      'an expired issuer',
      [await makeLeaf(oldIssuer, { name: 'a.test' }), oldIssuer],
      /^an issuer expired/,
    );
    add(
      'not-yet-valid',
      'a leaf from the future',
      [early, intermediate],
      /^the leaf is not valid before/,
    );
    add(
      'self-signed',
      'a self-signed leaf',
      [await makeLeaf(null, { name: 'a.test' })],
      /self-signed/,
    );
    add('incomplete-chain', 'a leaf alone', [leaf], /only the leaf was sent.*CN=Intermediate/);
    add(
      'incomplete-chain',
      'a leaf with a stranger',
      [leaf, strange],
      /issuer of the leaf was not sent/,
    );
    add('incomplete-chain', 'a namesake with another key', [leaf, impostor], /was not sent/);
    add('unknown-issuer', 'a chain to an unknown root', [strangeLeaf, strange], /no trusted root/);
    add(
      'unknown-issuer',
      'an unknown root that was sent',
      [strangeLeaf, strange, stranger],
      /not trusted: CN=Stranger/,
    );
    add('other', 'a key of 1024 bits', [small, intermediate], /1024 bits/);
    add('other', 'a leaf that is for clients only', [client, intermediate], /INVALID_PURPOSE/);
    add(
      'incomplete-chain',
      'an issuer that is no authority',
      [await makeLeaf(leaf, { name: 'b.test' }), leaf, intermediate],
      /was not sent/,
    );
  });

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`${version}: an untrusted leaf is seen, with the reason`, async (t) => {
      const prober = testProber({ roots: [root.pem] });
      for (const { title, chain, reason, detail } of cases) {
        const [leaf, ...rest] = chain;
        assert.ok(leaf !== undefined);
        const port = await serveTls(t, {
          ...certified(leaf, ...rest),
          ciphers: 'DEFAULT:@SECLEVEL=0',
          minVersion: version,
          maxVersion: version,
        });

        const seen = await see(prober, probeAt(port));

        assert.equal(seen.leaf.fingerprint256, leaf.fingerprint256, title);
        assert.ok(seen.trust.verdict === 'untrusted', title);
        assert.equal(seen.trust.reason, reason, `${title}: ${seen.trust.detail}`);
        assert.match(seen.trust.detail, detail, title);
      }
    });
  }

  test('roots may come several in one text', async (t) => {
    const [second, leaf] = [
      await makeRoot({ name: 'Second' }),
      await makeLeaf(root, { name: 'a.test' }),
    ];
    const port = await serveTls(t, certified(leaf));
    const prober = testProber({ roots: [`${second.pem}\n${root.pem}`] });

    const seen = await see(prober, probeAt(port));

    assert.deepEqual(seen.trust, { verdict: 'trusted' });
  });

  test("a leaf of a kind that is neither RSA nor ECDSA is 'other'", async (t) => {
    const leaf = await makeLeaf(root, { name: 'a.test', keyType: 'ed25519' });
    const port = await serveTls(t, certified(leaf));

    const seen = await see(testProber({ roots: [root.pem] }), probeAt(port));

    assert.equal(seen.leaf.keyType, 'other');
  });

  const clocks = [
    ['valid by the machine’s clock, expired by ours', 10, 11, 'expired'],
    ['expired by the machine’s clock, valid by ours', -1, -2, 'trusted'],
  ] as const;
  for (const [title, notAfter, now, expected] of clocks) {
    test(`a leaf that is ${title}: ${expected}`, async (t) => {
      const dates = { notBefore: from(-30), notAfter: from(notAfter) };
      const port = await serveTls(t, certified(await makeLeaf(root, { name: 'a.test', ...dates })));
      const prober = testProber({
        roots: [root.pem],
        clock: { ...systemClock, now: () => from(now) },
      });

      const { trust } = await see(prober, probeAt(port));

      assert.equal(trust.verdict === 'untrusted' ? trust.reason : trust.verdict, expected);
    });
  }

  test('a root, an identity or an override that cannot be used is refused at the start', async () => {
    const other = await makeLeaf(root, { name: 'other' });
    const mixed = new Map([['partner', { certificate: root.pem, key: other.keyPem }]]);

    assert.throws(() => testProber({ roots: ['no certificate'] }), { code: 'config.invalid' });
    assert.throws(() => testProber({ identities: mixed }), { code: 'config.invalid' });
    for (const dial of [{ a: 'b:1' }, { 'a:1': 'b' }, { 'a:1': 'b:0' }, { 'a:1': 'b:65536' }]) {
      assert.throws(() => testProber({ dial }), { code: 'config.invalid' });
    }
  });
});
