import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hours, today } from '../../helpers/facts.ts';
import type { Faults } from '../../helpers/memory-cloud.ts';
import { RotationWorld, type Crash } from '../../helpers/rotation-world.ts';

const expired = new Date(today.getTime() - hours(2));

interface Scenario {
  readonly name: string;
  readonly faults: Faults;
  readonly outcome: string;
  readonly ends: 'old' | 'fresh' | 'intruder';
}

const scenarios: readonly Scenario[] = [
  { name: 'a good candidate', faults: {}, outcome: 'committed', ends: 'fresh' },
  {
    name: 'a candidate without its intermediate',
    faults: { untrusted: true },
    outcome: 'rolled-back',
    ends: 'old',
  },
  {
    name: 'a zone that keeps the old leaf',
    faults: { stuckZone: 'cn-hangzhou-b' },
    outcome: 'rolled-back',
    ends: 'old',
  },
  {
    name: 'a write whose reply is lost',
    faults: { calls: { 1: 'lost-after' } },
    outcome: 'committed',
    ends: 'fresh',
  },
  {
    name: 'a write that is throttled at first',
    faults: { calls: { 1: 'lost-before' } },
    outcome: 'committed',
    ends: 'fresh',
  },
  {
    name: 'a write that the cloud refuses',
    faults: { swaps: 'refused' },
    outcome: 'refused',
    ends: 'old',
  },
  {
    name: 'a job that fails once',
    faults: { calls: { 1: 'job-fails' } },
    outcome: 'committed',
    ends: 'fresh',
  },
  {
    name: 'jobs that always fail',
    faults: { swaps: 'job-fails' },
    outcome: 'rolled-back',
    ends: 'old',
  },
  {
    name: 'writes that never arrive',
    faults: { swaps: 'lost-before' },
    outcome: 'rolled-back',
    ends: 'old',
  },
  {
    name: 'a write that lands while it is being undone',
    faults: { calls: { 1: 'late' }, swaps: 'lost-before' },
    outcome: 'rolled-back',
    ends: 'old',
  },
  {
    name: 'a restore that is refused',
    faults: { untrusted: true, restores: 'refused' },
    outcome: 'needs-operator',
    ends: 'fresh',
  },
  {
    name: 'a restore whose jobs fail',
    faults: { untrusted: true, restores: 'job-fails' },
    outcome: 'needs-operator',
    ends: 'fresh',
  },
  {
    name: 'somebody who binds a third certificate after the swap',
    faults: { intruder: { afterJob: 1 } },
    outcome: 'needs-operator',
    ends: 'intruder',
  },
  {
    name: 'somebody who binds a third certificate after the restore',
    faults: { untrusted: true, intruder: { afterJob: 2 } },
    outcome: 'needs-operator',
    ends: 'intruder',
  },
  {
    name: 'a target that is already in place',
    faults: { landed: true },
    outcome: 'committed',
    ends: 'fresh',
  },
  {
    name: 'a target in place that is broken',
    faults: { landed: true, untrusted: true },
    outcome: 'needs-operator',
    ends: 'fresh',
  },
  {
    name: 'an expired certificate and a stale zone',
    faults: { stuckZone: 'cn-hangzhou-b', oldNotAfter: expired },
    outcome: 'needs-operator',
    ends: 'fresh',
  },
];

for (const scenario of scenarios) {
  test(`${scenario.name} ends as ${scenario.outcome}, wherever the process dies`, async () => {
    const clean = await run(scenario, null);
    assert.equal(clean.outcome(), scenario.outcome, kinds(clean));
    assert.equal(clean.cloud.bound(), clean.cloud[scenario.ends].id);
    assert.ok(clean.boundaries > 3);

    for (const crash of everyCrash(clean.boundaries)) {
      const crashed = await run(scenario, crash);
      const where = `killed ${crash.when} ${crash.at}: ${kinds(crashed)}`;
      // Once another process has written the intent, nobody knows whether it was sent before it was refused.
      const isTakenOver = scenario.outcome === 'refused' && crashed.outcome() === 'rolled-back';
      if (!isTakenOver) assert.equal(crashed.outcome(), scenario.outcome, where);
      assert.equal(crashed.cloud.bound(), crashed.cloud[scenario.ends].id, where);
    }
  });
}

test('a write that is repeated after a crash carries the token of its intent', async () => {
  const clean = await run({ faults: {} }, null);

  for (const crash of everyCrash(clean.boundaries)) {
    const { cloud, entries } = await run({ faults: {} }, crash);
    const intents = entries.flatMap((entry) => (entry.kind === 'intended' ? [entry.token] : []));
    assert.deepEqual(
      cloud.writes.map(({ token }) => token),
      intents,
      `killed ${crash.when} ${crash.at}`,
    );
  }
});

test('a third certificate is never written over', async () => {
  const { cloud } = await run({ faults: { intruder: { afterJob: 1 } } }, null);

  assert.equal(cloud.writes.length, 1);
  assert.equal(cloud.bound(), cloud.intruder.id);
});

async function run(
  scenario: Pick<Scenario, 'faults'>,
  crash: Crash | null,
): Promise<RotationWorld> {
  const world = new RotationWorld(scenario.faults, crash);
  await world.run();
  return world;
}

function everyCrash(boundaries: number): readonly Crash[] {
  return Array.from({ length: boundaries }, (_, index) => index + 1).flatMap((at) => [
    { at, when: 'before' as const },
    { at, when: 'after' as const },
  ]);
}

function kinds(world: RotationWorld): string {
  return world.entries.map((entry) => entry.kind).join(', ');
}
