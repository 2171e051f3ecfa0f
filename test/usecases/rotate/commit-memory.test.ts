import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listenerKey } from '../../../src/domain/listener.ts';
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
