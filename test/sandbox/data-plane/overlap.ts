import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { apps, certificate, listenerState, post, shake, smallSandbox, until } from '../support.ts';

/** Beside what the seed binds: portal by default, then static and the wildcard of apps. */
const added = [
  { name: 'portal-again', names: ['portal.example.com'] },
  { name: 'static-again', names: ['static.example.com'] },
  { name: 'one-app', names: ['one.apps.example.com'] },
  { name: 'apps-wildcard-again', names: ['*.apps.example.com'] },
  { name: 'static-in-rsa', names: ['static.example.com'], keyType: 'rsa' },
];

interface Case {
  readonly asked: string;
  readonly oldest: string;
  readonly newest: string;
}

const cases: readonly Case[] = [
  { asked: 'portal.example.com', oldest: 'portal', newest: 'portal-again' },
  { asked: 'static.example.com', oldest: 'static', newest: 'static-in-rsa' },
  { asked: 'two.apps.example.com', oldest: 'apps-wildcard', newest: 'apps-wildcard-again' },
  { asked: 'one.apps.example.com', oldest: 'one-app', newest: 'one-app' },
  { asked: 'nobody.example.com', oldest: 'portal', newest: 'portal' },
  { asked: '', oldest: 'portal', newest: 'portal' },
];

export function overlapCases(): void {
  for (const overlap of ['oldest', 'newest'] as const) {
    describe(`where the ${overlap} of equal matches is served`, () => {
      let sandbox: RunningSandbox;
      before(async () => {
        sandbox = await smallSandbox({ overlap, propagationMillis: 0 });
        for (const order of added) {
          const { body } = await post(sandbox, '/certificates', order);
          await post(sandbox, '/faults', {
            kind: 'rebind',
            listenerId: apps,
            slot: 'additional',
            certificateId: body['id'],
          });
        }
        await until(async () => {
          const { serving } = await listenerState(sandbox, apps);
          return serving.every((point) => point.additional.length === 2 + added.length)
            ? true
            : null;
        });
      });
      after(() => sandbox.close());

      for (const { asked, ...expected } of cases) {
        test(`${asked === '' ? 'no name' : asked} gets ${expected[overlap]}`, async () => {
          const { fingerprint256 } = await certificate(sandbox, expected[overlap]);
          for (const point of (await listenerState(sandbox, apps)).serving) {
            assert.equal((await shake(point, { servername: asked })).fingerprint, fingerprint256);
          }
        });
      }
    });
  }
}
