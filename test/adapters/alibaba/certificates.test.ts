import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Certificate } from '../../../src/domain/certificate.ts';
import type { CertificateStore } from '../../../src/ports/listeners.ts';
import { type Answer, openCloudServer, type Received, refused } from './cloud-server.ts';
import { never, openTestAccount } from './parts.ts';

const sha2 = 'AB'.repeat(32);

function row(id: number, over: object = {}): object {
  return {
    CertificateId: id,
    Name: `cert-${id}`,
    CommonName: 'Shop.example.com',
    Sans: 'Shop.example.com, *.shop.example.com',
    Sha2: sha2,
    Issuer: 'Some CA',
    StartDate: '2026-01-01',
    EndDate: '2026-12-31',
    ...over,
  };
}

function orders(rows: readonly object[], total = rows.length): Answer {
  return { json: { RequestId: 'r', CertificateOrderList: rows, TotalCount: total } };
}

const detail = {
  json: {
    RequestId: 'r',
    Id: 1,
    Name: 'cert-1',
    Common: 'shop.example.com',
    Sans: 'shop.example.com',
    Sha2: sha2,
    Issuer: 'Some CA',
    Algorithm: 'ECC_256',
    StartDate: '2026-01-01',
    EndDate: '2026-12-31',
    NotBefore: 1_767_225_600_000,
    NotAfter: 1_798_675_199_000,
    CertIdentifier: '1-cn-hangzhou',
  },
};

async function listed(store: CertificateStore): Promise<readonly Certificate[]> {
  const all: Certificate[] = [];
  for await (const certificate of store.list(never)) all.push(certificate);
  return all;
}

/** The rows of one kind, on one page. */
function only(kind: string, status: string | undefined, rows: readonly object[]) {
  return ({ params }: Received) =>
    params['OrderType'] === kind && params['Status'] === status ? orders(rows) : orders([]);
}

test('bought and uploaded certificates are listed, expired ones too, each once and on every page', async (t) => {
  const server = await openCloudServer(t);
  const pages = [Array.from({ length: 50 }, (_, at) => row(at + 1)), [row(51), row(1)]];
  server.on('ListUserCertificateOrder', ({ params }) => {
    const { OrderType, Status, CurrentPage } = params;
    if (OrderType === 'UPLOAD') return orders([row(Status === 'EXPIRED' ? 102 : 101)]);
    if (Status === 'EXPIRED') return orders([{ OrderId: 5, Status: 'EXPIRED' }, row(100)]);
    return orders(pages[Number(CurrentPage) - 1] ?? [], 52);
  });
  const { account } = openTestAccount(server.host);

  const found = await listed(account.stores('cn-hangzhou'));

  const ids = found.map(({ id }) => Number(id.split('-')[0]));
  assert.deepEqual(ids, [...Array.from({ length: 51 }, (_, at) => at + 1), 100, 101, 102]);
  assert.equal(server.calls.length, 5);
});

test('a row becomes public facts, with its days at the earliest moment they can mean', async (t) => {
  const server = await openCloudServer(t);
  server.on('ListUserCertificateOrder', only('CERT', undefined, [row(7)]));
  const { account } = openTestAccount(server.host);

  const found = await listed(account.stores('cn-hangzhou'));

  assert.deepEqual(found, [
    {
      id: '7-cn-hangzhou',
      site: 'cn-hangzhou',
      label: 'cert-7',
      fingerprint256: sha2.toLowerCase(),
      names: ['shop.example.com', '*.shop.example.com'],
      keyType: null,
      keyBits: null,
      issuer: 'Some CA',
      selfSigned: false,
      notBefore: new Date('2025-12-31T10:00:00Z'),
      notAfter: new Date('2026-12-30T10:00:00Z'),
      revoked: false,
    },
  ]);
});

test('a listing that stops short of its own count is unreadable, not complete', async (t) => {
  const server = await openCloudServer(t);
  server.on('ListUserCertificateOrder', ({ params }) =>
    orders(params['CurrentPage'] === '1' ? [row(1)] : [], 2),
  );
  const { account } = openTestAccount(server.host);

  await assert.rejects(listed(account.stores('cn-hangzhou')), { code: 'cloud.unreadable' });
});

test('a certificate is resolved to the millisecond, without its keys, and asked for once', async (t) => {
  const server = await openCloudServer(t);
  server.on('GetUserCertificateDetail', detail);
  const { account } = openTestAccount(server.host);
  const store = account.stores('cn-hangzhou');

  const first = await store.resolve('1-cn-hangzhou', never);
  const second = await store.resolve('1-cn-hangzhou', never);

  assert.deepEqual(second, first);
  assert.equal(first?.notAfter?.getTime(), 1_798_675_199_000);
  assert.equal(first.notBefore?.getTime(), 1_767_225_600_000);
  assert.deepEqual([first.keyType, first.keyBits], ['ecdsa', 256]);
  assert.equal(server.calls.length, 1);
  assert.deepEqual(server.calls[0]?.params, { CertId: '1', CertFilter: 'true' });
});

test('exact facts show up in the next listing, and are forgotten when the store no longer lists them', async (t) => {
  const server = await openCloudServer(t);
  server.on('GetUserCertificateDetail', detail);
  server.on('ListUserCertificateOrder', only('CERT', undefined, [row(1)]));
  const { account } = openTestAccount(server.host);
  const store = account.stores('cn-hangzhou');
  await store.resolve('1-cn-hangzhou', never);

  const [certificate] = await listed(store);
  assert.equal(certificate?.notAfter?.getTime(), 1_798_675_199_000);

  server.on('ListUserCertificateOrder', orders([]));
  server.on('GetUserCertificateDetail', refused(404, 'NotFound.Certificate'));
  assert.deepEqual(await listed(store), []);
  assert.equal(await store.resolve('1-cn-hangzhou', never), null);
});

test('where the detail call is denied the listing answers, and the denial is logged once', async (t) => {
  const server = await openCloudServer(t);
  server.on('GetUserCertificateDetail', refused(403, 'NoPermission'));
  server.on('ListUserCertificateOrder', only('UPLOAD', undefined, [row(1), row(2)]));
  const { account, logged } = openTestAccount(server.host);
  const store = account.stores('cn-hangzhou');

  const first = await store.resolve('1-cn-hangzhou', never);
  const bare = await store.resolve('2', never);
  const unknown = await store.resolve('3-cn-hangzhou', never);

  assert.equal(first?.notAfter?.toISOString(), '2026-12-30T10:00:00.000Z');
  assert.equal(bare?.id, '2');
  assert.equal(unknown, null);
  assert.deepEqual(logged, ['certificate details are denied, using the listing']);
  const actions = server.calls.map(({ action }) => action);
  assert.equal(actions.filter((action) => action === 'GetUserCertificateDetail').length, 1);
  assert.equal(actions.filter((action) => action === 'ListUserCertificateOrder').length, 4);
});

test('an account that only observes never makes the detail call', async (t) => {
  const server = await openCloudServer(t);
  server.on('ListUserCertificateOrder', only('CERT', 'EXPIRED', [row(1)]));
  const { account } = openTestAccount(server.host, { useDetail: false });

  const found = await account.stores('cn-hangzhou').resolve('1-cn-hangzhou', never);

  assert.equal(found?.label, 'cert-1');
  assert.ok(server.calls.every(({ action }) => action === 'ListUserCertificateOrder'));
});

test('where only the listing tells and it has just failed, it is not asked again for each certificate', async (t) => {
  const server = await openCloudServer(t);
  server.on('ListUserCertificateOrder', refused(503, 'ServiceUnavailable'));
  const { account, clock } = openTestAccount(server.host, { useDetail: false });
  const store = account.stores('cn-hangzhou');
  const down = { code: 'cloud.unavailable' };
  await assert.rejects(listed(store), down);
  const { length: made } = server.calls;

  await assert.rejects(store.resolve('1-cn-hangzhou', never), down);
  await assert.rejects(store.resolve('2-cn-hangzhou', never), down);

  assert.equal(server.calls.length, made);
  server.on('ListUserCertificateOrder', only('CERT', undefined, [row(1)]));
  clock.advance(10_000);
  const found = await store.resolve('1-cn-hangzhou', never);
  assert.equal(found?.label, 'cert-1');
});

test('ids of another site and of other shapes name nothing here, and nothing is called for them', async (t) => {
  const server = await openCloudServer(t);
  const { account } = openTestAccount(server.host);
  const store = account.stores('cn-hangzhou');

  for (const id of [
    '1-ap-southeast-1',
    '12315790343_166f8204689_1714763408_7',
    '139a00604ad-cn-hangzhou',
    '',
  ]) {
    assert.equal(await store.resolve(id, never), null, id);
  }
  assert.equal(server.calls.length, 0);
});
