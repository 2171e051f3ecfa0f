import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { rotationSummary } from '../../src/api/rotation.ts';
import type { Rotation } from '../../src/domain/rotation-state.ts';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { approvePlan } from '../../src/usecases/approve.ts';
import { currentPlanning } from '../../src/usecases/plan.ts';
import { quickSandbox, RotationLab } from '../helpers/rotation-lab.ts';
import {
  bindCa,
  cas,
  frontDoor,
  identityOf,
  issue,
  order,
  partners,
  portal,
  slotCases,
} from '../helpers/rotation-steps.ts';
import { assertTruth, bindingsOf, slotsOf } from '../helpers/truth.ts';
import { listenerState, shake } from '../sandbox/support.ts';

const opened: RunningSandbox[] = [];

async function open(options: Parameters<typeof quickSandbox>[0] = {}): Promise<RunningSandbox> {
  const sandbox = await quickSandbox(options);
  opened.push(sandbox);
  return sandbox;
}

afterEach(async () => {
  for (const sandbox of opened.splice(0)) await sandbox.close();
});

function endOf(rotation: Rotation): readonly (string | null)[] {
  const { outcome, reason } = rotationSummary(rotation);
  return [outcome, reason];
}

/** Somebody at the console adds this certificate to a listener. */
async function add(sandbox: RunningSandbox, listenerId: string, id: string): Promise<void> {
  await order(sandbox, { kind: 'rebind', listenerId, slot: 'additional', certificateId: id });
}

/** Approves of the only plan for this listener, and lets it in. */
async function approveOn(lab: RotationLab, listener: string): Promise<string> {
  const { plans } = await currentPlanning(lab.usecases.plan);
  const planned = plans.find(({ plan }) => plan.ref.listenerId === listener);
  assert.equal(planned?.waitsFor?.reason, 'approval');
  const hash = planned?.plan.hash ?? '';
  const approved = await approvePlan(lab.usecases.request, { hash, by: 'ada' });
  assert.equal(approved.kind, 'approved');
  const [rotationId = ''] = await lab.admit();
  return rotationId;
}

/** What a zone serves for a name, to clients that take keys of one type. */
async function servedTo(
  sandbox: RunningSandbox,
  servername: string,
): Promise<ReadonlySet<string | null>> {
  const { serving } = await listenerState(sandbox, portal);
  const seen = serving.map((point) => shake(point, { servername }));
  return new Set((await Promise.all(seen)).map(({ fingerprint }) => fingerprint));
}

describe('a certificate that another one with the same name hides', () => {
  const names = ['portal.example.com'];

  /** The default answers the name, so no endpoint ever shows the additional one. */
  async function hidden(mode: string) {
    const sandbox = await open();
    const old = await issue(sandbox, { names });
    const fresh = await issue(sandbox, { names, notAfterDays: 300 });
    await add(sandbox, portal, old);
    const lab = await RotationLab.open(sandbox, {
      config: { defaults: { mode, windows: [], renewBefore: '1d' } },
    });
    return {
      sandbox,
      lab,
      request: { listener: portal, slot: 'additional', from: old, to: fresh } as const,
    };
  }

  test('is not rotated unasked: no handshake could prove it', async () => {
    const { sandbox, lab, request } = await hidden('auto');
    const before = await bindingsOf(sandbox);

    const rotation = await lab.run(await lab.ask(request));

    assert.deepEqual(endOf(rotation), ['refused', 'shadowed']);
    await assertTruth(sandbox, rotation, { before, third: null });
  });

  test('is rotated where a person has approved of it, and nobody sees a difference', async () => {
    const { sandbox, lab, request } = await hidden('approve');
    await assert.rejects(lab.ask(request), /0 were let in/);
    const first = await servedTo(sandbox, 'portal.example.com');

    const rotation = await lab.run(await approveOn(lab, portal));

    assert.deepEqual(endOf(rotation), ['committed', null]);
    const { additional } = await slotsOf(sandbox, portal);
    assert.ok(additional.includes(request.to) && !additional.includes(request.from));
    assert.deepEqual(await servedTo(sandbox, 'portal.example.com'), first);
  });
});

test('of an RSA and ECDSA pair on one name each is rotated by itself and the other left alone', async () => {
  // The one bound last answers the name; who names none is answered by the default.
  const sandbox = await open({ overlap: 'newest' });
  const names = ['portal.example.com'];
  const rsa = await issue(sandbox, { names, keyType: 'rsa' });
  await add(sandbox, portal, rsa);
  const [freshRsa, freshEcdsa] = [
    await issue(sandbox, { names, keyType: 'rsa', notAfterDays: 300 }),
    await issue(sandbox, { names, notAfterDays: 300 }),
  ];
  const lab = await RotationLab.open(sandbox);
  const { default: ecdsa } = await slotsOf(sandbox, portal);

  const first = await lab.run(
    await lab.ask({ listener: portal, slot: 'additional', from: rsa, to: freshRsa }),
  );
  const between = await slotsOf(sandbox, portal);
  await lab.scan();
  const second = await lab.run(await lab.ask({ listener: portal, to: freshEcdsa }));

  assert.deepEqual(endOf(first), ['committed', null]);
  assert.deepEqual(between.default, ecdsa);
  assert.deepEqual(endOf(second), ['committed', null]);
  const after = await slotsOf(sandbox, portal);
  assert.deepEqual(after, { ...between, default: [freshEcdsa] });
  assert.ok(after.additional.includes(freshRsa));
});

test('of two additional certificates that could be rotated the one that a request names is', async () => {
  const sandbox = await open();
  await issue(sandbox, { names: ['static.example.com'], keyType: 'rsa' });
  const { from, to } = await slotCases.additional.prepare(sandbox);
  const lab = await RotationLab.open(sandbox);

  const rotation = await lab.run(await lab.ask({ listener: portal, slot: 'additional', from }));

  const { plan } = rotation.record;
  assert.deepEqual([plan.from.id, plan.to.id], [from, to]);
});

describe('zones that nobody here can see', () => {
  const { listener } = slotCases.default;

  async function blindTo(zones: readonly string[], blind: 'refuse' | 'partial' | 'api-only') {
    const sandbox = await open();
    const lab = await RotationLab.open(sandbox, { verify: { blind }, hidden: zones });
    const before = await bindingsOf(sandbox);
    const rotation = await lab.run(await lab.ask({ listener }));
    await assertTruth(sandbox, rotation, { before, third: null });
    return { end: endOf(rotation), blind: rotation.blind.map((each) => each.split(' ')[0]) };
  }

  const [a, b] = ['cn-hangzhou-a', 'cn-hangzhou-b'];

  test('are refused, unless the rest is enough', async () => {
    assert.deepEqual(await blindTo([b], 'refuse'), { end: ['refused', 'blind'], blind: [] });
    assert.deepEqual(await blindTo([b], 'partial'), { end: ['committed', null], blind: [b] });
  });

  test('need one that can be seen, unless the API is to be believed', async () => {
    assert.deepEqual(await blindTo([a, b], 'partial'), { end: ['refused', 'blind'], blind: [] });
    assert.deepEqual(await blindTo([a, b], 'api-only'), {
      end: ['committed', null],
      blind: [a, b],
    });
  });
});

test('a listener of which all three slots are due is rotated slot by slot until nothing is left', async () => {
  const sandbox = await open();
  await bindCa(sandbox, cas.issuing);
  const api = await issue(sandbox, { names: ['api.partners.example.com'] });
  await add(sandbox, partners, api);
  const fresh = {
    default: await issue(sandbox, { names: ['partners.example.com'], notAfterDays: 400 }),
    additional: await issue(sandbox, { names: ['api.partners.example.com'], notAfterDays: 400 }),
  };
  const lab = await RotationLab.open(sandbox, {
    config: {
      policies: [{ name: 'all', match: { listeners: [partners] }, renewBefore: '2000d' }],
      caReplacements: [{ from: cas.issuing, to: cas.root }],
      clientIdentities: [await identityOf(sandbox, 'robot')],
    },
  });
  const steps: string[] = [];

  for (let [id] = await lab.admit(); id !== undefined; [id] = await lab.admit()) {
    const rotation = await lab.run(id);
    assert.deepEqual(endOf(rotation), ['committed', null]);
    steps.push(...rotation.record.plan.steps.map(({ kind, slot }) => `${kind} ${slot}`));
    await lab.scan();
  }

  assert.deepEqual(steps.toSorted(), [
    'bind additional',
    'replace ca',
    'replace default',
    'unbind additional',
  ]);
  assert.deepEqual(await slotsOf(sandbox, partners), {
    default: [fresh.default],
    additional: [fresh.additional],
    ca: [cas.root],
    clientAuth: true,
  });
});

describe('a load balancer that holds as many additional certificates as it may', () => {
  const most = 25;

  async function full(gap: boolean) {
    const sandbox = await open();
    const { listener, slot, prepare } = slotCases.additional;
    const { from, to } = await prepare(sandbox);
    const there = (await slotsOf(sandbox, listener)).additional.length;
    for (let at = there; at < most; at += 1)
      await add(sandbox, frontDoor, await issue(sandbox, { names: ['filler.example.com'] }));
    const defaults = { mode: 'auto', windows: [], renewBefore: '1d', allow: { gap } };
    const lab = await RotationLab.open(sandbox, { config: { defaults } });
    return { sandbox, lab, listener, request: { listener, slot, from, to } };
  }

  test('is refused for its quota', async () => {
    const { lab, request } = await full(false);

    await assert.rejects(lab.ask(request), /holds 25 of 25 additional certificates/);
  });

  test('takes the old one away first where that is allowed and approved of, and says for how long', async () => {
    const { sandbox, lab, listener, request } = await full(true);
    await assert.rejects(lab.ask(request), /0 were let in/);
    const before = await bindingsOf(sandbox);

    const rotation = await lab.run(await approveOn(lab, listener));

    assert.deepEqual(endOf(rotation), ['committed', null]);
    await assertTruth(sandbox, rotation, { before, third: null });
    const { gap } = rotationSummary(rotation);
    assert.ok(gap !== null && gap.millis !== null && gap.millis >= 0);
  });

  test('puts the old one back when the new one cannot come', async () => {
    const { sandbox, lab, listener, request } = await full(true);
    await assert.rejects(lab.ask(request), /0 were let in/);
    const before = await bindingsOf(sandbox);
    const action = 'AssociateAdditionalCertificatesWithListener';
    await order(sandbox, { kind: 'fail-job', action, times: 2 });

    const rotation = await lab.run(await approveOn(lab, listener));

    assert.deepEqual(endOf(rotation), ['rolled-back', null]);
    await assertTruth(sandbox, rotation, { before, third: null });
    const { gap } = rotationSummary(rotation);
    assert.ok(gap !== null && gap.millis !== null && gap.millis >= 0);
  });
});
