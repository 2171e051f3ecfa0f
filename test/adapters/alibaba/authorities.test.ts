import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { openAccount } from '../../../src/adapters/alibaba/account.ts';
import { authorityOf } from '../../../src/adapters/alibaba/authority-facts.ts';
import { systemClock, systemEntropy } from '../../../src/adapters/clock.ts';
import { type RunningSandbox, startSandbox } from '../../../src/sandbox/start.ts';
import { makeRoot } from '../../helpers/pki.ts';
import { type Answer, type CloudServer, openCloudServer, refused } from './cloud-server.ts';
import { never, openTestAccount } from './parts.ts';

const day = 86_400_000;
const site = 'cn-hangzhou';

test('a listener id names the longest identifier that it begins with, up to a dash', () => {
  const known = [
    '139a00604ad',
    '139a00604ad-cn',
    '1ef5c0a1-7a2f-6b1e-9c55-0242ac110002',
    '1ef5c0a1',
    '14dcc8afc7578e',
  ];
  const cases: readonly (readonly [id: string, identifier: string | null])[] = [
    ['139a00604ad-cn-hangzhou', '139a00604ad-cn'],
    ['139a00604ad-ap-southeast-1', '139a00604ad'],
    ['1ef5c0a1-7a2f-6b1e-9c55-0242ac110002-cn-hangzhou', '1ef5c0a1-7a2f-6b1e-9c55-0242ac110002'],
    ['1ef5c0a1-7a2f-6b1e-9c55-000000000000-cn-hangzhou', '1ef5c0a1'],
    ['14dcc8afc7578e', '14dcc8afc7578e'],
    ['14dcc8afc7578e0-cn-hangzhou', null],
    ['931-cn-hangzhou', null],
    ['', null],
  ];

  for (const [id, identifier] of cases) {
    assert.equal(authorityOf(id, known), identifier, id);
    assert.equal(authorityOf(id, known.toReversed()), identifier, id);
  }
});

function privates(...rows: readonly object[]): Answer {
  return { json: { RequestId: 'r', CertificateList: rows, TotalCount: rows.length } };
}

function repositories(...rows: readonly object[]): Answer {
  return { json: { RequestId: 'r', CertList: rows, TotalCount: rows.length } };
}

async function stage(
  t: Parameters<typeof openCloudServer>[0],
  lists: { readonly privates?: Answer; readonly repositories?: Answer },
) {
  const server: CloudServer = await openCloudServer(t);
  server.on('DescribeCACertificateList', lists.privates ?? privates());
  server.on('ListCert', lists.repositories ?? repositories());
  return { server, store: openTestAccount(server.host).account.stores(site) };
}

test('a private CA is known by the certificate that its row holds', async (t) => {
  const [notBefore, notAfter] = [
    new Date('2026-01-02T03:04:05Z'),
    new Date('2031-06-07T08:09:10Z'),
  ];
  const root = await makeRoot({ name: 'Partner Root', notBefore, notAfter });
  const { server, store } = await stage(t, {
    privates: privates({
      Identifier: 'abc',
      CommonName: 'another name',
      Status: 'ISSUE',
      AfterDate: 1,
      X509Certificate: root.pem,
    }),
    repositories: repositories({ Identifier: 'abc', CommonName: 'x', AfterDate: 2 }),
  });

  const { certificates, missing } = await store.authorities(['abc-cn-hangzhou'], never);

  assert.deepEqual(missing, []);
  assert.deepEqual(certificates, [
    {
      id: 'abc-cn-hangzhou',
      site,
      label: 'Partner Root',
      fingerprint256: root.fingerprint256,
      names: [],
      keyType: 'ecdsa',
      keyBits: 256,
      issuer: 'Partner Root',
      selfSigned: true,
      notBefore,
      notAfter,
      revoked: false,
    },
  ]);
  const [first] = server.calls;
  assert.deepEqual([first?.action, first?.version], ['DescribeCACertificateList', '2020-06-30']);
  assert.equal(server.calls.length, 2);
});

test('without the certificate itself the dates of the list are taken, and a revoked CA is told', async (t) => {
  const notAfter = new Date(1_900_000_000_000);
  const { store } = await stage(t, {
    repositories: repositories({
      Identifier: 'up1',
      CommonName: 'Partner CA',
      Issuer: 'Partner CA',
      Status: 'REVOKE',
      BeforeDate: notAfter.getTime() - day,
      AfterDate: notAfter.getTime(),
      X509Certificate: 'not a certificate',
    }),
  });

  const { certificates } = await store.authorities(['up1', 'up1-cn-hangzhou'], never);

  assert.deepEqual(
    certificates.map((each) => [each.id, each.label, each.notAfter, each.revoked, each.selfSigned]),
    [
      ['up1', 'Partner CA', notAfter, true, true],
      ['up1-cn-hangzhou', 'Partner CA', notAfter, true, true],
    ],
  );
  assert.equal(certificates[0]?.fingerprint256, null);
});

test('where no listener verifies clients nothing is called', async (t) => {
  const { server, store } = await stage(t, {});

  assert.deepEqual(await store.authorities([], never), { certificates: [], missing: [] });
  assert.equal(server.calls.length, 0);
});

test('a list that is denied, or holds a row nobody can read, is told; the other answers', async (t) => {
  const { store } = await stage(t, {
    privates: refused(403, 'NoPermission'),
    repositories: repositories({ Identifier: 'up1', AfterDate: 5 }, { CommonName: 'nameless' }),
  });

  const found = await store.authorities(['up1-cn-hangzhou'], never);

  assert.deepEqual(
    found.certificates.map(({ id, notAfter }) => [id, notAfter?.getTime()]),
    [['up1-cn-hangzhou', 5]],
  );
  const place = { account: 'main', region: site, listener: null, part: 'certificates' };
  assert.deepEqual(found.missing, [
    { ...place, action: 'DescribeCACertificateList', code: 'NoPermission' },
    { ...place, action: 'ListCert', code: 'cloud.unreadable' },
  ]);
});

test('every page is read, and a page that comes twice is asked for again', async (t) => {
  const { server, store } = await stage(t, {});
  const rows = Array.from({ length: 120 }, (_, at) => ({
    Identifier: `ca${at}`,
    AfterDate: at + 1,
  }));
  let repeats = 1;
  server.on('ListCert', ({ params }) => {
    const page = Number(params['CurrentPage']) - (params['CurrentPage'] === '2' ? repeats : 0);
    if (params['CurrentPage'] === '2') repeats = 0;
    return {
      json: { CertList: rows.slice((page - 1) * 50, page * 50), TotalCount: rows.length },
    };
  });

  const ids = rows.map(({ Identifier }) => `${Identifier}-cn-hangzhou`);
  const { certificates, missing } = await store.authorities(ids, never);

  assert.equal(certificates.length, 120);
  assert.deepEqual(missing, []);
  const pages = server.calls
    .filter(({ action }) => action === 'ListCert')
    .map(({ params }) => [params['CurrentPage'], params['CertType'], params['ShowSize']]);
  assert.deepEqual(
    pages,
    ['1', '2', '2', '3'].map((page) => [page, 'CA', '50']),
  );
});

const State = z.object({
  caCertificates: z.array(
    z.object({
      id: z.string(),
      site: z.string(),
      fingerprint256: z.string(),
      notAfter: z.coerce.date(),
    }),
  ),
});

let sandbox: RunningSandbox;

function quiet(): void {}

before(async () => {
  sandbox = await startSandbox({ seed: 'small' });
});

after(() => sandbox.close());

test('every CA certificate of the sandbox is found under the id that listeners use, with its end', async () => {
  const { endpoints, accessKeyId, accessKeySecret } = sandbox.description;
  const cloud = openAccount(
    {
      name: 'main',
      credentials: { kind: 'keys', accessKeyId, accessKeySecret, securityToken: null },
      regions: [site],
      endpoints,
      timeouts: { attemptMs: 5_000, totalMs: 15_000 },
      rateShare: 1,
      ownerTags: [],
      useDetail: false,
    },
    {
      clock: systemClock,
      entropy: systemEntropy,
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      onCall: quiet,
    },
  );
  const reply = await fetch(`${sandbox.control}/state`);
  const known = State.parse(await reply.json()).caCertificates.filter((each) => each.site === site);

  const { certificates, missing } = await cloud.stores(site).authorities(
    known.map(({ id }) => id),
    never,
  );

  assert.ok(known.length > 2);
  assert.deepEqual(missing, []);
  assert.deepEqual(
    certificates.map(({ id, notAfter }) => [id, notAfter]),
    known.map(({ id, notAfter }) => [id, notAfter]),
  );
  const told = certificates.filter(({ fingerprint256 }) => fingerprint256 !== null);
  assert.ok(told.length > 0);
  for (const { id, fingerprint256 } of told)
    assert.equal(fingerprint256, known.find((each) => each.id === id)?.fingerprint256);
});
