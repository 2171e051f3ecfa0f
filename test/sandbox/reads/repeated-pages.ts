import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { listIn } from '../certificate-clients.ts';
import { type Product, stageOf } from '../scenarios/scenario.ts';
import { post, type Reply, reset, smallSandbox } from '../support.ts';

let sandbox: RunningSandbox;

const call = async (product: Product, action: string, fields: Reply) =>
  stageOf(sandbox).call(product, action, fields);

/** Lists by page number: what they call their rows, the parameters of a page, and what tells rows apart. */
const numbered = [
  ['cas', 'ListUserCertificateOrder', 'CertificateOrderList', 'OrderId'],
  ['cas', 'ListCert', 'CertList', 'Identifier'],
  ['pca', 'DescribeCACertificateList', 'CertificateList', 'Identifier'],
  ['pca', 'ListClientCertificate', 'CertificateList', 'Identifier'],
  ['pca', 'ListCert', 'List', 'Identifier'],
] as const;

/** The rows and tokens of a list by tokens, one row to a page, up to a bound. */
async function follow(action: string, id: string) {
  const seen: unknown[] = [];
  const tokens: unknown[] = [];
  for (let page = 0; page < 10; page += 1) {
    const next = page === 0 ? {} : { NextToken: tokens.at(-1) };
    const reply = await call('pca', action, { MaxResults: 1, ...next });
    seen.push(...listIn(reply, 'List').map((row) => row[id]));
    if (reply['NextToken'] === undefined) break;
    tokens.push(reply['NextToken']);
  }
  return { seen, tokens };
}

export function repeatedPagesCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
  });

  beforeEach(() => reset(sandbox));

  after(() => sandbox.close());

  for (const [product, action, list, id] of numbered) {
    test(`a page of ${product} ${action} is handed out twice when a fault says so`, async () => {
      const page = async (CurrentPage: number) => {
        const reply = await call(product, action, { CurrentPage, ShowSize: 1 });
        assert.equal(reply['CurrentPage'], CurrentPage);
        return listIn(reply, list).map((row) => row[id]);
      };
      const [first, second] = [await page(1), await page(2)];
      await post(sandbox, '/faults', { kind: 'repeat-page', action, product });

      assert.deepEqual([await page(1), await page(2), await page(2)], [first, first, second]);
      assert.notDeepEqual(first, second);
    });
  }

  test('a page of events is handed out twice when a fault says so', async () => {
    const EventInfo = ['one', 'two'].map((EventName) => ({ EventName, Content: 'c' }));
    await call('cms', 'PutCustomEvent', { EventInfo });
    const action = 'DescribeCustomEventAttribute';
    await post(sandbox, '/faults', { kind: 'repeat-page', action });
    const page = async (PageNumber: number) => {
      const reply = await call('cms', action, { PageNumber, PageSize: 1 });
      const [events = {}] = listIn({ one: [reply['CustomEvents']] }, 'one');
      return listIn(events, 'CustomEvent').map((event) => event['Name']);
    };

    assert.deepEqual([await page(2), await page(2)], [['two'], ['one']]);
  });

  for (const [action, id] of [
    ['ListCert', 'Identifier'],
    ['ListPcaCaCertificate', 'CertIdentifier'],
  ] as const) {
    test(`a page of ${action} comes again under a token of its own, or a token loops`, async () => {
      const plain = await follow(action, id);
      const [one, two, three] = plain.seen;
      assert.equal(plain.seen.length, 3);

      await post(sandbox, '/faults', { kind: 'repeat-page', action, product: 'pca' });
      const again = await follow(action, id);
      await post(sandbox, '/faults', { kind: 'repeat-page', action, repeats: 'token' });
      const looped = await follow(action, id);

      assert.deepEqual(again.seen, [one, one, two, three]);
      assert.equal(new Set(again.tokens).size, 3);
      assert.deepEqual(looped.seen, [one, two, two, three]);
      assert.equal(looped.tokens[0], looped.tokens[1]);
    });
  }
}
