import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NewleafError } from '../../src/domain/errors.ts';
import type { AuditTrail } from '../../src/ports/audit.ts';
import { admitDue } from '../../src/usecases/admit.ts';
import { approvePlan } from '../../src/usecases/approve.ts';
import { auditedJournal, followJournals } from '../../src/usecases/audit/follow.ts';
import { listAudit, verifyAudit } from '../../src/usecases/audit/read.ts';
import { liftFreeze, orderFreeze } from '../../src/usecases/freeze.ts';
import { currentPlanning } from '../../src/usecases/plan.ts';
import { submitRequest } from '../../src/usecases/request.ts';
import { AdmissionWorld } from '../helpers/admission-world.ts';
import { aTrail } from '../helpers/audit.ts';
import { after, days } from '../helpers/facts.ts';
import { FleetCloud } from '../helpers/fleet-cloud.ts';
import { fleet, keyNo, sha256 } from '../helpers/plannings.ts';
import { eagerClock, openReplica, type Replica } from '../helpers/replica.ts';
import { RotationWorld, testRules } from '../helpers/rotation-world.ts';
import { memoryStore } from '../helpers/store.ts';

const signal = new AbortController().signal;

async function told(audit: AuditTrail, filter: Parameters<typeof listAudit>[1] = {}) {
  const { rows } = await listAudit({ audit, sha256 }, filter, 1000);
  return rows.toReversed();
}

test('who asked for what, and what the answer was, stands in the audit', async () => {
  const world = new AdmissionWorld(fleet(2), { mode: 'approve' });
  const deps = world.deps();
  const request = { listener: 'lsn-1@443', requestedBy: 'kim', reason: 'renewed', requestId: 'q1' };
  const [planned] = (await currentPlanning(deps)).plans;
  const hash = planned?.plan.hash ?? '';
  const until = after(world.now, days(1));
  const freeze = { name: 'sale', from: world.now, until, allowEmergency: false, reason: 'x' };

  await submitRequest(deps, request);
  await submitRequest(deps, request);
  await submitRequest(deps, { ...request, listener: 'lsn-9@443', requestId: 'q2' });
  await approvePlan(deps, { hash, by: 'lee' });
  await approvePlan(deps, { hash: 'f'.repeat(64), by: 'lee' });
  await orderFreeze(deps, { ...freeze, by: 'ada' });
  await orderFreeze(deps, { ...freeze, until: world.now, by: 'ada' });
  await liftFreeze(deps, 'sale', 'kim');

  const rows = await told(world.audit);
  assert.deepEqual(
    rows.map(({ actor, action }) => [actor, action]),
    [
      ['kim', 'request.accepted'],
      ['kim', 'request.refused'],
      ['lee', 'plan.approved'],
      ['lee', 'approval.refused'],
      ['ada', 'freeze.ordered'],
      ['ada', 'freeze.refused'],
      ['kim', 'freeze.lifted'],
    ],
  );
  assert.deepEqual([rows[0]?.listener, rows[0]?.facts['reason']], [keyNo(1), 'renewed']);
  assert.match(String(rows[1]?.facts['why']), /^no listener lsn-9@443 is known/);
  assert.equal(rows[2]?.planHash, hash);
});

test('a request that is refused only when its turn comes is told then', async () => {
  const world = new AdmissionWorld(fleet(1));
  const request = { listener: 'lsn-1@443', requestedBy: 'kim', reason: 'x', requestId: 'q1' };
  await submitRequest(world.deps(), request);
  world.inventory = fleet(0);

  await admitDue(world.deps(), signal);

  const [, refused] = await told(world.audit);
  assert.deepEqual(
    [refused?.action, refused?.actor, refused?.facts['why']],
    ['request.refused', 'kim', 'the listener is gone'],
  );
});

/** One listener that is due, over one store, with the Journal that settles into the audit. */
function replicaOfOne(faults: ConstructorParameters<typeof FleetCloud>[2] = {}) {
  const store = memoryStore();
  const cloud = new FleetCloud(1, () => eagerClock.now(), faults);
  const rules = {
    ...testRules,
    verify: { deadline: 5000, rounds: 2, gap: 0, settle: 0, blind: 'refuse' },
  } as const;
  return { store, audit: aTrail(store, 7), replica: openReplica(store, cloud, rules) };
}

async function carry(replica: Replica): Promise<string> {
  const [rotationId = ''] = await replica.admit();
  await replica.execute(rotationId);
  return rotationId;
}

test('every entry of a rotation is a row, with plan, token and the id of the cloud, in order', async () => {
  const { audit, replica } = replicaOfOne({ badCandidate: true });
  const rotationId = await carry(replica);
  const { journal } = replica;

  await followJournals({ audit, journal });

  const stored = await journal.read(rotationId);
  const rows = await told(audit, { rotationId });
  assert.deepEqual(
    rows.map(({ action }) => action),
    ['rotation.admitted', ...(stored?.entries ?? []).map(({ kind }) => `rotation.${kind}`)],
  );
  assert.deepEqual(rows[0]?.facts['canary'], true);
  const calls = rows.filter(({ action }) => action === 'rotation.called');
  const intents = rows.filter(({ action }) => action === 'rotation.intended');
  assert.deepEqual(
    calls.map(({ cloudRequestId }) => cloudRequestId),
    ['REQ-1', 'REQ-2'],
  );
  assert.deepEqual(
    calls.map(({ clientToken }) => clientToken),
    intents.map(({ clientToken }) => clientToken),
  );
  for (const { actor, planHash } of rows)
    assert.deepEqual([actor, planHash], ['schedule', stored?.record.plan.hash]);
});

test('following again, by any replica and after a crash at any row, adds each row once', async () => {
  const { store, replica } = replicaOfOne();
  const rotationId = await carry(replica);
  const { journal } = replica;
  for (let dies = 0; dies < 6; dies += 1) {
    let left = dies;
    const dying = {
      ...store,
      append: async (...args: Parameters<typeof store.append>) => {
        if (left === 0) throw new NewleafError('store.unavailable', 'dead');
        left -= 1;
        await store.append(...args);
      },
    };
    await followJournals({ audit: aTrail(dying, 7), journal }).catch(() => {});
  }

  await Promise.all([1, 2, 3].map(() => followJournals({ audit: aTrail(store, 7), journal })));

  const stored = await journal.read(rotationId);
  const rows = await told(aTrail(store, 7), { rotationId });
  assert.equal(rows.length, (stored?.entries.length ?? 0) + 1);
  assert.equal(new Set(rows.map(({ source }) => source)).size, rows.length);
  const { flaws } = await verifyAudit({ audit: aTrail(store, 7), sha256 }, null);
  assert.deepEqual(flaws, []);
});

test('no rotation leaves the open ones before all of it stands in the audit', async () => {
  const store = memoryStore();
  const world = new RotationWorld({ intruder: { afterJob: 1 } });
  const audit = aTrail(store, 7);
  world.adjust = (deps) => ({ ...deps, journal: auditedJournal(deps.journal, audit) });
  await world.run();
  assert.equal((await told(audit)).length, 0);
  assert.equal(world.open, true);

  const other = new RotationWorld();
  other.adjust = (deps) => ({ ...deps, journal: auditedJournal(deps.journal, audit) });
  await other.run();

  assert.equal(other.open, false);
  const actions = (await told(audit)).map(({ action }) => action);
  assert.deepEqual(actions.slice(-2), ['rotation.looked-again', 'rotation.looked-again']);
  assert.ok(actions.includes('rotation.committed'));
  assert.equal(await audit.followed('r1'), 0);
});

test('rows are found by listener, rotation, plan, actor, action and time', async () => {
  const world = new AdmissionWorld(fleet(2));
  const deps = world.deps();
  const ask = (listener: string, requestedBy: string, requestId: string) =>
    submitRequest(deps, { listener, requestedBy, reason: 'x', requestId });
  await ask('lsn-1@443', 'kim', 'q1');
  world.pass(days(1));
  await ask('lsn-2@443', 'lee', 'q2');
  await ask('lsn-9@443', 'lee', 'q3');
  const found = async (filter: Parameters<typeof listAudit>[1]) =>
    (await told(world.audit, filter)).map(({ facts }) => facts['requestId']);

  assert.deepEqual(await found({ listener: 'lsn-2@443' }), ['q2']);
  assert.deepEqual(await found({ listener: keyNo(1) }), ['q1']);
  assert.deepEqual(await found({ actor: 'lee' }), ['q2', 'q3']);
  assert.deepEqual(await found({ action: 'request' }), ['q1', 'q2', 'q3']);
  assert.deepEqual(await found({ action: 'request.refused' }), ['q3']);
  assert.deepEqual(await found({ since: world.now }), ['q2', 'q3']);
  assert.deepEqual(await found({ until: world.now, actor: 'lee' }), []);
  assert.deepEqual(await found({ rotationId: 'r1' }), []);
  const { rows, head } = await listAudit({ audit: world.audit, sha256 }, {}, 2);
  assert.deepEqual(
    [rows.map(({ sequence }) => sequence), head.entries, head.hash],
    [[2, 1], 3, rows[0]?.hash],
  );
});
