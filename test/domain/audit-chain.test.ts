import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type AuditEntry, type AuditHead, genesis, hashOfEntry } from '../../src/domain/audit.ts';
import { checkChain, type StoredRow } from '../../src/domain/audit-chain.ts';
import { noteNo, sha256 } from '../helpers/audit.ts';

/** A whole chain of `count` rows. */
function chainOf(count: number): readonly StoredRow[] {
  const rows: StoredRow[] = [];
  for (let sequence = 0; sequence < count; sequence += 1) {
    const previous = rows.at(-1)?.hash ?? genesis;
    const entry = { ...noteNo(sequence), sequence, previous };
    rows.push({ hash: hashOfEntry(entry, sha256), entry });
  }
  return rows;
}

function check(rows: readonly StoredRow[], kept: AuditHead | null = null) {
  return checkChain(rows, null, { kept, sha256 });
}

function flawsOf(rows: readonly StoredRow[], kept: AuditHead | null = null) {
  return check(rows, kept).flaws.map(({ kind, sequence }) => [kind, sequence]);
}

const chain = chainOf(12);
const end: AuditHead = { entries: 12, hash: chain.at(-1)?.hash ?? '' };

/** The chain with one row changed. */
function edited(at: number, change: (entry: AuditEntry) => AuditEntry): readonly StoredRow[] {
  return chain.map((row, index) =>
    index === at && row.entry !== null ? { ...row, entry: change(row.entry) } : row,
  );
}

test('a chain that nobody touched is whole', () => {
  assert.deepEqual(check(chain, end), { rows: 12, head: end, flaws: [] });
});

test('a row that was edited is named, whichever of its fields it was', () => {
  const changes: Readonly<Record<string, (entry: AuditEntry) => AuditEntry>> = {
    actor: (entry) => ({ ...entry, actor: 'lee' }),
    at: (entry) => ({ ...entry, at: new Date(0) }),
    action: (entry) => ({ ...entry, action: 'freeze.lifted' }),
    facts: (entry) => ({ ...entry, facts: { ...entry.facts, reason: 'fair' } }),
    listener: (entry) => ({ ...entry, listener: 'x' }),
    clientToken: (entry) => ({ ...entry, clientToken: 'x' }),
  };

  for (const [field, change] of Object.entries(changes))
    assert.deepEqual(flawsOf(edited(7, change)), [['edited', 7]], field);
});

test('a row that was edited and hashed anew is named by the row behind it', () => {
  const rows = chain.map((row, index) => {
    if (index !== 7 || row.entry === null) return row;
    const entry = { ...row.entry, actor: 'lee' };
    return { entry, hash: hashOfEntry(entry, sha256) };
  });

  const [flaw] = check(rows).flaws;

  assert.deepEqual(flaw, {
    kind: 'edited',
    sequence: 7,
    detail: 'row 8 was written after another row 7',
  });
});

test('rows that are gone, stand elsewhere or cannot be read are named', () => {
  const [first, second, ...rest] = chain;
  assert.ok(first && second);

  assert.deepEqual(flawsOf(chain.toSpliced(5, 1)), [['missing', 5]]);
  assert.deepEqual(flawsOf(chain.toSpliced(5, 3)), [['missing', 5]]);
  assert.deepEqual(flawsOf(chain.slice(1)), [['missing', 0]]);
  assert.equal(flawsOf([second, first, ...rest])[0]?.[0], 'reordered');
  const torn = chain.map((row, index) => (index === 4 ? { ...row, entry: null } : row));
  assert.deepEqual(flawsOf(torn), [['unreadable', 4]]);
});

test('rows cut off at the end show only to whoever has kept the end', () => {
  assert.deepEqual(flawsOf(chain.slice(0, 9)), []);
  assert.deepEqual(flawsOf(chain.slice(0, 9), end), [['cut-off', 11]]);
  assert.deepEqual(flawsOf(chainOf(13), end), []);
  assert.deepEqual(flawsOf(chain, { entries: 12, hash: 'f'.repeat(64) }), [['cut-off', 11]]);
});

test('a beginning that no row tells of is a flaw', () => {
  const checkpoint = { entries: 4, hash: chain[3]?.hash ?? '' };

  const { flaws } = checkChain(chain.slice(4), checkpoint, { kept: null, sha256 });

  assert.deepEqual(
    flaws.map(({ kind, sequence }) => [kind, sequence]),
    [['beginning', 4]],
  );
});

test('whatever is done to a row, the check sees it and names a row next to it', () => {
  const damage = fc.record({
    at: fc.integer({ min: 0, max: 10 }),
    how: fc.constantFrom('edit', 'delete', 'swap', 'repeat'),
    text: fc.string({ minLength: 1 }),
  });

  fc.assert(
    fc.property(damage, ({ at, how, text }) => {
      const rows = damaged(at, how, text);

      const { flaws } = check(rows);

      assert.ok(flaws.length > 0, how);
      assert.ok(flaws.some(({ sequence }) => Math.abs(sequence - at) <= 1));
    }),
    { numRuns: 200 },
  );
});

function damaged(at: number, how: string, text: string): readonly StoredRow[] {
  const [row, next] = [chain[at], chain[at + 1]];
  assert.ok(row && next);
  if (how === 'edit') return edited(at, (entry) => ({ ...entry, actor: `${entry.actor}${text}` }));
  if (how === 'delete') return chain.toSpliced(at, 1);
  if (how === 'swap') return chain.with(at, next).with(at + 1, row);
  return chain.toSpliced(at, 0, row);
}
