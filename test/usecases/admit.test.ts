import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NewleafError } from '../../src/domain/errors.ts';
import { admitDue, repairAdmission } from '../../src/usecases/admit.ts';
import { blockerNow, currentPlanning } from '../../src/usecases/plan.ts';
import { AdmissionWorld } from '../helpers/admission-world.ts';
import { aRenewal } from '../helpers/candidates.ts';
import { days, hours } from '../helpers/facts.ts';
import { fleet, keyNo, listenerNo } from '../helpers/plannings.ts';

const signal = new AbortController().signal;
const minutes = (n: number): number => n * 60_000;
const fp = aRenewal().fingerprint256 ?? '';

async function flying(world: AdmissionWorld): Promise<readonly string[]> {
  const { inFlight } = await world.admission.read();
  return inFlight.map(({ rotationId }) => rotationId);
}

/** A world whose candidate has been proven for a day. */
async function provenWorld(listeners: number): Promise<AdmissionWorld> {
  const world = new AdmissionWorld(fleet(listeners));
  const candidates = { [fp]: { kind: 'proven', since: world.now } } as const;
  await world.admission.update((current) => ({ next: { ...current, candidates }, result: null }));
  world.pass(days(1));
  return world;
}

async function dies(): Promise<never> {
  throw new NewleafError('store.unavailable', 'create rotation');
}

test('a due rotation is admitted, recorded and hinted at', async () => {
  const world = new AdmissionWorld(fleet(2));

  const ids = await admitDue(world.deps(), signal);

  assert.equal(ids.length, 1);
  assert.deepEqual(world.hints, ids);
  assert.deepEqual(await flying(world), ids);
  const stored = await world.journal.read(ids[0] ?? '');
  assert.match(ids[0] ?? '', /^[0-9a-f]{16}$/);
  assert.equal(stored?.record.canary, true);
  assert.equal(stored?.record.policy, 'defaults');
  assert.deepEqual(stored?.record.trigger, { kind: 'schedule', emergency: false });
  assert.deepEqual(stored?.record.listener, {
    loadBalancerName: 'edge',
    description: 'web',
    port: 443,
  });
});

test('the next minute admits nothing twice', async () => {
  const world = new AdmissionWorld(fleet(2));
  await admitDue(world.deps(), signal);

  assert.deepEqual(await admitDue(world.deps(), signal), []);
});

test('several replicas at the same instant let in no more than the policy allows', async () => {
  const world = await provenWorld(20);

  const admitted = await Promise.all([1, 2, 3, 4].map(() => admitDue(world.deps(), signal)));

  assert.equal(admitted.flat().length, 3);
  assert.equal((await flying(world)).length, 3);
  assert.equal(new Set(world.hints).size, 3);
});

test('when one ends, the next starts, and the new state decides', async () => {
  const world = new AdmissionWorld(fleet(5));
  const [canary = ''] = await admitDue(world.deps(), signal);
  await world.end(canary, { kind: 'committed', foundDone: false });

  const next = await admitDue(world.deps(), signal);

  assert.equal(next.length, 3);
  const { plans } = await currentPlanning(world.deps());
  assert.equal(
    plans.some(({ plan }) => plan.ref.listenerId === 'lsn-1@443'),
    false,
  );
});

test('a canary that is refused passes the role on in the next minute', async () => {
  const world = new AdmissionWorld(fleet(3));
  const [first = ''] = await admitDue(world.deps(), signal);
  await world.end(first, { kind: 'refused', reason: 'blind', detail: 'zone b' });

  const [second = ''] = await admitDue(world.deps(), signal);

  const stored = await world.journal.read(second);
  assert.equal(stored?.record.canary, true);
  assert.equal(stored?.record.plan.ref.listenerId, 'lsn-2@443');
});

test('what needs an operator pauses the rest until it is resolved', async () => {
  const world = new AdmissionWorld(fleet(3));
  const [first = ''] = await admitDue(world.deps(), signal);
  await world.end(first, {
    kind: 'needs-operator',
    reason: 'restore-failed',
    detail: 'x',
    bound: null,
  });
  world.pass(hours(1));
  await repairAdmission(world.deps());

  assert.deepEqual(await admitDue(world.deps(), signal), []);
  const { plans, refused } = await currentPlanning(world.deps());
  assert.deepEqual(
    plans.map(({ waitsFor }) => waitsFor?.reason),
    ['paused', 'paused'],
  );
  assert.deepEqual(
    refused.map(({ reason }) => reason),
    ['on-hold'],
  );
});

test('a crash between admission and record is taken back after a while, and the rotation starts anew', async () => {
  const world = new AdmissionWorld(fleet(2));
  const crashing = world.deps({ journal: { ...world.journal, create: dies } });
  await assert.rejects(admitDue(crashing, signal), { code: 'store.unavailable' });
  const [lost] = await flying(world);

  world.pass(minutes(1));
  await repairAdmission(world.deps());
  assert.deepEqual(await flying(world), [lost]);
  world.pass(minutes(1));
  await repairAdmission(world.deps());

  assert.deepEqual(await flying(world), []);
  assert.equal((await admitDue(world.deps(), signal)).length, 1);
});

test('a record that turns up after its admission was taken back does not start', async () => {
  const world = new AdmissionWorld();
  const [id = ''] = await admitDue(world.deps(), signal);
  const stored = await world.journal.read(id);
  assert.ok(stored);
  assert.equal(await blockerNow(world.deps(), stored.record, listenerNo(1)), null);

  await world.admission.update((current) => ({ next: { ...current, inFlight: [] }, result: null }));

  const wait = await blockerNow(world.deps(), stored.record, listenerNo(1));
  assert.equal(wait?.reason, 'paused');
});

test('a rotation under way keeps its place however long it takes, one that is over does not', async () => {
  const world = new AdmissionWorld();
  const [id = ''] = await admitDue(world.deps(), signal);
  world.pass(days(1));
  await repairAdmission(world.deps());
  assert.deepEqual(await flying(world), [id]);

  await world.journal.append(id, { kind: 'committed', foundDone: true }, 0);
  await world.journal.append(id, { kind: 'closed' }, 1);
  await repairAdmission(world.deps());

  assert.deepEqual(await flying(world), []);
});

test('looking again sees the policy, the freeze and the clock of that moment', async () => {
  const world = new AdmissionWorld();
  const [id = ''] = await admitDue(world.deps(), signal);
  const record = (await world.journal.read(id))?.record;
  assert.ok(record);
  const reason = async () => (await blockerNow(world.deps(), record, listenerNo(1)))?.reason;
  const { rules } = world;

  const [policy] = rules.policies;
  assert.ok(policy);
  world.rules = { ...rules, policies: [{ ...policy, mode: 'observe' }] };
  assert.equal(await reason(), 'observe-mode');
  const freeze = { name: 'f', from: world.now, until: new Date(8e15), allowEmergency: false };
  world.rules = { ...rules, freezes: [freeze] };
  assert.equal(await reason(), 'freeze');
  world.rules = rules;
  world.skew = minutes(5);
  assert.equal(await reason(), 'clock-skew');
});

test('a skewed clock starts nothing, and says so', async () => {
  const world = new AdmissionWorld();
  world.skew = -minutes(2);

  assert.deepEqual(await admitDue(world.deps(), signal), []);
  const { plans } = await currentPlanning(world.deps());
  assert.equal(plans[0]?.waitsFor?.reason, 'clock-skew');
});

test('a stopping daemon admits nothing', async () => {
  const world = new AdmissionWorld();

  await assert.rejects(
    admitDue(world.deps(), AbortSignal.abort(new Error('stopping'))),
    /stopping/,
  );

  assert.deepEqual(await flying(world), []);
});

test('a listener on hold is left alone', async () => {
  const world = new AdmissionWorld();
  const hold = { rotationId: 'r0', since: world.now, reason: 'restore-failed' };
  await world.admission.update((current) => ({
    next: { ...current, holds: { [keyNo(1)]: hold } },
    result: null,
  }));

  assert.deepEqual(await admitDue(world.deps(), signal), []);
});
