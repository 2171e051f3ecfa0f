import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { after, before, beforeEach, describe, test } from 'node:test';
import { rotationSummary } from '../../src/api/rotation.ts';
import { outcomeOf } from '../../src/domain/rotation-state.ts';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { approvePlan } from '../../src/usecases/approve.ts';
import { currentPlanning } from '../../src/usecases/plan.ts';
import { jobEnd, listenerState, nlbCaller, shake } from '../sandbox/support.ts';
import { quickSandbox, RotationLab } from '../helpers/rotation-lab.ts';
import {
  bindCa,
  cas,
  type ConfiguredIdentity,
  identityOf,
  issue,
  partners,
  reset,
} from '../helpers/rotation-steps.ts';
import { assertTruth, bindingsOf } from '../helpers/truth.ts';

type Client = Pick<ConnectionOptions, 'cert' | 'key' | 'maxVersion'>;

/** Who is let in at each zone, asked in TLS 1.2, where the server says so at once. */
async function letIn(sandbox: RunningSandbox, client: Client): Promise<readonly boolean[]> {
  const { serving } = await listenerState(sandbox, partners);
  const seen = serving.map((point) => shake(point, { maxVersion: 'TLSv1.2', ...client }));
  return (await Promise.all(seen)).map(({ error }) => error === null);
}

for (const caEnabledOmitted of ['keeps', 'resets'] as const) {
  test(`a cloud that ${caEnabledOmitted} CaEnabled when it is left out: rotating the default changes nothing for clients`, async () => {
    const sandbox = await quickSandbox({ caEnabledOmitted });
    try {
      const { clientCertificateFile, clientKeyFile } = sandbox.description;
      const known = { cert: readFileSync(clientCertificateFile), key: readFileSync(clientKeyFile) };
      const stranger = clientOf(await identityOf(sandbox, 'stranger'));
      const clients: readonly Client[] = [known, stranger, {}];
      const to = await issue(sandbox, { names: ['partners.example.com'] });
      const lab = await RotationLab.open(sandbox);
      const bound = await bindingsOf(sandbox);
      const verdicts = () => Promise.all(clients.map((client) => letIn(sandbox, client)));
      const first = await verdicts();
      assert.deepEqual(first, [
        [true, true],
        [false, false],
        [false, false],
      ]);

      const rotation = await lab.run(await lab.ask({ listener: partners, to }));

      assert.equal(outcomeOf(rotation), 'committed');
      await assertTruth(sandbox, rotation, { before: bound, third: null });
      assert.deepEqual(await verdicts(), first);
    } finally {
      await sandbox.close();
    }
  });
}

function clientOf({ certificate, key }: ConfiguredIdentity): Client {
  return { cert: certificate, key };
}

describe('the CA slot', () => {
  let sandbox: RunningSandbox;
  let robot: ConfiguredIdentity;

  before(async () => {
    sandbox = await quickSandbox();
  });

  after(() => sandbox.close());

  beforeEach(async () => {
    await reset(sandbox);
    await bindCa(sandbox, cas.issuing);
    robot = await identityOf(sandbox, 'robot');
  });

  const openLab = (to: string, identities: readonly object[]) =>
    RotationLab.open(sandbox, {
      config: { caReplacements: [{ from: cas.issuing, to }], clientIdentities: identities },
    });

  test('an identity that was let in still is, and nobody without one', async () => {
    const lab = await openLab(cas.root, [robot]);

    const rotation = await lab.run(await lab.ask({ listener: partners, slot: 'ca' }));

    assert.equal(outcomeOf(rotation), 'committed');
    assert.deepEqual(await letIn(sandbox, clientOf(robot)), [true, true]);
    assert.deepEqual(await letIn(sandbox, {}), [false, false]);
  });

  test('a CA that turns an identity away is put back, and is to blame', async () => {
    const lab = await openLab(cas.unrelated, [robot]);
    const bound = await bindingsOf(sandbox);

    const rotation = await lab.run(await lab.ask({ listener: partners, slot: 'ca' }));

    const { outcome, reason } = rotationSummary(rotation);
    assert.deepEqual([outcome, reason], ['rolled-back', 'client-refused']);
    await assertTruth(sandbox, rotation, { before: bound, third: null });
    assert.deepEqual(await letIn(sandbox, clientOf(robot)), [true, true]);
    const again = lab.ask({ listener: partners, slot: 'ca' });
    await assert.rejects(again, /quarantined/);
  });

  test('an identity that may be lost is, where that was said', async () => {
    const lab = await openLab(cas.unrelated, [{ ...robot, mayLose: true }]);

    const rotation = await lab.run(await lab.ask({ listener: partners, slot: 'ca' }));

    assert.equal(outcomeOf(rotation), 'committed');
    assert.deepEqual(await letIn(sandbox, clientOf(robot)), [false, false]);
  });

  test('without an identity it waits for an approval, and is then proven by the names of the CAs', async () => {
    const lab = await openLab(cas.root, []);
    await assert.rejects(lab.ask({ listener: partners, slot: 'ca' }), /0 were let in/);
    const { plans } = await currentPlanning(lab.usecases.plan);
    const planned = plans.find(({ plan }) => plan.ref.listenerId === partners);
    assert.equal(planned?.waitsFor?.reason, 'approval');

    const hash = planned?.plan.hash ?? '';
    const approved = await approvePlan(lab.usecases.request, { hash, by: 'ada' });
    const [rotationId = ''] = await lab.admit();
    const rotation = await lab.run(rotationId);

    assert.equal(approved.kind, 'approved');
    assert.equal(outcomeOf(rotation), 'committed');
    assert.deepEqual(await letIn(sandbox, clientOf(robot)), [true, true]);
  });

  test('a request may name the CA, also one that no scan had a reason to look up', async () => {
    const lab = await RotationLab.open(sandbox, { config: { clientIdentities: [robot] } });

    const rotation = await lab.run(await lab.ask({ listener: partners, slot: 'ca', to: cas.root }));

    assert.equal(outcomeOf(rotation), 'committed');
  });

  describe('where only TLS 1.3 is spoken and refusals come late', () => {
    beforeEach(async () => {
      const nlb = nlbCaller(sandbox);
      const change = {
        ListenerId: partners,
        SecurityPolicyId: 'tls-sandbox13only0001',
        CaEnabled: true,
      };
      assert.equal(await jobEnd(nlb, await nlb('UpdateListenerAttribute', change)), 'Succeeded');
    });

    test('a CA that lets the identity in is proven', async () => {
      const lab = await openLab(cas.root, [robot]);

      const rotation = await lab.run(await lab.ask({ listener: partners, slot: 'ca' }));

      assert.equal(outcomeOf(rotation), 'committed');
    });

    test('one that turns it away is put back', async () => {
      const lab = await openLab(cas.unrelated, [robot]);

      const rotation = await lab.run(await lab.ask({ listener: partners, slot: 'ca' }));

      const { outcome, reason } = rotationSummary(rotation);
      assert.deepEqual([outcome, reason], ['rolled-back', 'client-refused']);
    });
  });
});
