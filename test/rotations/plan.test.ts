import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { planDocument } from '../../src/api/plan.ts';
import { rotationSummary } from '../../src/api/rotation.ts';
import { renderPlan } from '../../src/cli/render/plan.ts';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { currentPlanning } from '../../src/usecases/plan.ts';
import { requestRollback } from '../../src/usecases/rollback.ts';
import { quickSandbox, RotationLab } from '../helpers/rotation-lab.ts';
import { clearFaults, issue, order, reset, slotCases } from '../helpers/rotation-steps.ts';
import { bindingsOf, slotsOf } from '../helpers/truth.ts';

let sandbox: RunningSandbox;

before(async () => {
  sandbox = await quickSandbox();
});

after(() => sandbox.close());

/** What `newleaf plan` prints, and its document. */
async function planOf(lab: RotationLab) {
  const planning = await currentPlanning(lab.usecases.plan);
  const document = planDocument(planning, await lab.infra.inventory.read(), []);
  const io = { out: () => {}, err: () => {}, interactive: false, color: false };
  return { document, text: renderPlan(io, document) };
}

describe('newleaf plan explains itself', () => {
  for (const { slot, listener, prepare } of Object.values(slotCases)) {
    test(`for the ${slot} slot: what, why this one, why no other, what it waits for, what if it fails`, async () => {
      await reset(sandbox);
      const { from, to, config } = await prepare(sandbox);
      // One that could come as well, and lives less long.
      const names =
        slot === 'additional' ? ['*.apps.example.com'] : ['www.example.com', 'example.com'];
      const second = await issue(sandbox, { names, notAfterDays: slot === 'default' ? 80 : 150 });
      const policies = [{ name: 'all', match: { listeners: [listener] }, renewBefore: '2000d' }];
      const defaults = { mode: 'observe', windows: [] };
      const lab = await RotationLab.open(sandbox, {
        config: {
          ...config,
          defaults,
          policies: policies.map((each) => ({ ...each, mode: 'auto' })),
        },
      });

      const { document, text } = await planOf(lab);

      const planned = document.plans.find(
        (each) => each.listenerId === listener && each.from.id === from,
      );
      assert.ok(planned, text);
      assert.deepEqual([planned.from.id, planned.to.id, planned.waitsFor], [from, to, null]);
      assert.equal(planned.canary, true);
      assert.match(planned.because, slot === 'ca' ? /a person has named it/ : /exactly the names/);
      if (slot !== 'ca')
        assert.deepEqual(planned.others[0], {
          candidate: second,
          detail: `ends earlier than ${to}`,
        });
      assert.match(planned.onFailure, new RegExp(`^${from} is put back`));
      assert.ok(text.includes(`why ${to}: ${planned.because}`));
      assert.ok(text.includes(`if it fails: ${planned.onFailure}`));
      assert.match(
        text,
        slot === 'additional' ? /bind .* as additional, then unbind/ : /replace the/,
      );
    });
  }
});

describe('newleaf rollback', () => {
  for (const { slot, listener, prepare } of Object.values(slotCases)) {
    test(`takes a rotation of the ${slot} slot back, under the same proof`, async () => {
      await reset(sandbox);
      const { to, config } = await prepare(sandbox);
      const lab = await RotationLab.open(sandbox, { config });
      const old = await bindingsOf(sandbox);
      const rotationId = await lab.ask({ listener, slot, to });
      await lab.run(rotationId);
      const fresh = await slotsOf(sandbox, listener);
      const rollback = async () => {
        await lab.scan();
        const wanted = {
          rotationId,
          requestedBy: 'ada',
          reason: 'clients fail',
          ignoreWindow: false,
        };
        const submitted = await requestRollback(lab.usecases.request, wanted);
        assert.equal(submitted?.kind, 'accepted', JSON.stringify(submitted));
        const [id = ''] = await lab.admit();
        return rotationSummary(await lab.run(id));
      };
      await order(sandbox, { kind: 'keep-old', zone: 'cn-hangzhou-b', listenerId: listener });
      const failed = await rollback();
      const between = await slotsOf(sandbox, listener);
      await clearFaults(sandbox);

      const done = await rollback();

      // A zone that keeps the new certificate disproves the rollback: the new one is put back.
      assert.deepEqual([failed.outcome, failed.reason], ['rolled-back', 'stale']);
      assert.deepEqual(between, fresh);
      assert.deepEqual([done.outcome, done.reason], ['committed', null]);
      assert.deepEqual(await bindingsOf(sandbox), old);
    });
  }
});
