import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CandidateState } from '../../src/domain/admission.ts';
import { assessInventory } from '../../src/domain/assessment.ts';
import { problemsOf } from '../../src/domain/problems.ts';
import { onListener } from '../../src/domain/trial.ts';
import { listAudit } from '../../src/usecases/audit/read.ts';
import { currentPlanning } from '../../src/usecases/plan.ts';
import { liftQuarantine, listQuarantines } from '../../src/usecases/quarantine.ts';
import { AdmissionWorld } from '../helpers/admission-world.ts';
import { aRenewal } from '../helpers/candidates.ts';
import { after, days, hours } from '../helpers/facts.ts';
import { fleet, keyNo, sha256 } from '../helpers/plannings.ts';

const renewal = aRenewal();
const leaf = renewal.fingerprint256 ?? '';

/** Three listeners whose only renewal failed: for its own fault everywhere, or on the second one alone. */
async function failed(where: 'everywhere' | 'second'): Promise<AdmissionWorld> {
  const world = new AdmissionWorld(fleet(3));
  const state: CandidateState = {
    kind: 'quarantined',
    since: world.now,
    until: after(world.now, where === 'everywhere' ? days(7) : hours(20)),
    rotationId: 'r-bad',
    reason: 'untrusted',
  };
  const key = where === 'everywhere' ? leaf : onListener(leaf, keyNo(2));
  await world.admission.update((current) => ({
    next: { ...current, candidates: { [key]: state } },
    result: null,
  }));
  return world;
}

const because = { by: 'kim', reason: 'the chain is complete now' };

async function planned(world: AdmissionWorld): Promise<readonly string[]> {
  const { plans } = await currentPlanning(world.deps());
  return plans.map(({ plan, canary }) => `${plan.ref.listenerId}${canary ? ' canary' : ''}`);
}

test('a quarantine is listed with its certificate, its rotation and its end, until it ends', async () => {
  const world = await failed('everywhere');

  const known = await listQuarantines(world.deps());

  assert.deepEqual(known, [
    {
      candidate: leaf,
      certificates: [renewal.id],
      listener: null,
      since: world.now,
      until: after(world.now, days(7)),
      rotationId: 'r-bad',
      reason: 'untrusted',
    },
  ]);
  assert.deepEqual(await planned(world), []);
  world.pass(days(7));
  assert.deepEqual(await listQuarantines(world.deps()), []);
  assert.equal((await planned(world)).length, 3);
});

test('the alert of the expiring certificate names what is quarantined, until when and after which rotation', async () => {
  const { inventory, now, ...world } = await failed('everywhere').then((each) => ({
    inventory: each.inventory,
    now: each.now,
    deps: each.deps(),
  }));
  const planning = await currentPlanning(world.deps);
  const assessments = assessInventory(inventory, {
    now,
    planning,
    policies: world.deps.rules().policies,
    admission: await world.deps.admission.read(),
    additionalLimit: () => 25,
  });

  const problems = problemsOf({ assessments, planning, missing: [], now });

  const expiring = problems.find(({ key }) => key.startsWith('expiring/'));
  assert.ok(expiring?.facts.kind === 'expiring');
  const [outlook] = expiring.facts.outlook;
  assert.ok(outlook?.kind === 'no-candidate');
  const [rejection] = outlook.rejections;
  assert.deepEqual([rejection?.candidate, rejection?.reason], [renewal.id, 'quarantined']);
  assert.match(
    rejection?.detail ?? '',
    /^is quarantined until .* after rotation r-bad: untrusted$/,
  );
});

test('a lifted certificate is untested: one listener tries it first, and the audit says who lifted it', async () => {
  const world = await failed('everywhere');

  const lifted = await liftQuarantine(world.deps(), { certificate: renewal.id, ...because });

  assert.equal(lifted.kind, 'lifted');
  assert.deepEqual(await planned(world), ['lsn-1@443 canary', 'lsn-2@443', 'lsn-3@443']);
  const { rows } = await listAudit({ audit: world.audit, sha256 }, {}, 10);
  assert.deepEqual(
    rows.map(({ actor, action, rotationId, facts }) => [
      actor,
      action,
      rotationId,
      facts['reason'],
    ]),
    [['kim', 'quarantine.lifted', 'r-bad', because.reason]],
  );
});

test('it is found by its leaf too, and a listener that rests alone is named', async () => {
  const world = await failed('second');
  assert.equal((await listQuarantines(world.deps()))[0]?.listener, keyNo(2));
  assert.deepEqual(await planned(world), ['lsn-1@443 canary', 'lsn-3@443']);

  const lift = { certificate: leaf.slice(0, 8), listener: 'lsn-2@443', ...because };
  const lifted = await liftQuarantine(world.deps(), lift);

  assert.equal(lifted.kind, 'lifted');
  assert.equal((await planned(world)).length, 3);
});

test('what is not quarantined cannot be lifted, and what is stays', async () => {
  const world = await failed('second');
  const reasonOf = async (certificate: string, listener?: string): Promise<string> => {
    const lifted = await liftQuarantine(world.deps(), { certificate, listener, ...because });
    return lifted.kind === 'refused' ? lifted.reason : 'lifted';
  };

  assert.match(await reasonOf('9-x'), /^9-x is not quarantined: newleaf quarantine lists/);
  assert.match(await reasonOf(renewal.id, 'lsn-1@443'), /is not quarantined on lsn-1@443/);
  assert.match(await reasonOf(leaf.slice(0, 7)), /is not quarantined/);
  assert.equal((await listQuarantines(world.deps())).length, 1);
});
