import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import cas from '@alicloud/cas20200407';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { createTrust } from '../../src/sandbox/x509/trust.ts';
import { certificate, codeOf, smallSandbox } from './support.ts';

const Client = cas.default;
const day = 24 * 3_600_000;
let sandbox: RunningSandbox;
before(async () => {
  sandbox = await smallSandbox();
});
after(() => sandbox.close());

function clientFor(site: string) {
  const { accessKeyId, accessKeySecret, endpoints } = sandbox.description;
  const config = new $OpenApiUtil.Config({
    accessKeyId,
    accessKeySecret,
    endpoint: endpoints['cas']?.[site] ?? '',
    protocol: 'http',
    readTimeout: 3000,
    connectTimeout: 1000,
  });
  return new Client(config);
}

async function list(site: string, fields: Record<string, unknown>) {
  const reply = await clientFor(site).listUserCertificateOrder(
    new cas.ListUserCertificateOrderRequest(fields),
  );
  return reply.body?.certificateOrderList ?? [];
}

test('certificates are listed with hashes in upper case and dates without a time', async () => {
  const web = await certificate(sandbox, 'web-2026a');

  const rows = await list('cn-hangzhou', { orderType: 'CERT' });

  const row = rows.find((each) => each.certificateId === web.certId);
  assert.equal(row?.sha2, web.fingerprint256.toUpperCase());
  assert.match(row?.fingerprint ?? '', /^[0-9A-F]{40}$/);
  assert.match(row?.endDate ?? '', /^\d{4}-\d\d-\d\d$/);
  assert.equal(row?.sans, 'www.example.com,example.com');
  assert.equal(row?.upload, false);
  assert.equal(row?.orderId, undefined);
});

test('expired certificates are listed only when asked for', async () => {
  const expired = await certificate(sandbox, 'old-upload');
  const has = (rows: { certificateId?: number }[]) =>
    rows.some((row) => row.certificateId === expired.certId);

  assert.equal(has(await list('cn-hangzhou', { orderType: 'CERT' })), false);
  assert.equal(has(await list('cn-hangzhou', { orderType: 'UPLOAD' })), false);
  assert.equal(has(await list('cn-hangzhou', { orderType: 'UPLOAD', status: 'EXPIRED' })), true);
});

test('without a type the list holds orders, with times in milliseconds', async () => {
  const rows = await list('cn-hangzhou', {});

  assert.equal(rows.length, 7);
  assert.equal(rows[0]?.certificateId, undefined);
  assert.equal(typeof rows[0]?.orderId, 'number');
  assert.ok((rows[0]?.certEndTime ?? 0) > Date.now());
});

test('pages are numbered and say how many there are', async () => {
  const client = clientFor('cn-hangzhou');
  const page = async (currentPage: number) =>
    (
      await client.listUserCertificateOrder(
        new cas.ListUserCertificateOrderRequest({ orderType: 'CERT', currentPage, showSize: 3 }),
      )
    ).body;

  const [first, last, beyond] = [await page(1), await page(3), await page(4)];

  assert.equal(first?.certificateOrderList?.length, 3);
  assert.equal(first?.totalCount, 7);
  assert.equal(last?.certificateOrderList?.length, 1);
  assert.equal(beyond?.certificateOrderList?.length, 0);
});

test('a detail withholds certificate and key only when told to', async () => {
  const web = await certificate(sandbox, 'web-2026a');
  const client = clientFor('cn-hangzhou');
  const detail = async (certFilter: boolean) =>
    (
      await client.getUserCertificateDetail(
        new cas.GetUserCertificateDetailRequest({ certId: web.certId, certFilter }),
      )
    ).body;

  const [open, filtered] = [await detail(false), await detail(true)];

  assert.match(open?.key ?? '', /^-----BEGIN PRIVATE KEY-----/);
  assert.equal(filtered?.key, undefined);
  assert.equal(filtered?.cert, undefined);
  assert.equal(filtered?.certIdentifier, web.id);
  assert.equal(filtered?.notAfter, Date.parse(web.notAfter));
  assert.equal(filtered?.certChain?.length, 2);
});

test('an uploaded certificate gets an id of its site, and its key stays out of the call log', async () => {
  const trust = await createTrust(Date.now());
  const made = await trust.issue({
    names: ['up.example.com'],
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
    keyType: 'rsa',
    issuer: 'main',
    chain: 'full',
  });
  const client = clientFor('ap-southeast-1');
  const upload = (key: string) =>
    client.uploadUserCertificate(
      new cas.UploadUserCertificateRequest({ name: 'mine', cert: made.chain.join(''), key }),
    );

  const uploaded = await upload(made.keyPem);

  const id = uploaded.body?.certId ?? 0;
  assert.equal((await certificate(sandbox, 'mine')).id, `${id}-ap-southeast-1`);
  assert.equal(await codeOf(upload(made.keyPem)), 'NameRepeat');
  const calls = await (await fetch(`${sandbox.control}/calls`)).text();
  assert.match(calls, /UploadUserCertificate/);
  assert.doesNotMatch(calls, /PRIVATE KEY/);
  await client.deleteUserCertificate(new cas.DeleteUserCertificateRequest({ certId: id }));
  assert.equal(
    await codeOf(
      client.getUserCertificateDetail(new cas.GetUserCertificateDetailRequest({ certId: id })),
    ),
    'NotFound',
  );
});

test('a certificate whose key is another is not taken', async () => {
  const client = clientFor('cn-hangzhou');
  const web = await certificate(sandbox, 'web-2026a');
  const other = await certificate(sandbox, 'portal');
  const material = async (certId: number) =>
    (await client.getUserCertificateDetail(new cas.GetUserCertificateDetailRequest({ certId })))
      .body;
  const [cert, key] = [
    (await material(web.certId))?.cert ?? '',
    (await material(other.certId))?.key ?? '',
  ];

  const code = await codeOf(
    client.uploadUserCertificate(new cas.UploadUserCertificateRequest({ name: 'x', cert, key })),
  );

  assert.equal(code, 'InvalidParameter');
});

test('the sites are apart, and repositories tell when a CA certificate ends', async () => {
  const abroad = await list('ap-southeast-1', { orderType: 'CERT' });
  const cas2 = await clientFor('cn-hangzhou').listCert(new cas.ListCertRequest({ certType: 'CA' }));

  assert.equal(
    abroad.some((row) => row.name === 'web-2026a'),
    false,
  );
  const row = cas2.body?.certList?.[0];
  assert.equal(row?.commonName, 'Sandbox Client CA');
  assert.ok((row?.afterDate ?? 0) > Date.now());
});
