import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { all, kindsOf, listIn } from '../certificate-clients.ts';
import { caller, codeOf, type Reply, smallSandbox } from '../support.ts';

let sandbox: RunningSandbox;

async function pca(action: string, fields: Reply = {}, region = 'cn-hangzhou'): Promise<Reply> {
  return caller(sandbox, { product: 'pca', version: '2020-06-30', region })(action, fields);
}

/** The rows of a list by the names that the seed gives them. */
async function aliasesOf(action: string, fields: Reply): Promise<unknown[]> {
  const reply = await pca(action, fields);
  const list = action === 'ListCert' ? 'List' : 'CertificateList';
  return listIn(reply, list).map((row) => row['Alias'] ?? row['AliasName']);
}

/** A date without a time, so many days from now. */
function day(offset: number): string {
  return new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
}

const common = {
  ...all(
    'string',
    'Identifier CommonName Organization OrganizationUnit Locality State CountryCode',
  ),
  ...all('string', 'SubjectDN Status SerialNumber Algorithm SignAlgorithm Sha2 Md5'),
  ...all('string', 'X509Certificate ResourceGroupId CertificateType Sans'),
  ...all('number', 'KeySize BeforeDate AfterDate'),
};

const root = { ...common, Years: 'number' };

const sub = { ...root, ParentIdentifier: 'string' };

const listed = { Alias: 'string', Gift: 'number', Trial: 'number' };

const numbered = all('number', 'CurrentPage ShowSize PageCount TotalCount');

export function pcaCases(): void {
  before(async () => {
    sandbox = await smallSandbox({ rateLimits: 'off' });
  });

  after(() => sandbox.close());

  test('private CAs are listed as roots and those below them, with their certificates', async () => {
    const reply = await pca('DescribeCACertificateList');

    const rows = listIn(reply, 'CertificateList');
    const kinds = rows.map((row) => row['CertificateType']);
    assert.deepEqual(kinds, ['SUB_ROOT', 'SUB_ROOT', 'ROOT']);
    for (const row of rows) {
      assert.deepEqual(kindsOf(row), {
        ...(row['CertificateType'] === 'ROOT' ? root : sub),
        ...listed,
      });
      const x509 = new X509Certificate(String(row['X509Certificate']));
      assert.equal(row['AfterDate'], Date.parse(x509.validTo));
      assert.equal(row['Sha2'], x509.fingerprint256.replaceAll(':', '').toLowerCase());
      assert.equal(row['Md5'], createHash('md5').update(x509.raw).digest('hex'));
      assert.ok(x509.ca);
    }
    assert.deepEqual(kindsOf(reply), {
      ...numbered,
      CertificateList: 'array',
      RequestId: 'string',
    });
    assert.equal(reply['ShowSize'], 20);
  });

  test('a CA tells its chain, and every certificate in it is signed by the next', async () => {
    const [issuing] = listIn(await pca('DescribeCACertificateList'), 'CertificateList');

    const reply = await pca('DescribeCACertificate', { Identifier: issuing?.['Identifier'] });

    const [described = {}] = listIn({ one: [reply['Certificate']] }, 'one');
    assert.deepEqual(kindsOf(described), {
      ...sub,
      ...all('string', 'CaCertChain CrlStatus CrlUrl ClusterId FullAlgorithm IssuerType'),
      ...all(
        'number',
        'CertTotalCount CertRemainingCount CertIssuedCount CertMaxTime CrlDay KeyIndex',
      ),
      Tags: 'array',
    });
    assert.equal(typeof reply['Years'], 'number');
    const chain = String(described['CaCertChain'])
      .split(/(?=-----BEGIN)/)
      .map((pem) => new X509Certificate(pem));
    assert.equal(chain.length, 2);
    assert.ok(chain[1] !== undefined && chain[0]?.verify(chain[1].publicKey));
    assert.equal(
      Number(described['CertIssuedCount']) + Number(described['CertRemainingCount']),
      described['CertTotalCount'],
    );
    assert.equal(await codeOf(pca('DescribeCACertificate', { Identifier: 'x' })), 'NotFound');
  });

  test('filters of the list are spelt in their own way', async () => {
    assert.deepEqual(await aliasesOf('DescribeCACertificateList', { CertType: 'root' }), ['root']);
    assert.deepEqual(
      await aliasesOf('DescribeCACertificateList', { CertType: 'subRoot', CaStatus: 'issue' }),
      ['issuing'],
    );
    assert.deepEqual(await aliasesOf('DescribeCACertificateList', { CaStatus: 'revoke' }), [
      'retired',
    ]);
    assert.deepEqual(await aliasesOf('DescribeCACertificateList', { ValidStatus: 'notValid' }), []);
    assert.deepEqual(await aliasesOf('DescribeCACertificateList', { IssuerType: 'external' }), []);
    assert.deepEqual(
      await aliasesOf('DescribeCACertificateList', { ShowSize: 2, CurrentPage: 2 }),
      ['root'],
    );
    assert.equal(
      await codeOf(aliasesOf('DescribeCACertificateList', { CertType: 'ROOT' })),
      'InvalidParameter',
    );
  });

  test('client certificates come with their names as JSON and times as numbers', async () => {
    const reply = await pca('ListClientCertificate');

    const rows = listIn(reply, 'CertificateList');
    assert.deepEqual(kindsOf(reply), {
      ...numbered,
      CertificateList: 'array',
      RequestId: 'string',
      MaxResults: 'number',
    });
    for (const row of rows) {
      assert.deepEqual(kindsOf(row), {
        ...common,
        ...all('string', 'ParentIdentifier AliasName CustomIdentifier'),
        ...all('number', 'Id Days'),
      });
    }
    const robot = rows.find((row) => row['AliasName'] === 'robot');
    const names: unknown = JSON.parse(String(robot?.['Sans']));
    assert.deepEqual(names, [{ Type: 2, Value: 'robot.example.com' }]);
    const only = { Identifier: robot?.['Identifier'] };
    assert.equal(listIn(await pca('ListClientCertificate', only), 'CertificateList').length, 1);
  });

  test('certificates are listed by pages and by tokens, and tell dates in two ways', async () => {
    const whole = await pca('ListCert');
    const second = await pca('ListCert', { ShowSize: 2, CurrentPage: 2 });
    const aliases: unknown[] = [];
    let token: unknown;
    for (let page = 0; page < 10 && (page === 0 || token !== undefined); page += 1) {
      const next = token === undefined ? {} : { NextToken: token };
      const reply = await pca('ListCert', { MaxResults: 1, ...next });
      aliases.push(...listIn(reply, 'List').map((row) => row['AliasName']));
      token = reply['NextToken'];
    }

    const rows = listIn(whole, 'List');
    assert.deepEqual(
      aliases,
      rows.map((row) => row['AliasName']),
    );
    assert.deepEqual(kindsOf(whole), {
      ...numbered,
      List: 'array',
      MaxResults: 'number',
      RequestId: 'string',
    });
    assert.equal(listIn(second, 'List').length, rows.length - 2);
    for (const row of rows) {
      assert.deepEqual(kindsOf(row), {
        ...all(
          'string',
          'Identifier AliasName CustomIdentifier CertificateType CommonName Organization',
        ),
        ...all(
          'string',
          'OrganizationUnit SubjectDn Status SerialNumber Algorithm BeforeDate AfterDate Extra',
        ),
        ...all('number', 'Id BeforeTime AfterTime'),
        KeyExportable: 'boolean',
        Tags: 'array',
      });
      assert.equal(
        Date.parse(`${String(row['AfterDate']).replace(' ', 'T')}+08:00`),
        row['AfterTime'],
      );
    }
    const limits = [pca('ListCert', { MaxResults: 0 }), pca('ListCert', { MaxResults: 2001 })];
    for (const refused of limits)
      assert.match(await codeOf(refused), /MaxResults|InvalidParameter/);
    const foreign = pca('ListCert', {
      NextToken: String((await pca('ListPcaCaCertificate', { MaxResults: 1 }))['NextToken']),
    });
    assert.equal(await codeOf(foreign), 'InvalidParameter');
  });

  test('certificates are filtered by kind, status, issuer and validity', async () => {
    assert.deepEqual(await aliasesOf('ListCert', { Type: 'SERVER' }), ['inside']);
    assert.deepEqual(await aliasesOf('ListCert', { Type: 'CLIENT', Status: 'REVOKE' }), ['lost']);
    assert.deepEqual(await aliasesOf('ListCert', { InstanceUuid: 'another' }), []);
    assert.deepEqual(await aliasesOf('ListCert', { BeforeDate: day(-10) }), []);
    assert.deepEqual(
      await aliasesOf('ListCert', { BeforeDate: day(-60), AfterDate: day(100) }),
      [],
    );
    assert.deepEqual(
      await aliasesOf('ListCert', { Type: 'SERVER', AfterDate: `${day(400)} 00:00:00` }),
      ['inside'],
    );
  });

  test('the CAs of both sites are apart, and an error names the host of the certificate service', async () => {
    const of = async (region: string) =>
      listIn(await pca('ListPcaCaCertificate', {}, region), 'List').map(
        (row) => row['CertIdentifier'],
      );
    const [home, abroad] = [await of('cn-hangzhou'), await of('ap-southeast-1')];

    assert.equal(new Set([...home, ...abroad]).size, home.length + abroad.length);
    assert.ok(
      home.some((identifier) =>
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(String(identifier)),
      ),
    );
    const [row = {}] = listIn(await pca('ListPcaCaCertificate', {}, 'ap-southeast-1'), 'List');
    assert.deepEqual(
      kindsOf(row),
      all(
        'string',
        'CertIdentifier CommonName IssuerIdentifier PrivateCaInstanceId PrivateCaRegionId Status UserId',
      ),
    );
    assert.equal(row['PrivateCaRegionId'], 'ap-southeast-1');
    const refused: unknown = await pca(
      'DescribeCACertificate',
      { Identifier: 'x' },
      'ap-southeast-1',
    ).catch((error: unknown) => error);
    assert.ok(refused instanceof Error && 'data' in refused);
    assert.match(JSON.stringify(refused.data), /"HostId":"cas.ap-southeast-1.aliyuncs.com"/);
  });
}
