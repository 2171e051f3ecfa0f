import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  applyStep,
  planHash,
  recordedSlots,
  reversed,
  sameSlots,
  type RecordedSlots,
  type RotationPlan,
  type Step,
} from '../../src/domain/plan.ts';
import { aCertificate, aListener } from '../helpers/facts.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const slots: RecordedSlots = {
  default: ['1'],
  additional: ['2', '3'],
  ca: ['ca'],
  clientAuth: true,
};
const steps: readonly Step[] = [
  { kind: 'replace', slot: 'default', from: '1', to: '9' },
  { kind: 'replace', slot: 'ca', from: 'ca', to: 'cb' },
  { kind: 'bind', slot: 'additional', ids: ['4'] },
  { kind: 'unbind', slot: 'additional', ids: ['2'] },
];

function aPlan(overrides: Partial<Omit<RotationPlan, 'hash'>> = {}): Omit<RotationPlan, 'hash'> {
  const from = aCertificate({ id: '101-cn-hangzhou' });
  const to = aCertificate({ id: '202-cn-hangzhou' });
  const state = aListener();
  return {
    ref: state.ref,
    recorded: recordedSlots(state),
    steps: [{ kind: 'replace', slot: 'default', from: from.id, to: to.id }],
    from,
    to,
    ...overrides,
  };
}

test('a step changes its own slot and nothing else, and its reverse takes it back', () => {
  for (const step of steps) {
    const done = applyStep(slots, step);

    assert.ok(!sameSlots(done, slots), step.kind);
    assert.ok(sameSlots(applyStep(done, reversed(step)), slots), step.kind);
    assert.equal(done.clientAuth, true);
  }
});

test('slots are the same whatever the order of their ids, and not when clients must authenticate differently', () => {
  assert.ok(sameSlots(slots, { ...slots, additional: ['3', '2'] }));
  assert.ok(!sameSlots(slots, { ...slots, clientAuth: false }));
  assert.ok(!sameSlots(slots, { ...slots, ca: [] }));
});

test('a plan keeps its hash while the decision is the same', () => {
  const renamed = { ...aPlan().to, label: 'another name', notAfter: new Date(0) };

  assert.equal(planHash(aPlan(), sha256), planHash(aPlan({ to: renamed }), sha256));
});

test('another listener, other bound certificates, another leaf or another step is another plan', () => {
  const plan = aPlan();
  const others: readonly Omit<RotationPlan, 'hash'>[] = [
    aPlan({ ref: { ...plan.ref, listenerId: 'lsn-2@443' } }),
    aPlan({ recorded: { ...plan.recorded, additional: ['7'] } }),
    aPlan({ recorded: { ...plan.recorded, clientAuth: true } }),
    aPlan({ to: { ...plan.to, fingerprint256: 'f'.repeat(64) } }),
    aPlan({ to: { ...plan.to, fingerprint256: null } }),
    aPlan({ from: { ...plan.from, fingerprint256: null } }),
    aPlan({ steps: [{ kind: 'bind', slot: 'additional', ids: [plan.to.id] }] }),
    aPlan({ steps: [...plan.steps, { kind: 'unbind', slot: 'additional', ids: ['7'] }] }),
  ];

  const hashes = new Set([plan, ...others].map((each) => planHash(each, sha256)));

  assert.equal(hashes.size, others.length + 1);
});
