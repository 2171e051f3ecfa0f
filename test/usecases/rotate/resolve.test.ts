import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replay } from '../../../src/domain/evolve.ts';
import { listenerKey } from '../../../src/domain/listener.ts';
import { close } from '../../../src/usecases/rotate/close.ts';
import { resolveRotation, type Resolution } from '../../../src/usecases/rotate/resolve.ts';
import { RotationWorld } from '../../helpers/rotation-world.ts';

const signal = new AbortController().signal;

function saying(as: Resolution['as']): Resolution {
  return { rotationId: 'r1', as, by: 'ada', note: 'looked at it' };
}

async function stuck(
  faults: ConstructorParameters<typeof RotationWorld>[0],
): Promise<RotationWorld> {
  const world = new RotationWorld(faults);
  await world.run();
  assert.equal(world.outcome(), 'needs-operator');
  assert.ok(world.admission.holds[listenerKey(world.record.plan.ref)]);
  return world;
}

test('a listener on hold is released when the operator says what is really bound and served', async () => {
  const world = await stuck({ intruder: { afterJob: 1 } });

  const resolved = await resolveRotation(world.deps(), saying('other'), signal);

  assert.equal(resolved.kind, 'resolved');
  assert.deepEqual(world.admission.holds, {});
  assert.deepEqual([...world.problems.keys()], []);
  assert.equal(world.open, false);
  assert.deepEqual(
    world.entries.slice(-2).map((entry) => entry.kind),
    ['resolved', 'closed'],
  );
});

for (const { as, faults, reason } of [
  {
    as: 'new',
    faults: { intruder: { afterJob: 1 } },
    reason: /holds 303-cn-hangzhou: that is "other", not "new"/,
  },
  {
    as: 'old',
    faults: { untrusted: true, restores: 'refused' },
    reason: /that is "new", not "old"/,
  },
  {
    as: 'other',
    faults: { untrusted: true, restores: 'refused' },
    reason: /that is "new", not "other"/,
  },
] as const) {
  test(`"${as}" is refused when reality differs: ${reason.source}`, async () => {
    const world = await stuck(faults);

    const resolved = await resolveRotation(world.deps(), saying(as), signal);

    assert.equal(resolved.kind, 'refused');
    assert.match(resolved.kind === 'refused' ? resolved.reason : '', reason);
    assert.ok(world.admission.holds[listenerKey(world.record.plan.ref)]);
  });
}

test("the operator's word is refused while an endpoint serves something else than the slot says", async () => {
  const world = await stuck({ untrusted: true, restores: 'refused' });
  world.cloud.prober.observe = async (probe) => world.cloud.show(world.cloud.old, probe);

  const resolved = await resolveRotation(world.deps(), saying('new'), signal);

  assert.match(
    resolved.kind === 'refused' ? resolved.reason : '',
    /cn-hangzhou-a 127\.0\.0\.2:443 still serves/,
  );
});

test('a rotation that is resolved, went well or is unknown cannot be resolved', async () => {
  const done = new RotationWorld();
  await done.run();
  const twice = await stuck({ intruder: { afterJob: 1 } });
  await resolveRotation(twice.deps(), saying('other'), signal);

  assert.match(
    JSON.stringify(await resolveRotation(done.deps(), saying('new'), signal)),
    /committed/,
  );
  assert.match(
    JSON.stringify(await resolveRotation(twice.deps(), saying('other'), signal)),
    /already resolved/,
  );
  assert.deepEqual(
    await resolveRotation(done.deps(), { ...saying('new'), rotationId: 'x' }, signal),
    {
      kind: 'unknown',
    },
  );
});

test('a rotation that is just being put on hold is not released before it is', async () => {
  const world = await stuck({ intruder: { afterJob: 1 } });
  assert.equal(world.entries.pop()?.kind, 'closed');

  const resolved = await resolveRotation(world.deps(), saying('other'), signal);

  assert.match(resolved.kind === 'refused' ? resolved.reason : '', /try again in a minute/);
  assert.notEqual(world.entries.at(-1)?.kind, 'resolved');
});

test('a hold that a late executor put back is released by resolving once more', async () => {
  const world = await stuck({ intruder: { afterJob: 1 } });
  const asking = replay(world.record, world.entries);
  await resolveRotation(world.deps(), saying('other'), signal);
  await close(world.deps(), asking);
  assert.equal(Object.keys(world.admission.holds).length, 1);

  const again = await resolveRotation(world.deps(), saying('other'), signal);

  assert.equal(again.kind, 'resolved');
  assert.deepEqual(world.admission.holds, {});
  assert.deepEqual([...world.problems.keys()], []);
});

test('a listener that is held by a rotation nobody knows any more can be released as other', async () => {
  const world = await stuck({ intruder: { afterJob: 1 } });
  const deps = world.deps();
  const lost = { ...deps, journal: { ...deps.journal, read: async () => null } };

  const wrong = await resolveRotation(lost, saying('new'), signal);
  const unknown = await resolveRotation(lost, { ...saying('other'), rotationId: 'r9' }, signal);
  assert.equal(Object.keys(world.admission.holds).length, 1);
  const right = await resolveRotation(lost, saying('other'), signal);

  assert.match(wrong.kind === 'refused' ? wrong.reason : '', /nobody can tell old from new/);
  assert.equal(unknown.kind, 'unknown');
  assert.equal(right.kind, 'released');
  assert.deepEqual([world.admission.holds, world.problems.size], [{}, 0]);
});

test('a hold that the Journal has forgotten is released like any other', async () => {
  const world = await stuck({ intruder: { afterJob: 1 } });
  const asked = world.entries.findIndex(({ kind }) => kind === 'needs-operator');
  const at = world.clock.now();
  world.entries.splice(
    asked,
    world.entries.length,
    { kind: 'deferred', reason: 'hold', detail: '', id: 'x', at },
    { kind: 'closed', id: 'y', at },
  );

  const resolved = await resolveRotation(world.deps(), saying('other'), signal);

  assert.equal(resolved.kind, 'resolved');
  assert.deepEqual(world.admission.holds, {});
});
