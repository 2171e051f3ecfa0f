import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import cas from '@alicloud/cas20200407';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { certificateClient, kindsOf } from '../certificate-clients.ts';
import { caller, certificate, post, smallSandbox } from '../support.ts';

let sandbox: RunningSandbox;

async function orders(fields: Record<string, unknown>) {
  const request = new cas.ListUserCertificateOrderRequest(fields);
  const reply = await certificateClient(sandbox).listUserCertificateOrder(request);
  return reply.body?.certificateOrderList ?? [];
}

async function placed(order: Record<string, unknown>): Promise<number> {
  const { status, body } = await post(sandbox, '/orders', order);
  assert.equal(status, 201);
  return Number(body['orderId']);
}

async function rawState(orderId: number) {
  const call = caller(sandbox, { product: 'cas', version: '2020-04-07', region: 'cn-hangzhou' });
  const { RequestId: _id, ...state } = await call('DescribeCertificateState', { OrderId: orderId });
  return state;
}

export function ordersCases(): void {
  before(async () => {
    sandbox = await smallSandbox({ rateLimits: 'off' });
  });

  after(() => sandbox.close());

  test('an order has the fields of its state and the status of the list', async () => {
    const cases = [
      { order: { state: 'payed' }, type: 'payed', status: 'PAYED', fields: {} },
      { order: { state: 'process' }, type: 'process', status: 'CHECKING', fields: {} },
      { order: { state: 'verify_fail' }, type: 'verify_fail', status: 'CHECKED_FAIL', fields: {} },
      { order: { state: 'unknow' }, type: 'unknow', status: 'NOTACTIVATED', fields: {} },
      {
        order: { state: 'domain_verify', proof: 'CNAME' },
        type: 'domain_verify',
        status: 'CHECKING',
        fields: { RecordDomain: 'string', RecordType: 'string', RecordValue: 'string' },
      },
      {
        order: { state: 'domain_verify', proof: 'FILE' },
        type: 'domain_verify',
        status: 'CHECKING',
        fields: { Domain: 'string', Uri: 'string', Content: 'string' },
      },
      {
        order: { state: 'certificate', notAfterDays: 80 },
        type: 'certificate',
        status: 'ISSUED',
        fields: { Certificate: 'string', PrivateKey: 'string', CertId: 'string' },
      },
      {
        order: { state: 'certificate', notAfterDays: -1 },
        type: 'certificate',
        status: 'EXPIRED',
        fields: { Certificate: 'string', PrivateKey: 'string', CertId: 'string' },
      },
    ];
    for (const { order, type, status, fields } of cases) {
      const orderId = await placed(order);

      const state = await rawState(orderId);
      const listed = (await orders({ status })).find((row) => row.orderId === orderId);

      const method = type === 'domain_verify' ? { ValidateType: 'string' } : {};
      assert.deepEqual(
        kindsOf(state),
        { Type: 'string', ...method, ...fields },
        JSON.stringify(order),
      );
      assert.equal(state['Type'], type);
      assert.equal(listed?.status, status, JSON.stringify(order));
      assert.equal(listed?.certEndTime === undefined, type !== 'certificate');
    }
  });

  test('a revoked certificate leaves the list of valid ones, and its order says so', async () => {
    const orderId = await placed({ names: ['gone.example.com'], state: 'certificate' });
    const made = await certificate(sandbox, `cert-${orderId}`);

    const answer = await post(sandbox, '/certificates/revoke', { id: made.id });

    assert.equal(answer.status, 200);
    assert.equal(
      (await orders({ status: 'REVOKED' })).find((row) => row.orderId === orderId)?.domain,
      'gone.example.com',
    );
    assert.deepEqual(await orders({ orderType: 'CERT', keyword: 'gone.example.com' }), []);
    assert.deepEqual(await orders({ orderType: 'CERT', status: 'REVOKED' }), []);
    assert.equal((await rawState(orderId))['Type'], 'certificate');
    const upload = await certificate(sandbox, 'old-upload');
    assert.equal((await post(sandbox, '/certificates/revoke', { id: upload.id })).status, 404);
  });

  test('bought orders are listed apart from those of packages', async () => {
    const orderId = await placed({
      type: 'BUY',
      names: ['*.a.example.com', 'a.example.com'],
      state: 'certificate',
    });

    const [bought, packaged] = [await orders({ orderType: 'BUY' }), await orders({})];

    const row = bought.find((each) => each.orderId === orderId);
    assert.equal(row?.sourceType, 'buy');
    assert.equal(row?.domainType, 'MIX');
    assert.equal(row?.wildDomainCount, 1);
    assert.ok(bought.every((each) => each.sourceType === 'buy'));
    assert.ok(packaged.length > 0 && packaged.every((each) => each.sourceType === 'cpack'));
  });
}
