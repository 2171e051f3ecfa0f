import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { z } from 'zod';
import { arrowTree, cleanTree, plants, type Tree } from './plants.ts';
import { readJson } from './sources.ts';

const root = mkdtempSync(join(tmpdir(), 'newleaf-ground-'));
after(() => rmSync(root, { recursive: true, force: true }));

const Report = z.object({
  diagnostics: z.array(
    z.object({
      code: z.string(),
      filename: z.string(),
      labels: z.array(z.object({ span: z.object({ line: z.int() }) })),
    }),
  ),
});

const Configuration = z.object({
  overrides: z.array(
    z.object({ files: z.array(z.string()), rules: z.record(z.string(), z.unknown()) }),
  ),
});

/** Lints a small tree of its own with this repository's rules, as `npm run lint` does. */
function lint(
  name: string,
  tree: Tree,
): { status: number | null; found: readonly string[]; text: string } {
  const folder = join(root, name);
  for (const [path, text] of Object.entries({ 'test/a.ts': 'export const a = 1;\n', ...tree })) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const file of ['.oxlintrc.json', 'tsconfig.json', 'package.json'])
    cpSync(file, join(folder, file));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const oxlint = resolve('node_modules/.bin/oxlint');
  const args = ['--deny-warnings', '--format', 'json', 'src', 'jobs', 'test'];
  const { status, stdout, stderr } = spawnSync(oxlint, args, { cwd: folder, encoding: 'utf8' });
  const { diagnostics } = Report.parse(JSON.parse(stdout));
  const found = diagnostics.map(({ code, filename, labels }) => {
    const rule = /\(([^)]+)\)/.exec(code)?.[1] ?? code;
    return `${filename}:${labels[0]?.span.line ?? 0} ${rule}`;
  });
  return { status, found, text: stdout + stderr };
}

test('rooms that import only what they may pass', () => {
  const { status, text } = lint('clean', cleanTree());

  assert.equal(status, 0, text);
});

test('every arrow that the design does not draw fails', () => {
  const { tree, arrows } = arrowTree();

  const { status, found } = lint('arrows', tree);

  const unseen = Object.entries(arrows)
    .filter(([, line]) => !found.includes(`${line} no-restricted-imports`))
    .map(([arrow]) => arrow);
  assert.deepEqual(unseen, []);
  assert.equal(status, 1);
});

test('a floating promise, a non-exhaustive switch and everything else that must not be fail', () => {
  const tree = Object.fromEntries(plants.map(({ path, text }) => [path, text]));

  const { status, found } = lint('plants', { 'jobs/a.ts': 'export const a = 1;\n', ...tree });

  const unseen = plants
    .filter(
      ({ path, rule }) =>
        !found.some((line) => line.startsWith(`${path}:`) && line.endsWith(` ${rule}`)),
    )
    .map(({ path, rule }) => `${path} ${rule}`);
  assert.deepEqual(unseen, []);
  assert.equal(status, 1);
});

test('every override of the lint configuration that restricts something has its violation planted', () => {
  const { overrides } = readJson('.oxlintrc.json', Configuration);
  const paths = [...Object.values(arrowTree().arrows), ...plants.map(({ path }) => path)];

  const restricting = overrides.filter(({ rules }) =>
    Object.values(rules).some((rule) => rule !== 'off'),
  );
  const bare = restricting
    .flatMap(({ files }) => files)
    .filter((glob) => !paths.some((path) => path.startsWith(glob.replace('**', ''))));

  assert.deepEqual(bare, []);
});
