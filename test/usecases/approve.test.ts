import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admitDue } from '../../src/usecases/admit.ts';
import { approvePlan } from '../../src/usecases/approve.ts';
import { currentPlanning } from '../../src/usecases/plan.ts';
import { AdmissionWorld } from '../helpers/admission-world.ts';
import { aRenewal, bound } from '../helpers/candidates.ts';
import { after, days, hours } from '../helpers/facts.ts';
import { fleet, keyNo } from '../helpers/plannings.ts';

const signal = new AbortController().signal;

async function reasonOf(world: AdmissionWorld, hash: string): Promise<string> {
  const approved = await approvePlan(world.deps(), { hash, by: 'kim' });
  return approved.kind === 'refused' ? approved.reason : 'approved';
}

async function hashOf(world: AdmissionWorld): Promise<string> {
  const { plans } = await currentPlanning(world.deps());
  return plans[0]?.plan.hash ?? '';
}

test('an approved plan starts, and the approval names who gave it and when it ends', async () => {
  const world = new AdmissionWorld(fleet(1), { mode: 'approve' });
  const hash = await hashOf(world);
  assert.deepEqual(await admitDue(world.deps(), signal), []);

  const approved = await approvePlan(world.deps(), { hash, by: 'kim' });

  assert.deepEqual(approved, {
    kind: 'approved',
    approval: {
      planHash: hash,
      listener: keyNo(1),
      by: 'kim',
      at: world.now,
      until: after(world.now, days(7)),
    },
  });
  assert.equal((await admitDue(world.deps(), signal)).length, 1);
});

test('an approval runs out, and approving again renews it', async () => {
  const world = new AdmissionWorld(fleet(1), { mode: 'approve' });
  const hash = await hashOf(world);
  await approvePlan(world.deps(), { hash, by: 'kim', validFor: hours(1) });
  world.pass(hours(1));
  assert.deepEqual(await admitDue(world.deps(), signal), []);

  await approvePlan(world.deps(), { hash: hash.slice(0, 8), by: 'lee' });

  assert.equal((await admitDue(world.deps(), signal)).length, 1);
  assert.deepEqual(
    (await world.operator.read()).approvals.map(({ by }) => by),
    ['lee'],
  );
});

test('a plan that changed needs a new approval', async () => {
  const world = new AdmissionWorld(fleet(1), { mode: 'approve' });
  await approvePlan(world.deps(), { hash: await hashOf(world), by: 'kim' });

  world.inventory = fleet(1, [bound, aRenewal({ id: '303-cn-hangzhou' })]);

  assert.deepEqual(await admitDue(world.deps(), signal), []);
});

test('what cannot be approved is refused with the reason', async () => {
  const world = new AdmissionWorld(fleet(300), { mode: 'approve' });
  const automatic = new AdmissionWorld();

  assert.match(await reasonOf(world, 'ab'), /at least 8 characters/);
  assert.match(await reasonOf(world, 'f'.repeat(64)), /it changed or has run/);
  assert.match(await reasonOf(automatic, await hashOf(automatic)), /mode auto and asks for no/);
});
