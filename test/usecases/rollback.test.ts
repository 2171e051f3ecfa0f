import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Certificate } from '../../src/domain/certificate.ts';
import { admitDue } from '../../src/usecases/admit.ts';
import { requestRollback } from '../../src/usecases/rollback.ts';
import { submitRequest } from '../../src/usecases/request.ts';
import { AdmissionWorld } from '../helpers/admission-world.ts';
import { aRenewal, bound } from '../helpers/candidates.ts';
import { aListener, anInventory, after, hours, today } from '../helpers/facts.ts';
import { fleet } from '../helpers/plannings.ts';

const signal = new AbortController().signal;
const renewal = aRenewal();
const wanted = { requestedBy: 'kim', reason: 'clients fail', ignoreWindow: false };

/** What scans see once the listener holds this certificate. */
function scanned(world: AdmissionWorld, holds: Certificate, stock = [bound, renewal]): void {
  const state = aListener({ bound: [{ slot: 'default', id: holds.id, state: 'bound' }] });
  const { listeners, ...rest } = anInventory({ listeners: [state], certificates: stock });
  world.pass(hours(1));
  const seenAt = world.now;
  world.inventory = { ...rest, listeners: listeners.map((known) => ({ ...known, seenAt })) };
}

/** A world whose one listener was rotated to the renewal. */
async function rotated(): Promise<{ world: AdmissionWorld; rotationId: string }> {
  const world = new AdmissionWorld(fleet(1));
  const [rotationId = ''] = await admitDue(world.deps(), signal);
  await world.end(rotationId, { kind: 'committed', foundDone: false });
  scanned(world, renewal);
  return { world, rotationId };
}

async function reasonOf(world: AdmissionWorld, rotationId: string): Promise<string | undefined> {
  const submitted = await requestRollback(world.deps(), { ...wanted, rotationId });
  return submitted?.kind === 'refused' ? submitted.reason : submitted?.kind;
}

test('a committed rotation is taken back by one the other way round, which says whose it is', async () => {
  const { world, rotationId } = await rotated();

  assert.equal(await reasonOf(world, rotationId), 'accepted');
  const [back = ''] = await admitDue(world.deps(), signal);

  const stored = await world.journal.read(back);
  assert.deepEqual(stored?.record.plan.steps, [
    { kind: 'replace', slot: 'default', from: renewal.id, to: bound.id },
  ]);
  const trigger = stored?.record.trigger;
  assert.ok(trigger?.kind === 'manual');
  const { requestedBy, reason, undoes } = trigger;
  assert.deepEqual([requestedBy, reason, undoes], ['kim', 'clients fail', rotationId]);
});

test('what was taken back is not done again unasked, but on request', async () => {
  const { world, rotationId } = await rotated();
  await reasonOf(world, rotationId);
  const [back = ''] = await admitDue(world.deps(), signal);
  await world.end(back, { kind: 'committed', foundDone: false });
  scanned(world, bound);

  assert.deepEqual(await admitDue(world.deps(), signal), []);
  const again = { listener: 'lsn-1@443', requestedBy: 'kim', reason: 'clients are mended' };
  assert.equal((await submitRequest(world.deps(), again)).kind, 'accepted');
  assert.equal((await admitDue(world.deps(), signal)).length, 1);
});

test('a certificate that has ended, or left the store, cannot come back', async () => {
  const { world, rotationId } = await rotated();
  scanned(world, renewal, [{ ...bound, notAfter: after(today, -1) }, renewal]);
  assert.match((await reasonOf(world, rotationId)) ?? '', /expired on/);
  scanned(world, renewal, [renewal]);
  assert.match((await reasonOf(world, rotationId)) ?? '', /the store has no certificate 101/);
});

test('a renewal with more names, or of another issuer, is taken back all the same', async () => {
  const { world, rotationId } = await rotated();
  const names = ['first.example.com', ...bound.names];
  scanned(world, renewal, [bound, { ...renewal, names, issuer: 'Another CA' }]);

  assert.equal(await reasonOf(world, rotationId), 'accepted');
});

test('only the last committed rotation of a listener can be taken back', async () => {
  const { world, rotationId } = await rotated();
  await world.admission.update((admission) => {
    const [key = '', commit] = Object.entries(admission.commits ?? {})[0] ?? [];
    assert.ok(commit);
    const commits = { [key]: { ...commit, rotationId: 'r-later' } };
    return { next: { ...admission, commits }, result: null };
  });

  assert.match((await reasonOf(world, rotationId)) ?? '', /^rotation r-later has changed/);
  assert.equal(await requestRollback(world.deps(), { ...wanted, rotationId: 'r-none' }), null);
});

test('a rotation that was not committed has nothing to take back', async () => {
  const world = new AdmissionWorld(fleet(1));
  const [rotationId = ''] = await admitDue(world.deps(), signal);
  assert.match((await reasonOf(world, rotationId)) ?? '', /has no outcome/);
  const refused = { kind: 'refused', reason: 'blind', detail: 'outside the vantage' } as const;
  await world.end(rotationId, refused);
  assert.match((await reasonOf(world, rotationId)) ?? '', /this one is refused/);
});
