import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NewleafError } from '../../src/domain/errors.ts';
import { admitDue, repairAdmission } from '../../src/usecases/admit.ts';
import { requestStatus, submitRequest } from '../../src/usecases/request.ts';
import { AdmissionWorld } from '../helpers/admission-world.ts';
import { fleet } from '../helpers/plannings.ts';

const signal = new AbortController().signal;

async function dies(): Promise<never> {
  throw new NewleafError('store.unavailable', 'create rotation');
}

test('a request that joined a rotation which was never written down starts one of its own', async () => {
  const world = new AdmissionWorld(fleet(1));
  const dying = world.deps({ journal: { read: (id) => world.journal.read(id), create: dies } });
  await assert.rejects(admitDue(dying, signal), { code: 'store.unavailable' });
  const [ghost] = (await world.admission.read()).inFlight.map(({ rotationId }) => rotationId);
  const wanted = { listener: 'lsn-1@443', requestedBy: 'kim', reason: 'renewed', requestId: 'q1' };
  await submitRequest(world.deps(), wanted);
  // Whoever let it in may be about to write it down.
  assert.deepEqual(await requestStatus(world.deps(), 'q1'), {
    kind: 'rotation',
    rotationId: ghost,
  });

  world.pass(3 * 60_000);
  await repairAdmission(world.deps());
  const [rotationId = ''] = await admitDue(world.deps(), signal);

  assert.deepEqual(await requestStatus(world.deps(), 'q1'), { kind: 'rotation', rotationId });
  const stored = await world.journal.read(rotationId);
  assert.equal(stored?.record.trigger.kind, 'manual');
});
