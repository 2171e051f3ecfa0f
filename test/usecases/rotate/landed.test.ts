import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RotationWorld, testRules } from '../../helpers/rotation-world.ts';

for (const blind of ['refuse', 'partial', 'api-only'] as const) {
  test(`a target found in place that nobody here can see, with the rule ${blind}`, async () => {
    const world = new RotationWorld({ landed: true });
    world.rules = { ...testRules, verify: { ...testRules.verify, blind } };
    world.cloud.prober.reaches = () => false;

    await world.run();

    assert.equal(world.outcome(), blind === 'api-only' ? 'committed' : 'needs-operator');
    assert.equal(world.cloud.writes.length, 0);
  });
}
