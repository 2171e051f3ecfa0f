import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyAdmission, type Admission } from '../../../src/domain/admission.ts';
import { applyOutcome, type Replaced } from '../../../src/domain/consequence.ts';
import { listenerKey, type Slot } from '../../../src/domain/listener.ts';
import { revertedCommit } from '../../../src/domain/revert.ts';
import { today } from '../../helpers/facts.ts';
import { RotationWorld } from '../../helpers/rotation-world.ts';

test('a commit leaves behind what it replaced, so that a revert shows; a rollback does not', async () => {
  const committed = new RotationWorld();
  const rolledBack = new RotationWorld({ stuckZone: 'cn-hangzhou-b' });

  await committed.run();
  await rolledBack.run();

  const { old, fresh } = committed.cloud;
  const commit = committed.admission.commits?.[listenerKey(committed.record.plan.ref)];
  assert.deepEqual(
    [committed.outcome(), commit?.rotationId, commit?.slot, commit?.from, commit?.to],
    ['committed', 'r1', 'default', old.id, fresh.id],
  );
  assert.equal(commit?.fromLeaf, old.fingerprint256);
  assert.deepEqual(
    [rolledBack.outcome(), rolledBack.admission.commits],
    ['rolled-back', undefined],
  );
});

test('every slot that a rotation changed is remembered, also after the next one of another slot', () => {
  const slots = ['default', 'additional'] as const;
  const leaf = { fromLeaf: null, fromUntil: null };
  const first = { slot: 'default', slots, from: 'a', to: 'b', ...leaf } as const;
  const second = { slot: 'ca', slots: ['ca'], from: 'c', to: 'd', ...leaf } as const;
  const third = { slot: 'default', slots: ['default'], from: 'b', to: 'e', ...leaf } as const;

  const once = committing(emptyAdmission, 'r1', first);
  const twice = committing(once, 'r2', second);
  const thrice = committing(twice, 'r3', third);

  assert.equal(reverted(once, 'default', 'a'), 'r1');
  assert.equal(reverted(once, 'additional', 'a'), 'r1');
  assert.equal(reverted(twice, 'default', 'a'), 'r1');
  assert.equal(reverted(twice, 'additional', 'a'), 'r1');
  assert.equal(reverted(twice, 'ca', 'c'), 'r2');
  assert.equal(reverted(thrice, 'default', 'a'), null);
  assert.equal(reverted(thrice, 'default', 'b'), 'r3');
  assert.equal(reverted(thrice, 'ca', 'c'), 'r2');
  assert.equal(thrice.commits?.['l']?.rotationId, 'r3');
});

function committing(admission: Admission, rotationId: string, replaced: Replaced): Admission {
  const flight = { listener: 'l', loadBalancer: 'b', candidate: replaced.to, policy: 'p' };
  const inFlight = [{ rotationId, since: today, ...flight }];
  return applyOutcome(
    { ...admission, inFlight },
    {
      rotationId,
      listener: 'l',
      candidate: replaced.to,
      outcome: 'committed',
      replaced,
      blamesCandidate: false,
      reason: '',
      now: today,
      quarantine: 0,
    },
  );
}

function reverted(admission: Admission, slot: Slot, id: string): string | null {
  return revertedCommit(admission, 'l', { slot, id }, null)?.rotationId ?? null;
}
