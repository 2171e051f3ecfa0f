import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Finding, findingKinds } from '../../src/domain/findings.ts';
import { adviceOn } from '../../src/messages/advice.ts';
import { fingerprint, today } from '../helpers/facts.ts';

const spot = { zone: 'z', address: '203.0.113.7', port: 443, serverName: 'shop.test' } as const;
const cas = { certificateId: '139a-cn-hangzhou', caNamesWhy: null } as const;

const findings: readonly Finding[] = [
  { kind: 'drift', ...spot, bound: null, served: fingerprint('x'), servedUntil: today },
  { kind: 'unreachable', ...spot, reason: 'timeout', lastServedAt: today },
  { kind: 'untrusted-chain', ...spot, reason: 'incomplete-chain', detail: '' },
  { kind: 'untrusted-chain', ...spot, reason: 'not-yet-valid', detail: '' },
  { kind: 'untrusted-chain', ...spot, reason: 'self-signed', detail: '' },
  { kind: 'name-not-covered', ...spot, served: fingerprint('x') },
  { kind: 'weak-tls-policy', policy: 'tls_cipher_policy_1_0' },
  { kind: 'expiry-unknown', ...cas, caNames: [] },
  { kind: 'expiry-unknown', ...cas, caNames: ['CN=Partners'] },
  { kind: 'quota-near', used: 21, limit: 25 },
  { kind: 'owned-elsewhere', owner: { kind: 'kubernetes', cluster: 'c1', service: 'shop' } },
  { kind: 'owned-elsewhere', owner: { kind: 'tag', tag: 'managed-by' } },
  {
    kind: 'reverted',
    rotationId: 'r1',
    slot: 'default',
    from: '101',
    fromLeaf: null,
    to: '202',
    at: today,
    until: today,
  },
  { kind: 'not-probed', vpcId: 'vpc-1', zones: ['a'] },
  { kind: 'names-not-asked', asked: 3, names: 40 },
];

test('every kind of finding has one sentence that says what to do', () => {
  assert.deepEqual(new Set(findings.map(({ kind }) => kind)), new Set(findingKinds));
  for (const finding of findings) {
    const advice = adviceOn(finding);
    assert.match(advice, /^[A-Z][^\n]{30,}\.$/, finding.kind);
    assert.doesNotMatch(advice, /undefined|null|\[object/);
  }
  assert.equal(new Set(findings.map(adviceOn)).size, findings.length);
});

test('the advice names what it is about', () => {
  const told = findings.map(adviceOn).join('\n');

  for (const name of [
    'shop.test',
    'tls_cipher_policy_1_0',
    'CN=Partners',
    '21 of 25',
    'change the certificate of shop in cluster c1',
    'The tag managed-by',
    'rotation r1',
    '3 of 40',
  ])
    assert.ok(told.includes(name), name);
});
