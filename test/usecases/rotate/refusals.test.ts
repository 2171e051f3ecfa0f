import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NewleafError } from '../../../src/domain/errors.ts';
import type { ListenerState } from '../../../src/domain/listener.ts';
import type { Rotation } from '../../../src/domain/rotation-state.ts';
import { aPolicy, failed } from '../../helpers/facts.ts';
import { RotationWorld, testRules } from '../../helpers/rotation-world.ts';

type Reading = (state: ListenerState, reading: number) => ListenerState | null;

function reasonOf({ ending }: Rotation): string | null {
  const entry = ending?.entry;
  return entry !== undefined && 'reason' in entry ? entry.reason : null;
}

const untouched: readonly {
  readonly what: string;
  readonly read: Reading;
  readonly reason: string;
}[] = [
  { what: 'is deleted', read: () => null, reason: 'listener-gone' },
  {
    what: 'is stopped',
    read: (state) => ({ ...state, status: 'stopped' }),
    reason: 'listener-not-running',
  },
  {
    what: 'stays in change',
    read: (state) => ({ ...state, status: 'changing' }),
    reason: 'listener-not-running',
  },
  {
    what: 'belongs to a Kubernetes controller',
    read: (state) => ({ ...state, owner: { kind: 'kubernetes', cluster: 'c1', service: null } }),
    reason: 'owned-elsewhere',
  },
  {
    what: 'has another certificate than planned',
    read: (state) => ({
      ...state,
      bound: [{ slot: 'default', id: '909-cn-hangzhou', state: 'bound' }],
    }),
    reason: 'listener-changed',
  },
  {
    what: 'has changed whether clients must authenticate',
    read: (state) => ({ ...state, clientAuth: true }),
    reason: 'listener-changed',
  },
];

for (const { what, read, reason } of untouched) {
  test(`a listener that ${what} is refused as ${reason} and not touched`, async () => {
    const world = new RotationWorld();
    world.readAs(read);

    const rotation = await world.run();

    assert.equal(world.outcome(), 'refused');
    assert.equal(reasonOf(rotation), reason);
    assert.equal(world.cloud.writes.length, 0);
  });
}

for (const { what, change } of [
  { what: 'is gone', change: () => null },
  {
    what: 'is another leaf by now',
    change: (world: RotationWorld) => ({ ...world.cloud.fresh, fingerprint256: 'other' }),
  },
  {
    what: 'was revoked',
    change: (world: RotationWorld) => ({ ...world.cloud.fresh, revoked: true }),
  },
]) {
  test(`a candidate that ${what} is refused and nothing is touched`, async () => {
    const world = new RotationWorld();
    const account = world.cloud.account();
    const stores: typeof account.stores = (site) => ({
      ...account.stores(site),
      resolve: async () => change(world),
    });
    world.adjust = (deps) => ({ ...deps, accounts: new Map([['main', { ...account, stores }]]) });

    const rotation = await world.run();

    assert.equal(reasonOf(rotation), 'candidate-gone');
    assert.equal(world.cloud.writes.length, 0);
  });
}

for (const { what, keyType, reason } of [
  { what: 'unknown to the store', keyType: null, reason: 'facts-unknown' },
  { what: 'another one than the policy allows', keyType: 'ecdsa', reason: 'facts-unknown' },
  { what: 'as before', keyType: 'rsa', reason: null },
] as const) {
  test(`a candidate planned from a listing whose key type is ${what} when asked for ends so: ${reason ?? 'committed'}`, async () => {
    const world = new RotationWorld();
    const { plan } = world.record;
    world.record = { ...world.record, plan: { ...plan, to: { ...plan.to, keyType: null } } };
    const account = world.cloud.account();
    const stores: typeof account.stores = (site) => ({
      ...account.stores(site),
      resolve: async () => ({ ...world.cloud.fresh, keyType }),
    });
    world.adjust = (deps) => ({ ...deps, accounts: new Map([['main', { ...account, stores }]]) });

    const rotation = await world.run();

    assert.equal(reasonOf(rotation), reason);
    assert.equal(world.cloud.writes.length, reason === null ? 1 : 0);
  });
}

test('a plan whose fingerprints are not known is refused', async () => {
  const world = new RotationWorld();
  const { plan } = world.record;
  world.record = { ...world.record, plan: { ...plan, to: { ...plan.to, fingerprint256: null } } };

  assert.equal(reasonOf(await world.run()), 'facts-unknown');
});

/** No endpoint shows anything. */
function inTheDark(): RotationWorld {
  const world = new RotationWorld();
  world.cloud.prober.observe = async () => failed('timeout');
  return world;
}

test('a bound certificate that no endpoint shows is refused, unless a person approved the plan', async () => {
  const approved = inTheDark();
  approved.rules = { ...testRules, policies: [aPolicy({ mode: 'approve' })] };

  assert.equal(reasonOf(await inTheDark().run()), 'shadowed');
  await approved.run();
  assert.equal(approved.outcome(), 'committed');
});

test('with the rule partial and nothing in sight it is refused as blind', async () => {
  const world = new RotationWorld();
  world.rules = { ...testRules, verify: { ...testRules.verify, blind: 'partial' } };
  world.cloud.prober.reaches = () => false;

  assert.equal(reasonOf(await world.run()), 'blind');
});

/** Readings made before the first write: two for the look, one for the intent, two for the call. */
const beforeWrite = 5;

const halfway: readonly {
  readonly what: string;
  readonly read: Reading;
  readonly reason: string;
}[] = [
  {
    what: 'disappears before the write',
    read: (state, reading) => (reading > 3 ? null : state),
    reason: 'listener-gone',
  },
  {
    what: 'gets other settings before the write',
    read: (state, reading) => (reading > 3 ? { ...state, version: 'v2' } : state),
    reason: 'settings-changed',
  },
  {
    what: 'goes into change before the write and stays there',
    read: (state, reading) => (reading > 3 ? { ...state, status: 'changing' } : state),
    reason: 'job-never-ended',
  },
  {
    what: 'disappears after the write',
    read: (state, reading) => (reading > beforeWrite ? null : state),
    reason: 'listener-gone',
  },
  {
    what: 'gets other settings with the write',
    read: (state, reading) => (reading > beforeWrite ? { ...state, version: 'v2' } : state),
    reason: 'settings-changed',
  },
  {
    what: 'never ends its change',
    read: (state, reading) => (reading > beforeWrite ? { ...state, status: 'changing' } : state),
    reason: 'job-never-ended',
  },
];

for (const { what, read, reason } of halfway) {
  test(`a listener that ${what} needs an operator: ${reason}`, async () => {
    const world = new RotationWorld();
    world.readAs(read);

    const rotation = await world.run();

    assert.equal(world.outcome(), 'needs-operator');
    assert.equal(reasonOf(rotation), reason);
  });
}

test('readings that never agree stop the rotation with an error that may pass', async () => {
  const world = new RotationWorld();
  world.readAs((state, reading) => ({ ...state, version: `v${reading}` }));

  await assert.rejects(world.run(), /no end/);
  assert.equal(world.entries.length, 0);
});

test('a cloud that cannot be read does not keep the question from reaching a person', async () => {
  const world = new RotationWorld({ untrusted: true, restores: 'refused' });
  const account = world.cloud.account();
  const read = async (): Promise<ListenerState> => {
    const asked = world.entries.filter((entry) => entry.kind === 'call-failed').length;
    if (asked > 0) throw new NewleafError('cloud.unavailable', 'the cloud is away');
    return world.cloud.state();
  };
  const listeners = { ...account.listeners, read };
  world.adjust = (deps) => ({ ...deps, accounts: new Map([['main', { ...account, listeners }]]) });

  const rotation = await world.run();

  const ending = rotation.ending?.entry;
  assert.equal(ending?.kind === 'needs-operator' ? ending.bound : undefined, null);
  assert.match(
    ending?.kind === 'needs-operator' ? ending.detail : '',
    /cannot be read \(cloud\.unavailable\)/,
  );
});

test('a listener deleted after the commit is nothing to worry about', async () => {
  const world = new RotationWorld();
  const committed = (): boolean => world.entries.some((entry) => entry.kind === 'committed');
  world.readAs((state) => (committed() ? null : state));

  const rotation = await world.run();

  assert.equal(world.outcome(), 'committed');
  assert.deepEqual(
    rotation.secondLooks.map(({ verification }) => verification.verdict),
    ['proven', 'proven'],
  );
});

test('settings that changed with a write whose reply was lost need an operator, as with any other', async () => {
  const world = new RotationWorld({ calls: { 1: 'lost-after' } });
  world.readAs((state) =>
    state.bound[0]?.id === world.cloud.fresh.id ? { ...state, version: 'v2' } : state,
  );

  const rotation = await world.run();

  const ending = rotation.ending?.entry;
  assert.equal(ending?.kind === 'needs-operator' ? ending.reason : null, 'settings-changed');
});
