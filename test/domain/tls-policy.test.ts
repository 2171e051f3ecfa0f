import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coverageOf } from '../../src/domain/coverage.ts';
import { allowsOldTls } from '../../src/domain/findings.ts';
import { aListener, anInventory } from '../helpers/facts.ts';

function judged(tlsPolicy: string, tlsVersions?: readonly string[]): boolean | null {
  return allowsOldTls({ tlsPolicy, tlsVersions });
}

test('a system policy is judged by its name, a custom one by its versions', () => {
  assert.deepEqual(
    ['1_0', '1_1', '1_2', '1_2_strict', '1_2_strict_with_1_3'].map((name) =>
      judged(`tls_cipher_policy_${name}`),
    ),
    [true, true, false, false, false],
  );
  assert.equal(judged('TLS_CIPHER_POLICY_1_0'), true);
  assert.equal(judged('tls-custom'), null);
  assert.equal(judged('tls-custom', ['TLSv1.2', 'TLSv1.3']), false);
  assert.equal(judged('tls-custom', ['TLSv1.1', 'TLSv1.2']), true);
  assert.equal(judged('tls-custom', ['TLSv1', 'TLSv1.2']), true);
});

test('as long as nobody tells what a policy allows, its problem is not over', () => {
  const key = 'weak-tls-policy/main/cn-hangzhou/tls-custom';
  const covered = (tlsPolicy: string, tlsVersions?: readonly string[]) => {
    const listeners = [aListener({ tlsPolicy, tlsVersions })];
    return coverageOf(anInventory({ listeners }), new Set()).covers(key);
  };

  assert.equal(covered('tls-custom'), false);
  assert.equal(covered('tls-custom', ['TLSv1.2']), true);
  assert.equal(covered('tls-other'), true);
});
