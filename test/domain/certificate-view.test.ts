import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assessInventory } from '../../src/domain/assessment.ts';
import { viewCertificates } from '../../src/domain/certificate-view.ts';
import { planRotations } from '../../src/domain/planner.ts';
import { aRenewal, bound } from '../helpers/candidates.ts';
import { aCertificate, aListener, anInventory, fingerprint } from '../helpers/facts.ts';
import { planningFacts } from '../helpers/plannings.ts';

const shared = {
  ...aCertificate({ id: '500-cn-hangzhou', names: ['x.test'] }),
  fingerprint256: 'ab'.repeat(32),
};
const abroad = { ...shared, id: '900-ap-southeast-1', site: 'ap-southeast-1' } as const;

const inventory = anInventory({
  listeners: [
    aListener(),
    aListener({
      bound: [{ slot: 'default', id: 'lost-cn-hangzhou', state: 'bound' }],
      ref: { loadBalancerId: 'nlb-2', listenerId: 'lsn-2@443' },
    }),
  ],
  certificates: [bound, aRenewal(), shared, abroad],
});

function views(wanted: string) {
  const facts = planningFacts({ inventory });
  const planning = planRotations(facts);
  const assessments = assessInventory(inventory, {
    now: facts.now,
    policies: facts.rules.policies,
    planning,
    admission: facts.admission,
    additionalLimit: () => null,
  });
  return viewCertificates(wanted, { inventory, assessments, planning });
}

const idsFor = (wanted: string): readonly string[] => views(wanted).map(({ id }) => id);

test('a certificate is called by its id with or without the site, or by eight digits of its leaf', () => {
  assert.deepEqual(idsFor('101-cn-hangzhou'), ['101-cn-hangzhou']);
  assert.deepEqual(idsFor('101'), ['101-cn-hangzhou']);
  assert.deepEqual(idsFor(fingerprint('101-cn-hangzhou').slice(0, 20)), ['101-cn-hangzhou']);
  assert.deepEqual(idsFor('AB:AB:AB:AB'), ['500-cn-hangzhou', '900-ap-southeast-1']);
  assert.deepEqual(idsFor('ababab'), []);
  assert.deepEqual(idsFor('10'), []);
  assert.deepEqual(idsFor('hangzhou'), []);
});

test('it has its bindings, what may replace it, and what it may replace', () => {
  const [old] = views('101');
  const [renewed] = views('202');

  assert.deepEqual(
    old?.bindings.map(({ listener }) => listener.ref.listenerId),
    ['lsn-1@443'],
  );
  assert.deepEqual(
    [old?.replacements.map(({ plan }) => plan.to.id), old?.replaces],
    [['202-cn-hangzhou'], []],
  );
  assert.deepEqual(
    [renewed?.bindings, renewed?.replaces.map(({ plan }) => plan.from.id)],
    [[], ['101-cn-hangzhou']],
  );
});

test('what is bound but in no store is found, without facts', () => {
  const [lost] = views('lost');

  assert.deepEqual([lost?.certificate, lost?.known, lost?.bindings.length], [null, null, 1]);
});
