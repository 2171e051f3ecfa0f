import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyInventory } from '../../src/domain/inventory.ts';
import type { Durability } from '../../src/ports/store.ts';
import { tellDurability } from '../../src/usecases/tell-durability.ts';
import { today } from '../helpers/facts.ts';

async function told(
  durability: Partial<Durability>,
  takenAt: Date | null = today,
): Promise<readonly string[]> {
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
  const inventory = { read: async () => ({ ...emptyInventory, takenAt }) };
  await tellDurability({ store, alerts, inventory });
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

test('nothing is told of the store before the first scan, whose summary is the first message', async () => {
  assert.deepEqual(await told({ survivesMachine: false }, null), []);
});
