import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { smallSandbox, stateOfSandbox } from '../support.ts';
import { controlHost, exchange, type Heard } from '../wire-client.ts';

let sandbox: RunningSandbox;

async function ask(method: string, path: string, body = ''): Promise<Heard> {
  const host = controlHost(sandbox);
  return exchange(host, { method, path, headers: { host }, body });
}

function assertClear({ status, body }: Heard, about: unknown): void {
  const told = `${status} ${JSON.stringify(about).slice(0, 600)} ${JSON.stringify(body).slice(0, 300)}`;
  assert.ok(status < 500, told);
  if (status >= 400) assert.equal(typeof body['error'], 'string', told);
}

/** The routes as the server itself tells them. */
async function routes(): Promise<readonly { readonly method: string; readonly path: string }[]> {
  const { body } = await ask('GET', '/nothing-here');
  const told = String(body['error']).replace(/^.*there are /, '');
  return told.split(', ').map((route) => {
    const [method = '', path = ''] = route.split(' ');
    return { method, path };
  });
}

const refusals: readonly (readonly [string, string, string, number])[] = [
  ['POST', '/faults', 'not json', 400],
  ['POST', '/faults', '', 400],
  ['POST', '/faults', 'null', 400],
  ['POST', '/faults', '['.repeat(200_000), 400],
  ['POST', '/faults', '{"kind":"__proto__"}', 400],
  ['POST', '/faults', '{"__proto__":{"kind":"drop"}}', 400],
  ['POST', '/faults', `"${'x'.repeat(1_100_000)}"`, 413],
  ['POST', '/certificates', '{"names":["x.example.com"],"notAfterDays":1e99}', 400],
  ['POST', '/certificates', JSON.stringify({ names: ['n'.repeat(70_000)] }), 400],
  ['PUT', '/faults', '{}', 404],
  ['TRACE', '/state', '', 404],
  ['GET', '/constructor', '', 404],
  ['GET', '//', '', 400],
  ['GET', '/%', '', 404],
];

const word = fc.constantFrom('kind', 'action', 'times', 'names', 'id', 'zone', 'status', 'site');

const json = fc.oneof(fc.jsonValue(), fc.dictionary(word, fc.jsonValue({ maxDepth: 1 })));

const days = fc.double({ min: -36_500, max: 36_500, noNaN: true });

const name = fc.string({
  unit: fc.constantFrom('a', '-', '.', '*', '_'),
  minLength: 1,
  maxLength: 70,
});

export function controlCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
  });

  after(() => sandbox.close());

  for (const [method, path, body, status] of refusals) {
    test(`${method} ${path} with ${body.slice(0, 40) || 'nothing'} is refused with ${status}`, async () => {
      const reply = await ask(method, path, body);

      assertClear(reply, path);
      assert.equal(reply.status, status);
      assert.equal((await stateOfSandbox(sandbox)).seed, 'small');
    });
  }

  test('whatever JSON comes, every route answers clearly', async () => {
    for (const { method, path } of await routes()) {
      if (path === '/reset') continue;
      await fc.assert(
        fc.asyncProperty(json, async (body) => {
          assertClear(await ask(method, path, JSON.stringify(body)), { path, body });
        }),
        { numRuns: 15 },
      );
    }

    assert.equal((await stateOfSandbox(sandbox)).seed, 'small');
  });

  test('a certificate of any names and days is issued or refused, and nothing breaks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(name, { minLength: 1, maxLength: 3 }),
        days,
        days,
        async (...order) => {
          const [names, notBeforeDays, notAfterDays] = order;
          const body = JSON.stringify({ names, notBeforeDays, notAfterDays });
          assertClear(await ask('POST', '/certificates', body), body);
        },
      ),
      { numRuns: 40 },
    );

    assert.equal((await stateOfSandbox(sandbox)).seed, 'small');
  });
}
