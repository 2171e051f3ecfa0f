import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import cas from '@alicloud/cas20200407';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { all, certificateClient, kindsOf, listIn } from '../certificate-clients.ts';
import { caller, certificate, post, smallSandbox } from '../support.ts';

let sandbox: RunningSandbox;

async function list(site: string, fields: Record<string, unknown>) {
  const reply = await certificateClient(sandbox, site).listUserCertificateOrder(
    new cas.ListUserCertificateOrderRequest(fields),
  );
  return reply.body?.certificateOrderList ?? [];
}

async function raw(action: string, fields: Record<string, unknown>) {
  const call = caller(sandbox, { product: 'cas', version: '2020-04-07', region: 'cn-hangzhou' });
  return call(action, fields);
}

const dates = all('string', 'StartDate EndDate');

const holder = all('string', 'OrgName Country Province City');

const hashes = all('string', 'SerialNo Fingerprint Sha2 Issuer Sans');

async function order(name: string, notAfterDays: number) {
  const names = [`${name}.status.example.com`];
  return post(sandbox, '/certificates', { names, name, notAfterDays });
}

/** Which of the certificates ordered so a list has. */
async function named(fields: Record<string, unknown>) {
  const rows = await list('cn-hangzhou', { keyword: 'STATUS.example', ...fields });
  return rows.map((row) => row.name ?? row.domain?.split('.')[0]);
}

export function listCases(): void {
  before(async () => {
    sandbox = await smallSandbox({ rateLimits: 'off' });
  });

  after(() => sandbox.close());

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
    const client = certificateClient(sandbox);
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
    const client = certificateClient(sandbox);
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

  test('the sites are apart, and repositories tell when a CA certificate ends', async () => {
    const abroad = await list('ap-southeast-1', { orderType: 'CERT' });
    const cas2 = await certificateClient(sandbox).listCert(
      new cas.ListCertRequest({ certType: 'CA' }),
    );

    assert.equal(
      abroad.some((row) => row.name === 'web-2026a'),
      false,
    );
    const row = cas2.body?.certList?.find((each) => each.commonName === 'Sandbox Client CA');
    assert.equal(row?.sourceType, 'upload');
    assert.ok((row?.afterDate ?? 0) > Date.now());
  });

  test('a row has the fields of its kind and no other', async () => {
    const reply = await raw('ListUserCertificateOrder', {});
    const orders = listIn(reply, 'CertificateOrderList');
    const certificates = listIn(
      await raw('ListUserCertificateOrder', { OrderType: 'CERT' }),
      'CertificateOrderList',
    );

    assert.deepEqual(kindsOf(reply), {
      ...all('number', 'CurrentPage ShowSize TotalCount'),
      CertificateOrderList: 'array',
      RequestId: 'string',
    });
    assert.equal(reply['ShowSize'], 50);
    for (const row of orders) {
      assert.deepEqual(kindsOf(row), {
        ...all('string', 'InstanceId PartnerOrderId ProductCode ProductName RootBrand SourceType'),
        ...all('string', 'Status Domain DomainType CertType Algorithm TrusteeStatus'),
        ...all('number', 'OrderId AliyunOrderId DomainCount WildDomainCount BuyDate'),
        ...all('number', 'CertStartTime CertEndTime'),
      });
    }
    for (const row of certificates) {
      assert.deepEqual(kindsOf(row), {
        ...all('string', 'InstanceId Name CommonName ResourceGroupId'),
        ...hashes,
        ...holder,
        ...dates,
        ...all('boolean', 'Expired Upload'),
        CertificateId: 'number',
      });
    }
  });

  test('a detail has every field of a certificate with its key, and calls the name Common', async () => {
    const { certId } = await certificate(sandbox, 'web-2026a');

    const detail = await raw('GetUserCertificateDetail', { CertId: certId });

    assert.deepEqual(kindsOf(detail), {
      ...all('string', 'Name Common Cert Key CertSha2 Algorithm InstanceId CertIdentifier'),
      ...all('string', 'ResourceGroupId RequestId'),
      ...hashes,
      ...holder,
      ...dates,
      ...all('number', 'Id OrderId NotBefore NotAfter'),
      ...all('boolean', 'Expired BuyInAliyun'),
      ...all('array', 'CertChain Tags'),
    });
    const [link = {}] = listIn(detail, 'CertChain');
    assert.deepEqual(kindsOf(link), {
      ...all('string', 'CommonName IssuerCommonName'),
      ...all('number', 'NotBefore NotAfter RemainDay'),
    });
  });

  test('thirty days are about to expire, and every status finds its own', async () => {
    await order('later', 30.5);
    await order('soon', 30);
    await order('over', -1);
    for (const orderType of ['CERT', 'CPACK']) {
      assert.deepEqual(await named({ orderType, status: 'ISSUED' }), ['later']);
      assert.deepEqual(await named({ orderType, status: 'WILLEXPIRED' }), ['soon']);
      assert.deepEqual(await named({ orderType, status: 'EXPIRED' }), ['over']);
    }
    assert.deepEqual(await named({ orderType: 'CERT' }), ['soon', 'later']);
    assert.deepEqual(await named({ orderType: 'CPACK' }), ['over', 'soon', 'later']);
    assert.deepEqual(await named({ orderType: 'CERT', status: 'PAYED' }), []);
  });

  test('a keyword is part of a domain or of a resource id, not of a name', async () => {
    const [row] = await list('cn-hangzhou', { orderType: 'CERT', keyword: 'portal.example' });
    const byId = await list('cn-hangzhou', { orderType: 'CERT', keyword: row?.instanceId });

    assert.equal(row?.name, 'portal');
    assert.deepEqual(
      byId.map((each) => each.name),
      ['portal'],
    );
    assert.deepEqual(await list('cn-hangzhou', { orderType: 'CERT', keyword: 'web-2026' }), []);
  });
}
