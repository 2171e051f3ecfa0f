import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandsFor } from '../../../src/messages/about.ts';
import { shapes } from '../../helpers/lab/shapes.ts';
import { LabWorld } from '../../helpers/lab/world.ts';

test('who must act is told every slot, what is served where, the last code and the writes that put it right', async () => {
  const shape = shapes.find(({ name }) => name === 'all three');
  assert.ok(shape);
  const world = new LabWorld(shape, { strangeCa: true, restores: 'refused' }, []);
  await world.run();

  const [problem] = world.problems.values();

  assert.equal(problem?.severity, 'critical');
  const { facts } = problem;
  assert.ok(facts.kind === 'rotation' && facts.situation !== undefined);
  const { bound, before, intended, touched, served, code } = facts.situation;
  assert.deepEqual(touched, ['default', 'additional', 'ca']);
  assert.deepEqual(bound, world.cloud.slots);
  assert.deepEqual(before, shape.slots);
  assert.deepEqual(intended, bound);
  assert.equal(code, 'cloud.denied');
  assert.deepEqual(
    served.map(({ zone, serverName }) => [zone, serverName]),
    ['cn-hangzhou-a', 'cn-hangzhou-b'].flatMap((zone) => [
      [zone, null],
      [zone, 'www.example.com'],
    ]),
  );
  const at = '--region cn-hangzhou --ListenerId lsn-1@443';
  assert.deepEqual(commandsFor(facts).slice(3), [
    `aliyun nlb UpdateListenerAttribute ${at} --CertificateIds.1 101 --CaEnabled true`,
    `aliyun nlb AssociateAdditionalCertificatesWithListener ${at} --AdditionalCertificateIds.1 101`,
    `aliyun nlb DisassociateAdditionalCertificatesWithListener ${at} --AdditionalCertificateIds.1 202`,
    `aliyun nlb UpdateListenerAttribute ${at} --CaCertificateIds.1 101 --CaEnabled true`,
  ]);
});
