import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import cas from '@alicloud/cas20200407';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { all, certificateClient, kindsOf, listIn } from '../certificate-clients.ts';
import {
  caller,
  codeOf,
  jobEnd,
  listenerState,
  mutual,
  nlbCaller,
  post,
  type Reply,
  shake,
  smallSandbox,
  until,
} from '../support.ts';

let sandbox: RunningSandbox;

const folder = mkdtempSync(join(tmpdir(), 'repositories-'));

async function pca(action: string, fields: Reply = {}): Promise<Reply> {
  const region = 'cn-hangzhou';
  return caller(sandbox, { product: 'pca', version: '2020-06-30', region })(action, fields);
}

function file(name: string, pem: unknown): string {
  writeFileSync(join(folder, name), String(pem));
  return join(folder, name);
}

export function repositoriesCases(): void {
  before(async () => {
    sandbox = await smallSandbox({ rateLimits: 'off' });
  });

  after(async () => {
    rmSync(folder, { recursive: true });
    await sandbox.close();
  });

  test('repositories hold what was brought, and at home what came over from private CAs', async () => {
    const [home, abroad] = [
      certificateClient(sandbox),
      certificateClient(sandbox, 'ap-southeast-1'),
    ];
    const types = async (client: typeof home) =>
      (
        await client.listCertWarehouse(new cas.ListCertWarehouseRequest({}))
      ).body?.certWarehouseList?.map((row) => row.type);
    const list = async (fields: Reply) =>
      (await home.listCert(new cas.ListCertRequest(fields))).body?.certList ?? [];

    assert.deepEqual(await types(home), ['uploadPCA', 'aliyunPCA']);
    assert.deepEqual(await types(abroad), ['uploadPCA']);
    const synced = await list({ sourceType: 'aliyun', certType: 'CA' });
    const known = listIn(await pca('DescribeCACertificateList'), 'CertificateList');
    assert.deepEqual(
      synced.map((row) => row.identifier),
      known.map((row) => row['Identifier']),
    );
    const revoked = (await list({ status: 'REVOKE' })).map((row) => row.commonName ?? '');
    assert.deepEqual(
      revoked.toSorted((one, other) => one.localeCompare(other)),
      ['Example Retired CA', 'Example Withdrawn CA', 'lost.example.com'],
    );
    const uploaded = await list({ sourceType: 'upload', certType: 'CA', status: 'ISSUE' });
    const bound = (await listenerState(sandbox, mutual)).slots.ca;
    assert.ok(uploaded.some((row) => `${row.identifier}-cn-hangzhou` === bound));
    const ending = uploaded.find((row) => row.commonName === 'Example Partner CA 2023');
    const days = ((ending?.afterDate ?? 0) - Date.now()) / 86_400_000;
    assert.ok(days > 11 && days < 13);
    const [cert] = await list({ certType: 'CERT', sourceType: 'upload' });
    assert.equal(cert?.existPrivateKey, true);
    assert.equal((await list({ warehouseId: synced[0]?.whId, certType: 'CERT' })).length, 3);
    assert.equal((await list({ keyWord: 'PARTNER ca' })).length, 1);
  });

  test('rows of repositories have the documented fields', async () => {
    const call = caller(sandbox, { product: 'cas', version: '2020-04-07', region: 'cn-hangzhou' });

    const [warehouse = {}] = listIn(
      await call('ListCertWarehouse', { Type: 'aliyunPCA' }),
      'CertWarehouseList',
    );
    const rows = listIn(await call('ListCert', { ShowSize: 1000 }), 'CertList');

    assert.deepEqual(kindsOf(warehouse), {
      ...all('string', 'InstanceId Name PcaInstanceId Type'),
      ...all('number', 'WhId Qps EndTime'),
      IsExpired: 'boolean',
    });
    for (const row of rows) {
      assert.deepEqual(kindsOf(row), {
        ...all(
          'string',
          'Identifier WhInstanceId Status SourceType CertType CommonName Issuer Sans',
        ),
        ...all('string', 'Algorithm SerialNo SignAlgorithm'),
        ...all('number', 'WhId BeforeDate AfterDate'),
        ExistPrivateKey: 'boolean',
      });
      assert.equal(row['SignAlgorithm'], 'SHA256WITHECDSA');
    }
  });

  test('a private CA in the CA slot of a listener lets its clients in', async () => {
    const [ca = {}] = listIn(
      await pca('DescribeCACertificateList', { CertType: 'root' }),
      'CertificateList',
    );
    const id = `${String(ca['Identifier'])}-cn-hangzhou`;
    const nlb = nlbCaller(sandbox);
    const { status, body } = await post(sandbox, '/client-certificates', {
      ca: id,
      name: 'bot.example.com',
    });
    assert.equal(status, 201);

    const change = { ListenerId: mutual, CaCertificateIds: [id], CaEnabled: true };
    assert.equal(await jobEnd(nlb, await nlb('UpdateListenerAttribute', change)), 'Succeeded');

    const [point] = (await listenerState(sandbox, mutual)).serving;
    assert.ok(point !== undefined);
    const identity = { cert: String(body['certificate']), key: String(body['key']) };
    await until(async () => ((await shake(point, identity)).error === null ? true : null));
    assert.notEqual((await shake(point)).error, null);
    const aliases = listIn(await pca('ListCert'), 'List').map((row) => row['AliasName']);
    assert.ok(aliases.includes('bot.example.com'));
    const unknown = post(sandbox, '/client-certificates', { ca: 'nobody-cn-hangzhou' });
    assert.equal((await unknown).status, 404);
  });

  test('openssl takes a leaf of the issuing CA for one of the root', async () => {
    const issued = listIn(await pca('ListClientCertificate'), 'CertificateList');
    const leaf = issued.find((row) => row['AliasName'] === 'robot');
    const Identifier = leaf?.['ParentIdentifier'];
    const [detail = {}] = listIn(
      { one: [(await pca('DescribeCACertificate', { Identifier }))['Certificate']] },
      'one',
    );
    const [middle, top] = String(detail['CaCertChain']).split(/(?=-----BEGIN)/);

    const told = execFileSync('openssl', [
      'verify',
      '-CAfile',
      file('root.pem', top),
      '-untrusted',
      file('middle.pem', middle),
      file('leaf.pem', leaf?.['X509Certificate']),
    ]);

    assert.match(told.toString(), /: OK/);
  });

  test('a revoked CA is still found by listeners and says so in every list', async (t) => {
    const fresh = await smallSandbox({ rateLimits: 'off' });
    t.after(() => fresh.close());
    const client = certificateClient(fresh);
    const id = (await listenerState(fresh, mutual)).slots.ca;

    const { status } = await post(fresh, '/certificates/revoke', { id });

    assert.equal(status, 200);
    const rows = (await client.listCert(new cas.ListCertRequest({ status: 'REVOKE' }))).body
      ?.certList;
    assert.ok(rows?.some((row) => `${row.identifier}-cn-hangzhou` === id));
    const call = nlbCaller(fresh)('UpdateListenerAttribute', {
      ListenerId: mutual,
      CaCertificateIds: [id],
    });
    assert.doesNotMatch(await codeOf(call).catch(() => 'it went through'), /NotFound/);
  });
}
