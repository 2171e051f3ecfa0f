import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { DocumentedError } from '../../src/sandbox/http/documented.ts';
import { products } from '../../src/sandbox/products.ts';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { post, smallSandbox } from './support.ts';
import { casScenarios } from './scenarios/cas.ts';
import { cmsScenarios } from './scenarios/cms.ts';
import { nlbScenarios } from './scenarios/nlb.ts';
import { pcaScenarios } from './scenarios/pca.ts';
import { type Product, type Scenarios, stageOf } from './scenarios/scenario.ts';

const scenariosOf: Readonly<Record<Product, Scenarios>> = {
  nlb: nlbScenarios,
  cas: casScenarios,
  pca: pcaScenarios,
  cms: cmsScenarios,
};

/** Every documented error of a product, with the action that answers it. */
function documented(product: Product) {
  const api = products.find((each) => each.api.product === product)?.api;
  assert.ok(api !== undefined, `the sandbox has no product ${product}`);
  return api.operations.flatMap(({ action }) =>
    (api.errors[action] ?? []).map((error) => ({ action, error, name: `${action} ${error.code}` })),
  );
}

async function refusalOf(
  call: Promise<unknown>,
): Promise<{ code: unknown; status: unknown; text: string }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code: unknown = Reflect.get(error, 'code');
    const status: unknown = Reflect.get(error, 'statusCode');
    return { code, status, text: error.message };
  }
  throw new Error('the call went through');
}

async function assertRefused(call: Promise<unknown>, error: DocumentedError): Promise<void> {
  const { code, status, text } = await refusalOf(call);
  assert.deepEqual({ code, status }, { code: error.code, status: error.status }, text);
}

for (const product of ['nlb', 'cas', 'pca', 'cms'] as const) {
  const scenarios = scenariosOf[product];

  describe(`errors of ${product}`, () => {
    let sandbox: RunningSandbox;
    before(async () => {
      sandbox = await smallSandbox();
    });
    after(() => sandbox.close());
    // A tenth of the time that a sandbox of its own would take, and as good a seed.
    beforeEach(async () => assert.equal((await post(sandbox, '/reset', {})).status, 200));

    test('every error that arises by itself has a scenario, and every scenario its error', () => {
      const names = documented(product)
        .filter(({ error }) => error.arises === 'state')
        .map(({ name }) => name);
      assert.deepEqual(Object.keys(scenarios).toSorted(), [...new Set(names)].toSorted());
    });

    for (const { error, name } of documented(product)) {
      const scenario = scenarios[name];
      if (error.arises === 'state' && scenario !== undefined) {
        test(`${name} is answered ${error.when}`, async () => {
          await assertRefused(scenario(stageOf(sandbox)), error);
        });
      }
    }

    test('every documented error can be ordered for its operation, with its status and message', async () => {
      const stage = stageOf(sandbox);
      for (const { action, error } of documented(product)) {
        const order = { kind: 'answer', action, product, code: error.code };
        assert.equal((await post(sandbox, '/faults', order)).status, 201);
        const { code, status, text } = await refusalOf(stage.call(product, action));
        assert.deepEqual(
          { code, status },
          { code: error.code, status: error.status },
          `${action}: ${text}`,
        );
        assert.ok(text.includes(error.message), `${action}: ${text}`);
      }
    });
  });
}
