import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { codeOf, readJson, sourcesIn } from './sources.ts';

/** Ways to ask the machine for the time: `new Date()`, `new Date`, `Date()`, `Date.now`. */
const readsClock =
  /\bnew\s+Date\b\s*(?!\s*\()|\bnew\s+Date\s*\(\s*\)|(?<!new\s+)\bDate\s*\(|\bDate\s*\.\s*now\b/;

test('the domain and the use cases are told the time and never ask for it', () => {
  const found = ['src/domain', 'src/usecases'].flatMap(sourcesIn).flatMap((path) =>
    codeOf(path)
      .split('\n')
      .flatMap((line, index) =>
        readsClock.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
      ),
  );

  assert.deepEqual(found, []);
});

test('every way to read the clock is recognised, and no other use of Date', () => {
  for (const line of [
    'new Date()',
    'new Date( )',
    'new Date;',
    'Date()',
    'Date.now()',
    'const now = Date.now;',
  ]) {
    assert.match(line, readsClock);
  }
  for (const line of [
    'new Date(0)',
    'new Date(at)',
    'at: Date',
    'Date.UTC(2024, 0, 1)',
    'x instanceof Date',
    'toDate(x)',
  ]) {
    assert.doesNotMatch(line, readsClock);
  }
});

test('files in src and jobs keep to 250 lines', () => {
  const long = ['src', 'jobs']
    .flatMap(sourcesIn)
    .map((path) => ({ path, lines: readFileSync(path, 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > 250)
    .map(({ path, lines }) => `${path}: ${lines}`);

  assert.deepEqual(long, []);
});

const Manifest = z.object({
  scripts: z.record(z.string(), z.string()),
  bin: z.record(z.string(), z.string()),
  license: z.string(),
  type: z.string(),
});

test('package.json has every script, and the gate runs the compiler, the linter and the search for dead code', () => {
  const { scripts, bin, license, type } = readJson('package.json', Manifest);

  for (const name of 'build types lint test coverage check start demo bench prepare'.split(' ')) {
    assert.ok(scripts[name], `script ${name}`);
  }
  for (const part of ['types', 'lint', 'unused'])
    assert.ok(scripts['check']?.includes(`npm run ${part}`), part);
  assert.match(scripts['lint'] ?? '', /oxlint --deny-warnings src jobs test\b/);
  assert.ok(bin['newleaf']);
  assert.equal(license, 'Apache-2.0');
  assert.equal(type, 'module');
});

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() }),
  ),
});

test('the lock lists every optional platform package, so that npm ci accepts it everywhere', () => {
  const { packages } = readJson('package-lock.json', Lock);

  const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isListed(packages, place, name)),
  );

  assert.deepEqual(missing, []);
});

/** Node looks for a package beside the one that wants it, then in each folder above. */
function isListed(
  packages: z.output<typeof Lock>['packages'],
  place: string,
  name: string,
): boolean {
  const folders = place
    .split('/node_modules/')
    .map((_, depth, parts) => parts.slice(0, depth + 1).join('/node_modules/'));
  return ['', ...folders].some((folder) => {
    const at = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    return at in packages;
  });
}
