import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { faultSchema } from '../../src/sandbox/faults/book.ts';
import { operationsMarkdown } from '../../src/sandbox/operations.ts';
import { seedNames } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/start.ts';
import { codeOf } from '../ground/sources.ts';
import { sectionOf, wordsIn } from './documents.ts';

const page = 'docs/sandbox.md';

function assertTold(words: readonly string[], section: string): void {
  assert.ok(words.length > 2, 'an empty list proves nothing');
  const told = wordsIn(sectionOf(page, section) ?? '');
  assert.deepEqual(
    words.filter((word) => !told.has(word)),
    [],
  );
}

test('the table of operations is what `newleaf sandbox operations` prints', () => {
  const text = readFileSync(page, 'utf8');
  const [, block] =
    /<!-- operations: begin -->\n([\s\S]*)<!-- operations: end -->/.exec(text) ?? [];
  assert.equal(block, operationsMarkdown());
});

test('no cell of the table of operations is left open, and no table is without rows', () => {
  const lines = operationsMarkdown().split('\n');

  assert.deepEqual(
    lines.filter((line) => /\|\s*\|/.test(line)),
    [],
  );
  assert.deepEqual(
    lines.filter((line, index) => line.startsWith('|---') && !lines[index + 1]?.startsWith('| ')),
    [],
  );
});

test('the page tells every fault, every seed and every control request', () => {
  const kinds = faultSchema.options.map((option) => option.shape.kind.value);
  assertTold(kinds, 'Let it go wrong');
  assertTold(seedNames, 'Start it');
  const routes = codeOf('src/sandbox/control/server.ts').matchAll(
    /'((?:GET|POST|DELETE) \/[\w/-]+)'/g,
  );
  const told = sectionOf(page, 'The control endpoint') ?? '';
  const missing = [...routes]
    .map(([, route = '']) => route)
    .filter((route) => !told.includes(route));
  assert.deepEqual(missing, []);
});

test('the page tells every field of the line that `--json` prints', async () => {
  const sandbox = await startSandbox({ seed: 'small' });
  await sandbox.close();
  assertTold(Object.keys(sandbox.description), 'Start it');
});
