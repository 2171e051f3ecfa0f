import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectChange, expectStep, type Change } from '../../src/domain/expectation.ts';
import { cellsOf, orderOf } from '../../src/domain/matrix.ts';
import { withRepeats } from '../../src/domain/repeats.ts';
import type { Cell, Matrix } from '../../src/domain/verification.ts';
import { anEndpoint } from '../helpers/facts.ts';

const change: Change = {
  old: { fingerprint256: 'old', keyType: 'rsa' },
  new: { fingerprint256: 'new', keyType: 'rsa' },
};
const zones = ['a', 'b'].map((zone, at) => anEndpoint({ zone, address: `127.0.0.${at + 2}` }));

/** Every RSA client is answered by the default leaf, those who ask for one of these names by the old one. */
function baseline(...named: readonly string[]): Matrix {
  const cells = cellsOf(zones, [{ names: ['www.example.com', 'api.example.com'] }]);
  return cells.map((cell) => {
    if (cell.keyType !== 'rsa') return { cell, sight: { kind: 'failed', reason: 'timeout' } };
    const isOld = named.includes(cell.serverName ?? '');
    const fingerprint256 = isOld ? 'old' : 'default';
    const trust = { verdict: 'trusted' } as const;
    return {
      cell,
      sight: { kind: 'served', fingerprint256, trust, nameCovered: true, clientAuth: 'none' },
    };
  });
}

function looks(cells: readonly Cell[], serverName: string): number {
  return cells.filter((cell) => cell.serverName === serverName && cell.keyType === 'rsa').length;
}

test('what alone tells of the change is asked three times at each address, and nothing else twice', () => {
  const expectations = expectChange(baseline('www.example.com'), change);

  const cells = withRepeats(expectations, change).map(({ cell }) => cell);

  assert.equal(looks(cells, 'www.example.com'), 3 * zones.length);
  assert.equal(looks(cells, 'api.example.com'), zones.length);
  assert.equal(cells.length, expectations.length + 2 * zones.length);
});

test('two that tell are asked twice', () => {
  const matrix = baseline('www.example.com', 'api.example.com');

  const cells = withRepeats(expectChange(matrix, change), change).map(({ cell }) => cell);

  assert.equal(looks(cells, 'www.example.com'), 2 * zones.length);
  assert.equal(looks(cells, 'api.example.com'), 2 * zones.length);
});

test('while either leaf is right nothing is asked more often', () => {
  const both = expectStep(baseline('www.example.com'), change, { old: true, new: true });

  assert.equal(withRepeats(both, change).length, both.length);
});

test('each cell changes its turn at an address with an even number of them, and every cell is asked', () => {
  const [endpoint = anEndpoint()] = zones;
  const even = ['a', 'b', 'c', 'd'].map(
    (serverName): Cell => ({ endpoint, serverName, keyType: 'any' }),
  );
  const odd = even.slice(1);

  assert.deepEqual(orderOf(even, 0), [0, 1, 2, 3]);
  assert.deepEqual(orderOf(even, 1), [1, 2, 3, 0]);
  assert.deepEqual(orderOf(even, 2), [0, 1, 2, 3]);
  // Rounds of an odd number take turns by themselves.
  assert.deepEqual(orderOf(odd, 1), [0, 1, 2]);
});

test('what is asked at one address does not change the turns at another', () => {
  const cells = zones.flatMap((endpoint) =>
    ['a', 'b'].map((serverName): Cell => ({ endpoint, serverName, keyType: 'any' })),
  );

  assert.deepEqual(orderOf(cells, 1), [1, 0, 3, 2]);
});
