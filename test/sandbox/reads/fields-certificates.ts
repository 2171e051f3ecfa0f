import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { products } from '../../../src/sandbox/products.ts';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { all, kindsOf } from '../certificate-clients.ts';
import { type Product, stageOf } from '../scenarios/scenario.ts';
import { post, type Reply, smallSandbox, stateOfSandbox } from '../support.ts';
import { by, sendV3 } from '../wire-client.ts';

let sandbox: RunningSandbox;

const call = async (product: Product, action: string, fields: Reply = {}) =>
  stageOf(sandbox).call(product, action, fields);

const pages = all('number', 'CurrentPage ShowSize TotalCount');

const reported = all('string', 'Code Message');

/** An order about to expire, and the id of its certificate. */
async function expiring() {
  const { body } = await post(sandbox, '/orders', { state: 'certificate', notAfterDays: 3 });
  return { orderId: body['orderId'], certId: Number.parseInt(String(body['certificate']), 10) };
}

/** What can be uploaded again. */
async function material() {
  const CertId = (await expiring()).certId;
  const { Cert, Key } = await call('cas', 'GetUserCertificateDetail', { CertId });
  return { Cert, Key };
}

/** The fields of the replies themselves, RequestId aside; those of their rows are told where the lists are tested. */
const replies: Readonly<
  Record<
    Exclude<Product, 'nlb'>,
    Readonly<Record<string, { fields?: () => Promise<Reply>; kinds: Reply }>>
  >
> = {
  cas: {
    ListUserCertificateOrder: { kinds: { ...pages, CertificateOrderList: 'array' } },
    GetUserCertificateDetail: {
      fields: async () => ({ CertId: (await expiring()).certId, CertFilter: true }),
      kinds: {
        ...all('string', 'Name Common CertSha2 Algorithm InstanceId CertIdentifier'),
        ...all('string', 'ResourceGroupId SerialNo Fingerprint Sha2 Issuer Sans'),
        ...all('string', 'OrgName Country Province City StartDate EndDate'),
        ...all('number', 'Id OrderId NotBefore NotAfter'),
        ...all('boolean', 'Expired BuyInAliyun'),
        ...all('array', 'CertChain Tags'),
      },
    },
    UploadUserCertificate: {
      fields: async () => ({ Name: 'fields', ...(await material()) }),
      kinds: { CertId: 'number', ResourceId: 'string' },
    },
    DeleteUserCertificate: {
      fields: async () => {
        const upload = { Name: 'to be deleted', ...(await material()) };
        return { CertId: (await call('cas', 'UploadUserCertificate', upload))['CertId'] };
      },
      kinds: {},
    },
    ListCert: { kinds: { ...pages, CertList: 'array' } },
    ListCertWarehouse: { kinds: { ...pages, CertWarehouseList: 'array' } },
    DescribeCertificateState: {
      fields: async () => ({ OrderId: (await expiring()).orderId }),
      kinds: all('string', 'Type Certificate PrivateKey CertId'),
    },
    RenewCertificateOrderForPackageRequest: {
      fields: async () => ({ OrderId: (await expiring()).orderId }),
      kinds: { OrderId: 'number' },
    },
  },
  pca: {
    DescribeCACertificateList: {
      kinds: { ...pages, PageCount: 'number', CertificateList: 'array' },
    },
    DescribeCACertificate: { kinds: { Certificate: 'object', Years: 'number' } },
    ListClientCertificate: {
      kinds: { ...pages, ...all('number', 'PageCount MaxResults'), CertificateList: 'array' },
    },
    ListCert: {
      fields: async () => ({ MaxResults: 1 }),
      kinds: {
        ...pages,
        ...all('number', 'PageCount MaxResults'),
        List: 'array',
        NextToken: 'string',
      },
    },
    ListPcaCaCertificate: {
      fields: async () => ({ MaxResults: 1 }),
      kinds: { ...all('number', 'MaxResults TotalCount'), List: 'array', NextToken: 'string' },
    },
  },
  cms: {
    PutCustomEvent: {
      fields: async () => ({ EventInfo: [{ EventName: 'e', Content: 'c' }] }),
      kinds: reported,
    },
    PutCustomMetric: {
      fields: async () => {
        const metric = { MetricName: 'days', GroupId: '0', Type: '0', Dimensions: '{"a":"b"}' };
        return { MetricList: [{ ...metric, Values: '{"value":1}' }] };
      },
      kinds: reported,
    },
    DescribeCustomEventAttribute: {
      kinds: { ...reported, Success: 'string', CustomEvents: 'object' },
    },
  },
};

export function fieldsCertificatesCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
  });

  after(() => sandbox.close());

  for (const product of ['cas', 'pca', 'cms'] as const) {
    for (const [action, { fields, kinds }] of Object.entries(replies[product])) {
      test(`${product} ${action} answers with its fields and no others`, async () => {
        const reply = await call(product, action, fields === undefined ? {} : await fields());

        assert.deepEqual(kindsOf(reply), { ...kinds, RequestId: 'string' });
      });
    }

    test(`no operation of ${product} is left out`, () => {
      const known = products.find(({ api }) => api.product === product)?.api.operations ?? [];

      assert.deepEqual(
        known.map(({ action }) => action).toSorted(),
        Object.keys(replies[product]).toSorted(),
      );
    });
  }

  test('the token service tells every kind of key apart, all in the same fields', async () => {
    const { accessKeyId, accessKeySecret, session, readOnly } = sandbox.description;
    const { noRights } = (await stateOfSandbox(sandbox)).credentials;
    const sent = { product: 'sts', version: '2015-04-01', action: 'GetCallerIdentity' };
    const keys = [{ accessKeyId, accessKeySecret }, readOnly, noRights, session];

    const identities = await Promise.all(
      keys.map(async (key) => (await sendV3(sandbox, { ...sent, ...by(key) })).body),
    );

    for (const identity of identities) {
      assert.deepEqual(
        kindsOf(identity),
        all('string', 'RequestId AccountId Arn IdentityType PrincipalId UserId'),
      );
    }
    assert.deepEqual(
      identities.map(({ IdentityType }) => IdentityType),
      ['RAMUser', 'RAMUser', 'RAMUser', 'AssumedRoleUser'],
    );
    assert.equal(new Set(identities.map(({ Arn }) => Arn)).size, 4);
  });
}
