import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  expectBaseline,
  expectChange,
  expectLanded,
  showsLeaf,
  type Change,
} from '../../src/domain/expectation.ts';
import { cellsOf, judgeCell, probeName } from '../../src/domain/matrix.ts';
import type { Cell, Matrix, Sight } from '../../src/domain/verification.ts';
import { anEndpoint } from '../helpers/facts.ts';

const change: Change = {
  old: { fingerprint256: 'old', keyType: 'rsa' },
  new: { fingerprint256: 'new', keyType: 'rsa' },
};
const refused: Sight = { kind: 'failed', reason: 'no-common-parameters' };

function sight(overrides: Partial<Extract<Sight, { kind: 'served' }>> = {}): Sight {
  return {
    kind: 'served',
    fingerprint256: 'old',
    trust: { verdict: 'trusted' },
    nameCovered: true,
    clientAuth: 'none',
    ...overrides,
  };
}

function cell(overrides: Partial<Cell> = {}): Cell {
  return { endpoint: anEndpoint(), serverName: 'www.example.com', keyType: 'rsa', ...overrides };
}

const noIntermediate = {
  verdict: 'untrusted',
  reason: 'incomplete-chain',
  detail: 'no issuer was sent',
} as const;
const expired = { verdict: 'untrusted', reason: 'expired', detail: 'ended yesterday' } as const;

/** The verdict on one cell that showed `was` before and `now` after the change. */
function verdict(
  was: Sight,
  now: Sight,
  wanted: Change = change,
  where: Cell = cell(),
): string | null {
  const [expected] = expectChange([{ cell: where, sight: was }], wanted);
  assert.ok(expected);
  return judgeCell(expected, now)?.kind ?? null;
}

/** Whether the change of one cell counts as damage. */
function worse(was: Sight, now: Sight): boolean | undefined {
  const [expected] = expectChange([{ cell: cell(), sight: was }], change);
  return expected && judgeCell(expected, now)?.worse;
}

test('a round asks every endpoint without a name and for each name, once per key type', () => {
  const endpoints = [anEndpoint(), anEndpoint({ zone: 'cn-hangzhou-b' })];

  const cells = cellsOf(endpoints, [
    { names: ['b.example.com', '*.example.com'] },
    { names: ['b.example.com'] },
  ]);

  assert.equal(cells.length, 2 * 3 * 2);
  assert.deepEqual(
    [...new Set(cells.map(({ serverName }) => serverName))],
    [null, 'b.example.com', 'newleaf-probe.example.com'],
  );
});

test('a wildcard is asked for by a concrete label', () => {
  assert.equal(probeName('*.example.com'), 'newleaf-probe.example.com');
  assert.equal(probeName('www.example.com'), 'www.example.com');
});

test('a cell that showed the old leaf must show the new one', () => {
  assert.equal(verdict(sight(), sight({ fingerprint256: 'new' })), null);
  assert.equal(verdict(sight(), sight()), 'stale');
  assert.equal(verdict(sight(), sight({ fingerprint256: 'third' })), 'wrong-leaf');
  assert.equal(verdict(sight(), refused), 'not-answering');
});

test('a cell that showed another leaf must go on showing it', () => {
  const other = sight({ fingerprint256: 'other' });

  assert.equal(verdict(other, other), null);
  assert.equal(verdict(other, sight({ fingerprint256: 'new' })), 'wrong-leaf');
  assert.equal(verdict(other, refused), 'not-answering');
});

test('a cell that showed nothing may stay silent, and what comes up there must be sound', () => {
  assert.equal(verdict(refused, refused), null);
  assert.equal(verdict(refused, sight({ fingerprint256: 'new' })), null);
  assert.equal(verdict(refused, sight()), 'stale');
  assert.equal(
    verdict(refused, sight({ fingerprint256: 'new', trust: noIntermediate })),
    'untrusted',
  );
});

test('trust, names and client authentication may not get worse, but what was broken may stay broken', () => {
  const fresh = { fingerprint256: 'new' };

  assert.equal(verdict(sight(), sight({ ...fresh, trust: noIntermediate })), 'untrusted');
  assert.equal(
    verdict(sight({ trust: noIntermediate }), sight({ ...fresh, trust: noIntermediate })),
    null,
  );
  assert.equal(verdict(sight(), sight({ ...fresh, nameCovered: false })), 'name-not-covered');
  assert.equal(
    verdict(sight({ nameCovered: false }), sight({ ...fresh, nameCovered: false })),
    null,
  );
  assert.equal(verdict(sight({ clientAuth: 'required' }), sight(fresh)), 'client-auth-changed');
  assert.equal(verdict(sight({ clientAuth: 'unknown' }), sight(fresh)), null);
});

test('a leaf that takes over from an expired one must be trusted', () => {
  const after = sight({ fingerprint256: 'new', trust: noIntermediate });

  assert.equal(verdict(sight({ trust: expired }), after), 'untrusted');
  assert.equal(worse(sight({ trust: expired }), after), false);
});

test('a new key type moves the leaf from one kind of client to the other', () => {
  const ecdsa: Change = { ...change, new: { fingerprint256: 'new', keyType: 'ecdsa' } };
  const baseline: Matrix = [
    { cell: cell(), sight: sight() },
    { cell: cell({ keyType: 'ecdsa' }), sight: refused },
  ];

  const [rsa, ec] = expectChange(baseline, ecdsa);

  assert.ok(rsa && ec);
  assert.equal(judgeCell(rsa, refused), null);
  assert.equal(judgeCell(ec, sight({ fingerprint256: 'new' })), null);
  assert.equal(judgeCell(ec, refused)?.kind, 'not-answering');
});

test('a mismatch is worse only when the cell was sound before', () => {
  assert.equal(worse(sight(), sight()), false);
  assert.equal(worse(sight(), refused), true);
  assert.equal(worse(sight(), sight({ fingerprint256: 'new', trust: noIntermediate })), true);
  assert.equal(worse(sight({ trust: noIntermediate }), sight({ trust: noIntermediate })), false);
});

test('a rollback must show what was there before, leaf for leaf', () => {
  const [expected, silent] = expectBaseline(
    [
      { cell: cell(), sight: sight() },
      { cell: cell({ keyType: 'ecdsa' }), sight: refused },
    ],
    change,
  );

  assert.ok(expected && silent);
  assert.equal(judgeCell(expected, sight()), null);
  assert.equal(judgeCell(expected, sight({ fingerprint256: 'new' }))?.kind, 'stale');
  assert.equal(judgeCell(silent, refused), null);
});

test('without a baseline whoever names no server must see the new leaf and nobody the old one', () => {
  const [unnamed, named] = expectLanded([cell({ serverName: null }), cell()], change);

  assert.ok(unnamed && named);
  assert.equal(judgeCell(unnamed, sight({ fingerprint256: 'new', nameCovered: null })), null);
  assert.equal(judgeCell(unnamed, refused)?.kind, 'not-answering');
  assert.equal(judgeCell(named, sight())?.kind, 'stale');
  assert.equal(judgeCell(named, sight({ fingerprint256: 'other' })), null);
});

test('a mismatch names the zone, the address, both leaves and why', () => {
  const [expected] = expectChange([{ cell: cell(), sight: sight() }], change);
  assert.ok(expected);

  assert.deepEqual(judgeCell(expected, refused), {
    kind: 'not-answering',
    zone: 'cn-hangzhou-a',
    address: '127.0.0.2:443',
    serverName: 'www.example.com',
    expected: 'new',
    served: null,
    detail: 'no-common-parameters',
    worse: true,
  });
});

test('a leaf is in sight when any cell shows it', () => {
  const matrix: Matrix = [
    { cell: cell(), sight: refused },
    { cell: cell(), sight: sight() },
  ];

  assert.equal(showsLeaf(matrix, 'old'), true);
  assert.equal(showsLeaf(matrix, 'new'), false);
});
