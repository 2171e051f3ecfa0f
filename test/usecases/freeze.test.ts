import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admitDue } from '../../src/usecases/admit.ts';
import { liftFreeze, listFreezes, orderFreeze } from '../../src/usecases/freeze.ts';
import { currentPlanning } from '../../src/usecases/plan.ts';
import { submitRequest } from '../../src/usecases/request.ts';
import { AdmissionWorld } from '../helpers/admission-world.ts';
import { after, days, hours } from '../helpers/facts.ts';
import { fleet, keyNo } from '../helpers/plannings.ts';

const signal = new AbortController().signal;

function aFreeze(world: AdmissionWorld, overrides = {}) {
  const until = after(world.now, days(3));
  const who = { reason: 'the sale', by: 'kim' };
  return { name: 'sale', from: world.now, until, allowEmergency: false, ...who, ...overrides };
}

async function refusal(world: AdmissionWorld, overrides = {}): Promise<string> {
  const frozen = await orderFreeze(world.deps(), aFreeze(world, overrides));
  return frozen.kind === 'refused' ? frozen.reason : 'frozen';
}

test('an ordered freeze binds until it is lifted', async () => {
  const world = new AdmissionWorld();
  assert.deepEqual(await orderFreeze(world.deps(), aFreeze(world)), { kind: 'frozen' });
  const { plans } = await currentPlanning(world.deps());
  assert.equal(plans[0]?.waitsFor?.reason, 'freeze');

  const other = await liftFreeze(world.deps(), 'other', 'kim');

  assert.deepEqual(other, {
    kind: 'refused',
    reason: 'no freeze is called other: newleaf freeze lists them',
  });
  assert.deepEqual(await admitDue(world.deps(), signal), []);
  assert.deepEqual(await liftFreeze(world.deps(), 'sale', 'kim'), { kind: 'frozen' });
  assert.equal((await admitDue(world.deps(), signal)).length, 1);
});

test('a freeze ends by itself, and binds manual requests until then', async () => {
  const world = new AdmissionWorld(fleet(1), { allowIgnoreWindow: true });
  await orderFreeze(world.deps(), aFreeze(world));
  const request = { listener: keyNo(1), ignoreWindow: true, requestedBy: 'lee', reason: 'now' };

  const submitted = await submitRequest(world.deps(), request);

  assert.equal(submitted.kind, 'accepted');
  assert.deepEqual(await admitDue(world.deps(), signal), []);
  world.pass(days(3));
  assert.equal((await admitDue(world.deps(), signal)).length, 1);
});

test('a second order of the same name takes the place of the first', async () => {
  const world = new AdmissionWorld();
  await orderFreeze(world.deps(), aFreeze(world));

  await orderFreeze(world.deps(), aFreeze(world, { until: after(world.now, days(9)), by: 'lee' }));

  const [known, ...more] = await listFreezes(world.deps());
  assert.deepEqual([known?.freeze.until, known?.ordered?.by], [after(world.now, days(9)), 'lee']);
  assert.deepEqual(more, []);
});

test('configured and ordered freezes stand in one list, and what is over is not in it', async () => {
  const world = new AdmissionWorld();
  const span = (name: string, from: number, until: number) => ({
    name,
    from: after(world.now, from),
    until: after(world.now, until),
    allowEmergency: true,
  });
  const freezes = [span('over', -days(2), 0), span('new-year', days(30), days(40))];
  world.rules = { ...world.rules, freezes };
  await orderFreeze(world.deps(), aFreeze(world));

  const known = await listFreezes(world.deps());

  assert.deepEqual(
    known.map(({ freeze, ordered, state }) => [freeze.name, ordered?.by ?? null, state]),
    [
      ['sale', 'kim', 'in-force'],
      ['new-year', null, 'coming'],
    ],
  );
});

test('what cannot freeze anything, or is ordered elsewhere, is refused with the reason', async () => {
  const world = new AdmissionWorld();
  const span = { from: world.now, until: after(world.now, days(1)), allowEmergency: false };
  world.rules = { ...world.rules, freezes: [{ name: 'fair', ...span }] };

  assert.match(await refusal(world, { until: world.now }), /end before it begins/);
  const past = { from: after(world.now, -hours(2)), until: after(world.now, -hours(1)) };
  assert.match(await refusal(world, past), /over already/);
  assert.match(await refusal(world, { name: 'fair' }), /configuration is called fair/);
  const lifted = await liftFreeze(world.deps(), 'fair', 'kim');
  assert.match(lifted.kind === 'refused' ? lifted.reason : '', /take it out there and reload/);
});
