import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRedis } from '../../src/adapters/redis/open.ts';
import { outcomeOf } from '../../src/domain/rotation-state.ts';
import { running } from '../../src/domain/trial.ts';
import type { Store } from '../../src/ports/store.ts';
import { aPolicy, hours } from '../helpers/facts.ts';
import { FleetCloud, fleetKey } from '../helpers/fleet-cloud.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';
import { eagerClock, openReplica, type Replica } from '../helpers/replica.ts';
import { testRules } from '../helpers/rotation-world.ts';
import { memoryStore, quietLog } from '../helpers/store.ts';

const listeners = 50;
const atOnce = 3;

const rules = {
  ...testRules,
  policies: [aPolicy({ maxConcurrent: atOnce })],
  verify: { deadline: 5000, rounds: 2, gap: 0, settle: 0, blind: 'refuse' },
  quarantine: hours(24),
} as const;

/** What came of running two replicas side by side. */
interface Run {
  readonly outcomes: readonly string[];
  /** The most rotations that were carried out at one instant, over both replicas. */
  readonly most: number;
  /** The most that the Admission held at one instant. */
  readonly mostAdmitted: number;
}

/** Both replicas admit at the start and after each rotation, which go to them in turn. Ends when nothing more is let in. */
async function runBoth(stores: readonly [Store, Store], cloud: FleetCloud): Promise<Run> {
  const replicas = stores.map((store) => openReplica(store, cloud, rules));
  const outcomes: string[] = [];
  let [working, most, mostAdmitted, turn] = [0, 0, 0, 0];
  const next = (): Replica => {
    turn += 1;
    const replica = replicas[turn % replicas.length];
    assert.ok(replica);
    return replica;
  };
  const carry = async (rotationId: string): Promise<void> => {
    working += 1;
    most = Math.max(most, working);
    const execution = await next().execute(rotationId);
    working -= 1;
    outcomes.push('rotation' in execution ? String(outcomeOf(execution.rotation)) : execution.kind);
    await letIn();
  };
  const letIn = async (): Promise<void> => {
    const admitted = (await Promise.all(replicas.map((each) => each.admit()))).flat();
    mostAdmitted = Math.max(mostAdmitted, running(await next().deps.admission.read()).length);
    await Promise.all(admitted.map(carry));
  };
  await letIn();
  return { outcomes, most, mostAdmitted };
}

async function inMemory(faults: ConstructorParameters<typeof FleetCloud>[2] = {}) {
  const store = memoryStore();
  const cloud = new FleetCloud(listeners, () => eagerClock.now(), faults);
  const run = await runBoth([store, store], cloud);
  return { ...run, store, cloud, replica: openReplica(store, cloud, rules) };
}

test('a bad candidate: one canary runs and rolls back, and forty-nine wait with its name as the reason', async () => {
  const { outcomes, cloud, replica } = await inMemory({ badCandidate: true });

  const { plans, refused } = await replica.planning();

  assert.deepEqual(outcomes, ['rolled-back']);
  assert.deepEqual(
    cloud.writes.map(({ to }) => to),
    [cloud.fresh.id, cloud.old.id],
  );
  assert.equal(cloud.holding(cloud.old.id), listeners);
  const [mark] = Object.values((await replica.deps.admission.read()).candidates);
  assert.ok(mark?.kind === 'quarantined');
  assert.deepEqual(plans, []);
  assert.equal(refused.length, listeners);
  for (const { detail, rejections } of refused) {
    assert.match(detail, new RegExp(`${cloud.fresh.id}, is quarantined until `));
    assert.ok(detail.includes(mark.rotationId), detail);
    assert.equal(rejections[0]?.reason, 'quarantined');
  }
});

test('while the canary runs the others wait for it by name', async () => {
  const store = memoryStore();
  const cloud = new FleetCloud(listeners, () => eagerClock.now());
  const replica = openReplica(store, cloud, rules);
  const [canary = '', ...more] = await replica.admit();

  const { plans } = await replica.planning();

  assert.deepEqual(more, []);
  const others = plans.filter(({ waitsFor }) => waitsFor?.reason === 'canary');
  assert.equal(others.length, listeners - 1);
  for (const { waitsFor } of others)
    assert.equal(waitsFor?.detail, `rotation ${canary} is trying ${cloud.fresh.id} first`);
});

test('a good candidate: all fifty are rotated, and never more than three at a time over two replicas', async () => {
  const { outcomes, most, mostAdmitted, cloud } = await inMemory();

  assert.deepEqual(
    outcomes,
    Array.from({ length: listeners }, () => 'committed'),
  );
  assert.deepEqual([most, mostAdmitted], [atOnce, atOnce]);
  assert.equal(cloud.holding(cloud.fresh.id), listeners);
  assert.equal(cloud.writes.length, listeners);
});

for (const fault of ['silent', 'blind'] as const) {
  test(`a canary whose endpoints are ${fault} passes the role on, and the rest go through`, async () => {
    const { outcomes, most, cloud } = await inMemory({ [fault]: [1] });

    assert.deepEqual(outcomes, [
      'refused',
      ...Array.from({ length: listeners - 1 }, () => 'committed'),
    ]);
    assert.equal(most, atOnce);
    assert.equal(
      cloud.writes.some(({ listener }) => listener === 1),
      false,
    );
    assert.equal(cloud.holding(cloud.fresh.id), listeners - 1);
  });
}

test('over one Redis two replicas never carry more than three of fifty', {
  skip: !hasRedis,
}, async () => {
  const redis = await startRedis();
  const open = () => openRedis({ url: redis.url, prefix: '{fleet}', log: quietLog });
  const [one, two] = await Promise.all([open(), open()]);
  const cloud = new FleetCloud(listeners, () => eagerClock.now());
  try {
    const { outcomes, most, mostAdmitted } = await runBoth([one.store, two.store], cloud);

    assert.deepEqual(
      outcomes,
      Array.from({ length: listeners }, () => 'committed'),
    );
    assert.deepEqual([most, mostAdmitted], [atOnce, atOnce]);
    assert.equal(cloud.writes.length, listeners);
  } finally {
    await Promise.all([one.close(), two.close()]);
    await redis.dispose();
  }
});

test('what needs an operator on one listener pauses the other forty-nine until it is resolved', async () => {
  const store = memoryStore();
  const cloud = new FleetCloud(listeners, () => eagerClock.now());
  const replica = openReplica(store, cloud, rules);
  const [canary = ''] = await replica.admit();
  await replica.deps.admission.update((admission) => ({
    next: {
      ...admission,
      holds: {
        [fleetKey(1)]: { rotationId: canary, since: eagerClock.now(), reason: 'restore-failed' },
      },
    },
    result: null,
  }));

  const { plans } = await replica.planning();

  assert.deepEqual(await replica.admit(), []);
  assert.equal(plans.length, listeners - 1);
  for (const { waitsFor } of plans)
    assert.equal(waitsFor?.detail, `rotation ${canary} to ${cloud.fresh.id} needs an operator`);
});
