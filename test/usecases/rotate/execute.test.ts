import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NewleafError } from '../../../src/domain/errors.ts';
import { executeRotation } from '../../../src/usecases/rotate/execute.ts';
import { rotationKey } from '../../../src/usecases/rotate/close.ts';
import { aPolicy, hours, today } from '../../helpers/facts.ts';
import { RotationWorld, testRules } from '../../helpers/rotation-world.ts';

const forever = new AbortController().signal;

test('a rotation that may not start now is deferred without an outcome and leaves the open ones', async () => {
  const world = new RotationWorld();
  world.wait = { reason: 'window', detail: 'opens at 02:00', until: null };

  const rotation = await world.run();

  assert.equal(rotation.ending?.entry.kind, 'deferred');
  assert.equal(world.outcome(), null);
  assert.equal(world.open, false);
  assert.equal(world.cloud.writes.length, 0);
});

test('a deferral takes nothing back that people were told about this listener', async () => {
  const first = new RotationWorld({ untrusted: true, restores: 'refused' });
  await first.run();
  const world = new RotationWorld();
  world.wait = { reason: 'window', detail: 'opens at 02:00', until: null };
  for (const [key, problem] of first.problems) world.problems.set(key, problem);

  await world.run();

  assert.deepEqual([...world.problems.values()], [...first.problems.values()]);
});

test('an unknown rotation is said to be unknown', async () => {
  const world = new RotationWorld();

  assert.deepEqual(await executeRotation(world.deps(), 'nobody', forever), { kind: 'unknown' });
});

test('a rotation whose load balancer is in other hands is left to them', async () => {
  const world = new RotationWorld();
  const deps = { ...world.deps(), leases: { acquire: async () => null } };

  assert.deepEqual(await executeRotation(deps, world.record.id, forever), { kind: 'busy' });
  assert.equal(world.entries.length, 0);
});

test('a lease that is lost stops the rotation before its next write', async () => {
  const world = new RotationWorld();
  const lost = new NewleafError('lease.lost', 'another replica took it');
  const deps = {
    ...world.deps(),
    leases: {
      acquire: async (name: string) => ({
        name,
        remaining: () => 0,
        renew: () => Promise.reject(lost),
        release: async () => {},
      }),
    },
  };

  await assert.rejects(executeRotation(deps, world.record.id, forever), { code: 'lease.lost' });
  assert.equal(world.cloud.writes.length, 0);
});

test('an abort stops between two steps and the next run carries on', async () => {
  const world = new RotationWorld();
  const stop = new AbortController();
  const deps = world.deps();
  const journal: typeof deps.journal = {
    ...deps.journal,
    append: async (id, event, after) => {
      const entry = await deps.journal.append(id, event, after);
      if (event.kind === 'called') stop.abort(new Error('shutting down'));
      return entry;
    },
  };

  await assert.rejects(
    executeRotation({ ...deps, journal }, world.record.id, stop.signal),
    /shutting down/,
  );
  assert.equal(world.entries.at(-1)?.kind, 'called');
  await world.run();

  assert.equal(world.outcome(), 'committed');
  assert.equal(world.cloud.writes.length, 1);
});

test('an account that is no longer configured is an error that names it', async () => {
  const world = new RotationWorld();
  const deps = { ...world.deps(), accounts: new Map() };

  await assert.rejects(executeRotation(deps, world.record.id, forever), {
    code: 'not-found',
    fields: { account: 'main' },
  });
});

for (const { blind, outcome, reason } of [
  { blind: 'refuse', outcome: 'refused', reason: 'blind' },
  { blind: 'partial', outcome: 'committed', reason: null },
] as const) {
  test(`with one zone outside the vantage and the rule ${blind} it ends as ${outcome}`, async () => {
    const world = new RotationWorld();
    world.rules = { ...testRules, verify: { ...testRules.verify, blind } };
    world.cloud.prober.reaches = (endpoint) => endpoint.zone !== 'cn-hangzhou-b';

    const rotation = await world.run();

    assert.equal(world.outcome(), outcome);
    const ending = rotation.ending?.entry;
    assert.equal(ending?.kind === 'refused' ? ending.reason : null, reason);
    assert.deepEqual(
      rotation.blind,
      outcome === 'committed' ? ['cn-hangzhou-b 127.0.0.3:443'] : [],
    );
  });
}

test('an emergency goes ahead with the zones it can see', async () => {
  const world = new RotationWorld();
  const { record } = world;
  world.record = { ...record, trigger: { kind: 'schedule', emergency: true } };
  world.cloud.prober.reaches = (endpoint) => endpoint.zone === 'cn-hangzhou-a';

  await world.run();

  assert.equal(world.outcome(), 'committed');
});

test('with the rule api-only and nothing in sight the API alone decides', async () => {
  const world = new RotationWorld();
  world.rules = { ...testRules, verify: { ...testRules.verify, blind: 'api-only' } };
  world.cloud.prober.reaches = () => false;

  const rotation = await world.run();

  assert.equal(world.outcome(), 'committed');
  assert.deepEqual(rotation.swapProof, { verdict: 'proven', cells: 0, rounds: 2 });
});

test('a listener that changed since the plan is refused untouched', async () => {
  const world = new RotationWorld({ landed: true });
  const plan = {
    ...world.record.plan,
    steps: [
      { kind: 'replace', slot: 'default', from: '101-cn-hangzhou', to: '909-cn-hangzhou' } as const,
    ],
  };
  world.record = { ...world.record, plan };

  const rotation = await world.run();

  const ending = rotation.ending?.entry;
  assert.equal(ending?.kind === 'refused' ? ending.reason : null, 'listener-changed');
  assert.equal(world.cloud.writes.length, 0);
});

test('a committed rotation is told as good news, with both certificates', async () => {
  const world = new RotationWorld();

  const rotation = await world.run();

  const problem = world.problems.get(rotationKey(rotation));
  assert.equal(problem?.severity, 'info');
  assert.equal(
    problem?.facts.kind === 'rotation' ? problem.facts.to.id : null,
    world.cloud.fresh.id,
  );
});

test('a zone that falls back after the commit is told loudly by a later look', async () => {
  const world = new RotationWorld();
  const prober = { ...world.cloud.prober };
  world.cloud.prober.observe = async (probe, signal) => {
    const late = world.clock.now().getTime() > today.getTime() + 60_000;
    return late ? world.cloud.show(world.cloud.old, probe) : prober.observe(probe, signal);
  };

  const rotation = await world.run();

  assert.equal(world.outcome(), 'committed');
  assert.equal(world.problems.get(rotationKey(rotation))?.severity, 'critical');
  assert.equal(rotation.secondLooks.length, 5);
});

test('an old leaf that is about to expire is not put back when nothing got worse', async () => {
  const soon = new Date(today.getTime() + hours(3));
  const world = new RotationWorld({ stuckZone: 'cn-hangzhou-b', oldNotAfter: soon });
  world.rules = { ...testRules, policies: [aPolicy({ mode: 'auto' })] };

  const rotation = await world.run();

  const ending = rotation.ending?.entry;
  assert.equal(
    ending?.kind === 'needs-operator' ? ending.reason : null,
    'old-certificate-unusable',
  );
  assert.equal(world.cloud.bound(), world.cloud.fresh.id);
});
