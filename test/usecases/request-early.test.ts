import assert from 'node:assert/strict';
import { test } from 'node:test';
import { submitRequest } from '../../src/usecases/request.ts';
import { AdmissionWorld } from '../helpers/admission-world.ts';
import { anInventory } from '../helpers/facts.ts';
import { fleet } from '../helpers/plannings.ts';

const request = { listener: 'lsn-1@443', requestedBy: 'kim', reason: 'renewed', requestId: 'q1' };

test('before the first scan nobody knows the listener: the request is to be repeated, not refused', async () => {
  const world = new AdmissionWorld(anInventory({ takenAt: null }));

  await assert.rejects(submitRequest(world.deps(), request), {
    code: 'inventory.empty',
    retryable: true,
    message: 'no scan has ended yet: ask again in a minute',
  });

  world.inventory = fleet(1);
  const submitted = await submitRequest(world.deps(), request);
  assert.deepEqual(submitted, { kind: 'accepted', requestId: 'q1' });
});
