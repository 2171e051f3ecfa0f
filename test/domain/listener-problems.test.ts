import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Admission } from '../../src/domain/admission.ts';
import { assessInventory } from '../../src/domain/assessment.ts';
import { coverageOf } from '../../src/domain/coverage.ts';
import type { Missing } from '../../src/domain/inventory.ts';
import { listenerProblems } from '../../src/domain/listener-problems.ts';
import type { ListenerState } from '../../src/domain/listener.ts';
import {
  aCertificate,
  after,
  aListener,
  anInventory,
  aPolicy,
  days,
  today,
} from '../helpers/facts.ts';

function problems(
  listeners: readonly ListenerState[],
  admission: Pick<Admission, 'inFlight' | 'commits'> = { inFlight: [] },
) {
  const inventory = anInventory({ listeners, certificates: [aCertificate()] });
  const context = { now: today, policies: [aPolicy()], planning: null, admission };
  return listenerProblems(assessInventory(inventory, { ...context, additionalLimit: () => 25 }));
}

function additional(count: number): ListenerState['bound'] {
  const ids = Array.from({ length: count }, (_, n) => `${n + 1}-cn-hangzhou`);
  return ids.map((id) => ({ slot: 'additional', id, state: 'bound' }));
}

test('a weak policy is one problem an account and region, with one binding a listener', () => {
  const tlsPolicy = 'tls_cipher_policy_1_0';
  const two = [
    { slot: 'default', id: '101-cn-hangzhou', state: 'bound' },
    { slot: 'additional', id: '102-cn-hangzhou', state: 'bound' },
  ] as const;
  const found = problems([
    aListener({ tlsPolicy, bound: two }),
    aListener({ tlsPolicy, ref: { listenerId: 'lsn-2@443' } }),
    aListener({ tlsPolicy, ref: { region: 'eu-central-1', listenerId: 'lsn-3@443' } }),
    aListener({ ref: { listenerId: 'lsn-4@443' } }),
  ]);

  assert.deepEqual(
    found.map(({ key, severity, facts }) => [
      key,
      severity,
      facts.kind === 'weak-tls-policy' ? facts.bindings.length : null,
    ]),
    [
      ['weak-tls-policy/main/cn-hangzhou/tls_cipher_policy_1_0', 'info', 2],
      ['weak-tls-policy/main/eu-central-1/tls_cipher_policy_1_0', 'info', 1],
    ],
  );
});

test('the quota is told once a load balancer from twenty on, and is a warning once it is full', () => {
  const severityOf = (count: number) =>
    problems([aListener({ bound: additional(count) })]).map(({ severity }) => severity);
  const shared = problems([
    aListener({ bound: additional(10) }),
    aListener({ bound: additional(10), ref: { listenerId: 'lsn-2@443' } }),
  ]);

  assert.deepEqual([19, 20, 24, 25].map(severityOf), [[], ['info'], ['info'], ['warning']]);
  assert.deepEqual(
    shared.map(({ key }) => key),
    ['quota-near/main/cn-hangzhou/nlb/nlb-1'],
  );
});

test('a revert is a problem of the listener and slot, and names what was undone', () => {
  const at = after(today, -days(1));
  const change = { slot: 'default', from: '101-cn-hangzhou', fromLeaf: null } as const;
  const commit = { rotationId: 'r1', ...change, to: '202-cn-hangzhou', at, until: today };
  const key = 'main/cn-hangzhou/nlb/nlb-1/lsn-1@443';

  const [problem, ...others] = problems([aListener()], {
    inFlight: [],
    commits: { [key]: commit },
  });

  assert.deepEqual(others, []);
  assert.equal(problem?.key, `reverted/${key}/default`);
  assert.ok(problem.facts.kind === 'reverted');
  const { rotationId, bound, to } = problem.facts;
  assert.deepEqual([rotationId, bound, to], ['r1', '101-cn-hangzhou', '202-cn-hangzhou']);
});

test('what could not be read is not declared over', () => {
  const gap: Missing = {
    account: 'main',
    region: 'cn-hangzhou',
    action: 'A',
    code: 'c',
    listener: null,
  };
  const keys = [
    'weak-tls-policy/main/cn-hangzhou/tls_cipher_policy_1_0',
    'quota-near/main/cn-hangzhou/nlb/nlb-1',
    'reverted/main/cn-hangzhou/nlb/nlb-1/lsn-1@443/default',
  ];
  const coveredIn = (missing: readonly Missing[], busy: ReadonlySet<string> = new Set()) =>
    keys.map((key) => coverageOf(anInventory({ missing }), busy).covers(key));

  assert.deepEqual(coveredIn([]), [true, true, true]);
  assert.deepEqual(coveredIn([gap]), [false, false, false]);
  // A region that is denied for good holds up no other, and a store tells nothing of policies and places.
  assert.deepEqual(coveredIn([{ ...gap, region: 'eu-central-1' }]), [true, true, true]);
  assert.deepEqual(coveredIn([{ ...gap, part: 'certificates' }]), [true, true, true]);
  assert.deepEqual(coveredIn([{ ...gap, listener: { ...aListener().ref, listenerId: 'x' } }]), [
    false,
    false,
    true,
  ]);
  assert.deepEqual(coveredIn([], new Set(['main/cn-hangzhou/nlb/nlb-1/lsn-1@443'])), [
    true,
    true,
    false,
  ]);
});
