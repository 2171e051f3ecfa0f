import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import type { Operation } from '../../../src/sandbox/http/operation.ts';
import { products } from '../../../src/sandbox/products.ts';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { smallSandbox } from '../support.ts';
import {
  assertClear,
  assertStillThere,
  controlHost,
  nlbHost,
  blurt,
  exchange,
  sendV1,
  sendV3,
} from '../wire-client.ts';

let sandbox: RunningSandbox;

const words = fc.constantFrom('GET', 'POST ', ' / ', '/?a=1', ' HTTP/1.1', '\r\n', 'host: a', '%');

const bytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 400 }),
  fc.array(words, { minLength: 1, maxLength: 12 }).map((parts) => Buffer.from(parts.join(''))),
);

const value = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', '0', '1', '-1', '99999999999999999999', 'true', 'null', '{}', '[1]', '[[[['),
  fc.constantFrom('lsn-smallweb0000001@8443', 'cn-hangzhou', 'ISSUED', 'CERT', '__proto__', '1e9'),
);

const suffix = fc.constantFrom('', '', '.1', '.2', '.1.Key', '.1.Value', '.0', '.x', '.1.1.1', '.');

function parametersOf(operation: Operation) {
  const known = ['RegionId', 'ClientToken', ...Object.keys(operation.parameters.shape)];
  const name = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(fc.constantFrom(...known), suffix).map((parts) => parts.join('')),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
  );
  return fc.array(fc.tuple(name, value), { maxLength: 8 });
}

const headers = fc.dictionary(
  fc.constantFrom('x-acs-action', 'x-acs-version', 'x-acs-date', 'authorization', 'content-type'),
  fc.string({ maxLength: 60 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '?').trim()),
);

const methods = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS');

export function apiCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
  });

  after(() => sandbox.close());

  test('whatever bytes arrive, both servers stay up and answer no 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, fc.boolean(), async (sent, toControl) => {
        const heard = await blurt(
          toControl ? controlHost(sandbox) : nlbHost(sandbox),
          sent,
          '\r\n\r\n',
        );
        assert.doesNotMatch(heard, /^HTTP\/1\.1 5/);
      }),
      { numRuns: 60, interruptAfterTimeLimit: 10_000 },
    );

    await assertStillThere(sandbox);
  });

  for (const { api } of products) {
    test(`every operation of ${api.product} answers clearly, whatever its parameters`, async () => {
      const region = Object.keys(sandbox.description.endpoints[api.product] ?? {})[0] ?? '';
      for (const operation of api.operations) {
        await fc.assert(
          fc.asyncProperty(parametersOf(operation), fc.boolean(), async (parameters, older) => {
            const { action } = operation;
            const { product, version } = api;
            const query = [...new Map(parameters)];
            const sent = { product, region, action, version, query, method: 'POST' };
            const reply = await (older ? sendV1(sandbox, sent) : sendV3(sandbox, sent));
            assertClear(reply, { action, query });
          }),
          { numRuns: 12 },
        );
      }

      await assertStillThere(sandbox);
    });
  }

  test('a request that nobody signed is refused clearly', async () => {
    const path = fc.webPath().map((text) => `/${text.slice(1)}`);
    await fc.assert(
      fc.asyncProperty(methods, path, headers, fc.string(), async (method, where, sent, body) => {
        const reply = await exchange(nlbHost(sandbox), {
          method,
          path: where,
          headers: sent,
          body,
        });
        assertClear(reply, { method, where, sent });
        assert.notEqual(reply.status, 200);
      }),
      { numRuns: 80 },
    );
  });
}
