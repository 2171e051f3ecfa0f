import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scan } from '../../src/usecases/scan/scan.ts';
import { aListener } from '../helpers/facts.ts';
import { ScanWorld } from '../helpers/scan-world.ts';

const signal = new AbortController().signal;
const unprobed = { probe: false };

test('a store where every call fails is given up after a few, and told once', async () => {
  const bound = Array.from({ length: 25 }, (_, number) => {
    const id = `${number + 1}-cn-hangzhou`;
    return { slot: 'additional', id, state: 'bound' } as const;
  });
  const world = new ScanWorld({
    discovers: { 'cn-hangzhou': [aListener({ bound })] },
    lists: { 'cn-hangzhou': new Error('socket hang up') },
    resolves: (id) => (id === '1-cn-hangzhou' ? null : new Error('socket hang up')),
  });

  const { snapshot } = await scan(world.deps(), unprobed, signal);

  const asked = world.calls.filter((call) => call.startsWith('resolve'));
  assert.ok(asked.length < 12, `${asked.length} of ${bound.length}`);
  assert.deepEqual(
    snapshot.missing.map(({ action }) => action),
    ['ListUserCertificateOrder', 'GetUserCertificateDetail'],
  );
});
