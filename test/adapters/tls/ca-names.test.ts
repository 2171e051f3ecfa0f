import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import type { TlsOptions } from 'node:tls';
import { type Issued, makeLeaf, makeRoot } from '../../helpers/pki.ts';
import { certified, fail, probeAt, see, serveTls, testProber } from './servers.ts';

function only(version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): TlsOptions {
  return { minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' };
}

suite('the CA names that a server tells', () => {
  let first: Issued;
  let second: Issued;
  let leaf: Issued;
  before(async () => {
    first = await makeRoot({ name: 'Clients first' });
    second = await makeRoot({ name: 'Clients second' });
    leaf = await makeLeaf(null, { name: 'a.test' });
  });

  const asking = (options: TlsOptions): TlsOptions => ({
    ...certified(leaf),
    requestCert: true,
    ...options,
  });
  for (const version of ['TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const) {
    for (const insists of [true, false]) {
      test(`are seen in ${version}, whether it insists on a certificate or not (${insists})`, async (t) => {
        const ca = [first.pem, second.pem];
        const port = await serveTls(
          t,
          asking({ ca, rejectUnauthorized: insists, ...only(version) }),
        );

        const { caNames, protocol } = await see(testProber(), probeAt(port));

        assert.deepEqual(caNames?.toSorted(), ['CN=Clients first', 'CN=Clients second']);
        assert.equal(protocol, version);
      });
    }

    test(`are null in ${version} where nobody is asked for a certificate`, async (t) => {
      const port = await serveTls(t, { ...certified(leaf), ...only(version) });

      assert.equal((await see(testProber(), probeAt(port))).caNames, null);
    });
  }

  test('are none where TLS 1.2 names none, and unknown where TLS 1.3 does not say', async (t) => {
    const port = await serveTls(t, asking({ rejectUnauthorized: false }));
    const prober = testProber();

    const modern = await see(prober, probeAt(port));
    const older = await see(prober, probeAt(port, { newest: 'TLSv1.2' }));

    assert.deepEqual([modern.protocol, modern.caNames], ['TLSv1.3', null]);
    assert.deepEqual([older.protocol, older.caNames], ['TLSv1.2', []]);
  });

  test('are not to be had from a server of TLS 1.3 alone by asking in TLS 1.2', async (t) => {
    const port = await serveTls(t, asking({ rejectUnauthorized: false, ...only('TLSv1.3') }));

    const seen = await fail(testProber(), probeAt(port, { newest: 'TLSv1.2' }));

    assert.equal(seen.reason, 'no-common-parameters');
  });

  test('are no more than a hundred, however many it has', async (t) => {
    const roots = await Promise.all(
      Array.from({ length: 130 }, (_, index) => makeRoot({ name: `Root ${index}` })),
    );
    const ca = roots.map(({ pem }) => pem);
    const port = await serveTls(t, asking({ ca, rejectUnauthorized: false }));

    assert.equal((await see(testProber(), probeAt(port))).caNames?.length, 100);
  });
});
