import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { before, suite, test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { promisify } from 'node:util';
import { type Issued, makeIntermediate, makeLeaf, makeRoot } from '../../helpers/pki.ts';
import {
  certified,
  endpointAt,
  fail,
  hearing,
  never,
  probeAt,
  see,
  serveTls,
  testProber,
} from './servers.ts';

const run = promisify(execFile);
// Not every machine has it; the test is skipped where it is missing.
const openssl = 'openssl';
const hasOpenssl = spawnSync(openssl, ['version']).status === 0;

suite('what one handshake shows', () => {
  let root: Issued;
  let intermediate: Issued;
  let leaf: Issued;
  let rsaLeaf: Issued;
  before(async () => {
    root = await makeRoot({ name: 'Root' });
    intermediate = await makeIntermediate(root, { name: 'Intermediate', keyType: 'rsa' });
    leaf = await makeLeaf(intermediate, {
      name: 'Shop.example.com',
      names: ['Shop.example.com', '*.shop.example.com'],
      addresses: ['10.0.0.1', '2001:db8::1'],
    });
    rsaLeaf = await makeLeaf(intermediate, { name: 'shop.example.com', keyType: 'rsa' });
  });

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`${version}: leaf, chain as sent, names, parameters, trust`, async (t) => {
      const port = await serveTls(t, {
        ...certified(leaf, intermediate),
        minVersion: version,
        maxVersion: version,
      });
      const prober = testProber({ roots: [root.pem] });

      const seen = await see(prober, probeAt(port, { serverName: 'a.shop.example.com' }));

      assert.deepEqual(seen.chain, [leaf.fingerprint256, intermediate.fingerprint256]);
      assert.equal(seen.leaf.fingerprint256, leaf.fingerprint256);
      assert.deepEqual(seen.leaf.names, [
        'shop.example.com',
        '*.shop.example.com',
        '10.0.0.1',
        '2001:db8::1',
      ]);
      assert.equal(seen.leaf.subject, 'CN=Shop.example.com');
      assert.equal(seen.leaf.issuer, 'CN=Intermediate');
      assert.equal(seen.leaf.keyType, 'ecdsa');
      assert.ok(seen.leaf.notBefore < seen.at && seen.leaf.notAfter > seen.at);
      assert.equal(seen.protocol, version);
      assert.match(seen.cipher, version === 'TLSv1.3' ? /^TLS_/ : /^ECDHE-ECDSA-/);
      assert.deepEqual(seen.trust, { verdict: 'trusted' });
      assert.equal(seen.nameCovered, true);
      assert.equal(seen.clientAuth, 'none');
      assert.ok(seen.millis > 0 && seen.millis < 5000);
    });

    test(`${version}: the chain has what was sent and nothing found elsewhere`, async (t) => {
      const stranger = await makeRoot({ name: 'Stranger' });
      const options = { minVersion: version, maxVersion: version };
      const alone = await serveTls(t, { ...certified(leaf), ...options });
      const crowded = await serveTls(t, {
        ...certified(leaf, intermediate, root, stranger),
        ...options,
      });
      const prober = testProber({ roots: [root.pem, intermediate.pem] });

      const [short, long] = [
        await see(prober, probeAt(alone)),
        await see(prober, probeAt(crowded)),
      ];

      assert.deepEqual(short.chain, [leaf.fingerprint256]);
      assert.deepEqual(
        long.chain,
        [leaf, intermediate, root, stranger].map(({ fingerprint256 }) => fingerprint256),
      );
    });

    test(`${version}: the offered key type chooses between two certificates`, async (t) => {
      const [ecdsa, rsa] = [certified(leaf, intermediate), certified(rsaLeaf, intermediate)];
      const port = await serveTls(t, {
        key: [ecdsa.key, rsa.key],
        cert: [ecdsa.cert, rsa.cert],
        minVersion: version,
        maxVersion: version,
      });
      const prober = testProber();

      const asRsa = await see(prober, probeAt(port, { keyType: 'rsa' }));
      const asEcdsa = await see(prober, probeAt(port, { keyType: 'ecdsa' }));

      assert.equal(asRsa.leaf.fingerprint256, rsaLeaf.fingerprint256);
      assert.equal(asRsa.leaf.keyType, 'rsa');
      assert.equal(asEcdsa.leaf.fingerprint256, leaf.fingerprint256);
    });

    test(`${version}: a key type that the server does not have is no common parameter`, async (t) => {
      const port = await serveTls(t, {
        ...certified(rsaLeaf),
        minVersion: version,
        maxVersion: version,
      });

      const seen = await fail(testProber(), probeAt(port, { keyType: 'ecdsa' }));

      assert.equal(seen.reason, 'no-common-parameters');
    });
  }

  test('a server that insists on another curve is read through its retry', async (t) => {
    const port = await serveTls(t, {
      ...certified(leaf, intermediate),
      ecdhCurve: 'P-521',
      minVersion: 'TLSv1.3',
    });

    const seen = await see(testProber(), probeAt(port));

    assert.equal(seen.chain.length, 2);
    assert.equal(seen.clientAuth, 'none');
  });

  for (const suiteName of ['TLS_AES_128_GCM_SHA256', 'TLS_CHACHA20_POLY1305_SHA256']) {
    test(`${suiteName} is read like any other`, async (t) => {
      const port = await serveTls(t, { ...certified(leaf, intermediate), ciphers: suiteName });

      const seen = await see(testProber(), probeAt(port));

      assert.equal(seen.cipher, suiteName);
      assert.equal(seen.chain.length, 2);
    });
  }

  test('the server name is sent as given, and none when it is null or an address', async (t) => {
    const asked = hearing<unknown>(3);
    const port = await serveTls(t, certified(leaf), (socket) => {
      asked.add(Reflect.get(socket, 'servername'));
    });
    const prober = testProber();

    for (const serverName of ['shop.example.com', null, '10.0.0.1']) {
      await see(prober, probeAt(port, { serverName }));
    }

    assert.deepEqual(await asked.all, ['shop.example.com', false, false]);
  });

  test('the leaf follows the server name', async (t) => {
    const other = await makeLeaf(root, { name: 'other.example.com' });
    const port = await serveTls(t, {
      ...certified(leaf),
      SNICallback: (name, answer) => {
        const options = certified(name === 'other.example.com' ? other : leaf);
        answer(null, createSecureContext(options));
      },
    });

    const seen = await see(testProber(), probeAt(port, { serverName: 'other.example.com' }));

    assert.equal(seen.leaf.fingerprint256, other.fingerprint256);
  });

  const coverage = [
    ['shop.example.com', true],
    ['SHOP.example.com', true],
    ['deep.er.shop.example.com', false],
    ['example.com', false],
    ['10.0.0.1', true],
    ['10.0.0.2', false],
    ['2001:0DB8:0::1', true],
    [null, null],
  ] as const;
  for (const [serverName, covered] of coverage) {
    test(`name coverage of ${serverName ?? 'no name'} is ${covered}`, async (t) => {
      const port = await serveTls(t, certified(leaf));

      const seen = await see(testProber(), probeAt(port, { serverName }));

      assert.equal(seen.nameCovered, covered);
    });
  }

  test('every look is a handshake of its own', async (t) => {
    const resumed = hearing<boolean>(2);
    const port = await serveTls(t, { ...certified(leaf), maxVersion: 'TLSv1.2' }, (socket) => {
      resumed.add(socket.isSessionReused());
    });
    const prober = testProber();

    await see(prober, probeAt(port));
    await see(prober, probeAt(port));

    assert.deepEqual(await resumed.all, [false, false]);
  });

  test('the protocols to speak are offered as given', async (t) => {
    const spoken = hearing<unknown>(2);
    const port = await serveTls(t, { ...certified(leaf), ALPNProtocols: ['h2'] }, (socket) => {
      spoken.add(socket.alpnProtocol);
    });

    await see(testProber(), probeAt(port, { alpn: ['h2', 'http/1.1'] }));
    await see(testProber(), probeAt(port));

    assert.deepEqual(await spoken.all, ['h2', false]);
  });

  test('an override says where to connect', async (t) => {
    const port = await serveTls(t, certified(leaf));
    const dial = {
      '198.51.100.7:443': `127.0.0.1:${port}`,
      '[2001:db8::9]:443': `localhost:${port}`,
    };
    const prober = testProber({ dial });

    for (const address of ['198.51.100.7', '2001:db8::9']) {
      const seen = await see(prober, probeAt(443, { endpoint: endpointAt(443, { address }) }));
      assert.equal(seen.leaf.fingerprint256, leaf.fingerprint256);
    }
  });

  test('openssl sees the same leaf', { skip: !hasOpenssl && 'openssl is missing' }, async (t) => {
    const port = await serveTls(t, certified(leaf, intermediate));

    const seen = await see(testProber(), probeAt(port));
    const { stdout } = await run('sh', [
      '-c',
      `${openssl} s_client -connect 127.0.0.1:${port} </dev/null 2>/dev/null | ${openssl} x509 -noout -fingerprint -sha256`,
    ]);

    const fingerprint = stdout.split('=')[1]?.trim().replaceAll(':', '').toLowerCase();
    assert.equal(seen.leaf.fingerprint256, fingerprint);
  });

  test('a private address is reached only in a VPC of the vantage', () => {
    const prober = testProber({ vantage: { networks: ['public', 'private'], vpcs: ['vpc-1'] } });

    const reached = [
      prober.reaches(endpointAt(443)),
      prober.reaches(endpointAt(443, { network: 'private', vpcId: 'vpc-1' })),
      prober.reaches(endpointAt(443, { network: 'private', vpcId: 'vpc-2' })),
      prober.reaches(endpointAt(443, { network: 'private' })),
      prober.reaches(endpointAt(443, { network: 'ipv6', vpcId: 'vpc-1' })),
    ];

    assert.deepEqual(reached, [true, true, false, false, false]);
  });

  test('an endpoint outside the vantage is not touched', async (t) => {
    let touched = false;
    const port = await serveTls(t, certified(leaf), () => {
      touched = true;
    });
    const prober = testProber({ vantage: { networks: ['private'], vpcs: [] } });

    const seen = await prober.observe(probeAt(port), never);

    assert.equal(seen.kind === 'failed' && seen.reason, 'outside-vantage');
    assert.equal(touched, false);
  });
});
