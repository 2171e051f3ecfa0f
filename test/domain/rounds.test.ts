import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectChange, type Change } from '../../src/domain/expectation.ts';
import {
  noRounds,
  tally,
  verdictOf,
  type ProofBounds,
  type RoundTally,
} from '../../src/domain/rounds.ts';
import type { Cell, Matrix, Sight } from '../../src/domain/verification.ts';
import { after, anEndpoint, today } from '../helpers/facts.ts';

const change: Change = {
  old: { fingerprint256: 'old', keyType: 'rsa' },
  new: { fingerprint256: 'new', keyType: 'rsa' },
};
const cells: readonly Cell[] = ['a', 'b'].map((zone) => ({
  endpoint: anEndpoint({ zone }),
  serverName: null,
  keyType: 'rsa',
}));
const expectations = expectChange(round('old', 'old'), change);
const bounds: ProofBounds = {
  rounds: 3,
  notBefore: new Date(0),
  deadline: after(today, 60_000),
  gap: 5000,
  condemns: true,
};

function round(...leaves: readonly string[]): Matrix {
  return cells.map((cell, index) => ({ cell, sight: shows(leaves[index] ?? '') }));
}

function shows(leaf: string): Sight {
  const trusted = leaf !== 'broken';
  return {
    kind: 'served',
    fingerprint256: trusted ? leaf : 'new',
    trust: trusted
      ? { verdict: 'trusted' }
      : { verdict: 'untrusted', reason: 'incomplete-chain', detail: 'no issuer' },
    nameCovered: null,
    clientAuth: 'none',
  };
}

function after3(...rounds: readonly Matrix[]): RoundTally {
  return rounds.reduce((sofar, seen) => tally(sofar, expectations, seen), noRounds);
}

const good = round('new', 'new');
const half = round('new', 'old');
const broken = round('broken', 'broken');

test('rounds prove only when they agree in a row', () => {
  assert.equal(verdictOf(after3(good, good), bounds, today, 2), null);
  assert.equal(verdictOf(after3(good, half, good, good), bounds, today, 2), null);
  assert.deepEqual(verdictOf(after3(good, good, good), bounds, today, 2), {
    verdict: 'proven',
    cells: 2,
    rounds: 3,
  });
});

test('a stale zone is given until the deadline', () => {
  const sofar = after3(half, half, half, half);

  assert.equal(verdictOf(sofar, bounds, today, 2), null);
  assert.equal(verdictOf(sofar, bounds, bounds.deadline, 2)?.verdict, 'disproven');
});

test('a fault that only the candidate explains does not wait for the deadline', () => {
  assert.equal(verdictOf(after3(broken, broken), bounds, today, 2), null);
  assert.equal(verdictOf(after3(broken, broken, broken), bounds, today, 2)?.verdict, 'disproven');
});

test('while a zone is stale the candidate is not condemned early', () => {
  const mixed = round('broken', 'old');

  assert.equal(verdictOf(after3(mixed, mixed, mixed, mixed), bounds, today, 2), null);
});

test('whoever comes after the deadline still makes its rounds', () => {
  const late = after(bounds.deadline, 3_600_000);

  assert.equal(verdictOf(after3(half), bounds, late, 2), null);
  assert.equal(verdictOf(after3(good, good, good), bounds, late, 2)?.verdict, 'proven');
  assert.equal(verdictOf(after3(half, half, half), bounds, late, 2)?.verdict, 'disproven');
});

test('agreement under way at the deadline may finish its rounds, however long a round takes', () => {
  const late = after(bounds.deadline, 3_600_000);

  assert.equal(verdictOf(after3(half, half, good), bounds, late, 2), null);
  assert.equal(verdictOf(after3(half, half, good, good), bounds, late, 2), null);
  assert.equal(verdictOf(after3(half, good, good, good), bounds, late, 2)?.verdict, 'proven');
  assert.equal(verdictOf(after3(half, good, half), bounds, late, 2)?.verdict, 'disproven');
});

test('a rollback is not proven before it has settled, however well it agrees', () => {
  const settling = { ...bounds, notBefore: after(today, 90_000) };
  const sofar = after3(good, good, good, good);

  assert.equal(verdictOf(sofar, settling, after(today, 89_000), 2), null);
  assert.equal(verdictOf(sofar, settling, after(today, 90_000), 2)?.verdict, 'proven');
});

test('a cell that was not looked at counts as not answering', () => {
  const sofar = tally(noRounds, expectations, good.slice(0, 1));

  assert.deepEqual(
    sofar.mismatches.map(({ kind, zone }) => [kind, zone]),
    [['not-answering', 'b']],
  );
});
