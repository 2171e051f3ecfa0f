import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Durability } from '../../src/ports/store.ts';
import { tellDurability } from '../../src/usecases/tell-durability.ts';

async function told(durability: Partial<Durability>): Promise<readonly string[]> {
  const said: string[] = [];
  const store = {
    durability: async (): Promise<Durability> => ({
      backend: 'redis',
      survivesProcess: true,
      survivesMachine: true,
      detail: '',
      ...durability,
    }),
  };
  const alerts = {
    raise: async ({ key, severity }: { key: string; severity: string }) =>
      void said.push(`${severity} ${key}`),
    withdraw: async (key: string) => void said.push(`over ${key}`),
  };
  await tellDurability({ store, alerts });
  return said;
}

test('a store that may lose what it confirmed is told, the worse the more it may lose', async () => {
  assert.deepEqual(await told({ survivesMachine: false }), ['info store-not-durable']);
  assert.deepEqual(await told({ survivesMachine: false, survivesProcess: false }), [
    'warning store-not-durable',
  ]);
});

test('a store that keeps what it confirms takes the alert back', async () => {
  assert.deepEqual(await told({}), ['over store-not-durable']);
});
