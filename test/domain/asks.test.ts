import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asksFor, passTime } from '../../src/domain/asks.ts';
import type { Bound } from '../../src/domain/bound.ts';
import type { KeyType } from '../../src/domain/certificate.ts';
import type { Slot } from '../../src/domain/listener.ts';
import { aCertificate } from '../helpers/facts.ts';

function bind(slot: Slot, names: readonly string[] | null, keyType: KeyType | null = 'rsa'): Bound {
  const id = `${names?.join() ?? 'unknown'} ${keyType}`;
  const certificate = names === null ? null : aCertificate({ id, names, keyType });
  return { row: { slot, id, state: 'bound' }, certificate };
}

function asked(bound: readonly Bound[], most = 99): readonly string[] {
  return asksFor(bound, most).map(
    ({ serverName, keyType }) => `${serverName ?? '-'}${keyType === 'any' ? '' : ` ${keyType}`}`,
  );
}

test('no server name comes first, then the names that tell certificates apart, then all others', () => {
  const bound = [
    bind('default', ['a.example.com', 'b.example.com', '10.0.0.1', '::1']),
    bind('additional', ['a.example.com', '*.shop.example.com', 'shop.example.com']),
    bind('additional', null),
    bind('ca', ['ca.example.com']),
  ];

  assert.deepEqual(asked(bound), [
    '-',
    'b.example.com',
    'newleaf-probe.shop.example.com',
    'a.example.com',
    'shop.example.com',
  ]);
});

test('where names are limited, every certificate comes before any has two', () => {
  const bound = ['a', 'b', 'c'].map((name) =>
    bind('additional', [`${name}.example.com`, `www.${name}.example.com`]),
  );

  assert.deepEqual(asked(bound, 3), ['-', 'a.example.com', 'b.example.com', 'c.example.com']);
  assert.deepEqual(asked(bound, 0), ['-']);
});

test('a name that both key types answer is asked for by clients of either kind', () => {
  const bound = [
    bind('default', ['a.example.com', 'b.example.com'], 'rsa'),
    bind('additional', ['a.example.com'], 'ecdsa'),
    bind('additional', ['c.example.com'], 'ecdsa'),
    bind('additional', ['b.example.com'], null),
  ];

  assert.deepEqual(asked(bound), [
    '-',
    'a.example.com rsa',
    'a.example.com ecdsa',
    'c.example.com',
    'b.example.com',
  ]);
});

test('a pass lasts as long as the load balancer with the most looks takes', () => {
  const looks = new Map([
    ['nlb-1', 30],
    ['nlb-2', 8],
  ]);

  assert.equal(passTime(looks, 2), 15_000);
  assert.equal(passTime(new Map(), 2), 0);
  assert.equal(passTime(looks, null), null);
});
