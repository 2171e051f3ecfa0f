import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';

const tap = [
  '# tests 3',
  '# suites 0',
  '# pass 3',
  '# fail 0',
  '# cancelled 0',
  '# skipped 0',
  '# todo 0',
  '# duration_ms 12.5',
];

interface World {
  /** What the test runner prints, and how it ends. */
  readonly prints?: readonly string[];
  readonly testCode?: number;
  readonly checkCode?: number;
  readonly coverageCode?: number;
}

/** Runs the script in a checkout where npm, npx and the wanted programs are stand-ins that write down how they were called. */
function run(
  context: TestContext,
  world: World,
): { status: number | null; lines: readonly string[]; calls: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'newleaf-ci-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const calls = join(folder, 'calls');
  const programs = join(folder, 'bin');
  mkdirSync(programs);
  mkdirSync(join(folder, '.ci'));
  copyFileSync('.ci/run', join(folder, '.ci/run'));
  const { prints = tap, testCode = 0, checkCode = 0, coverageCode = 0 } = world;
  const npm = `case "$*" in
  test) cat <<'END'\n${prints.join('\n')}\nEND\n    exit ${testCode} ;;
  "run check") exit ${checkCode} ;;
esac`;
  const wanted = { 'redis-server': '', openssl: '', 'prometheus-blackbox-exporter': '' };
  const scripts = { npm, npx: `exit ${coverageCode}`, ...wanted };
  for (const [name, body] of Object.entries(scripts)) {
    writeFileSync(join(programs, name), `#!/bin/sh\necho "${name} $*" >>${calls}\n${body}\n`);
    chmodSync(join(programs, name), 0o755);
  }
  const env = {
    ...process.env,
    CI: 'true',
    PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}`,
  };
  const { status, stdout } = spawnSync('bash', ['.ci/run'], { cwd: folder, env, encoding: 'utf8' });
  return {
    status,
    lines: stdout.trimEnd().split('\n'),
    calls: readFileSync(calls, 'utf8').trimEnd().split('\n'),
  };
}

test('a good run installs, tests, checks, judges the coverage and ends with the summary', (context) => {
  const { status, lines, calls } = run(context, {});

  assert.equal(status, 0);
  assert.deepEqual(lines.slice(-tap.length), tap);
  assert.deepEqual(
    calls.map((call) => call.split(' ').slice(0, 4).join(' ')),
    [
      'npm ci --no-audit --no-fund',
      'npm test',
      'npm run check',
      'npx --no-install c8 report',
      'npx --no-install c8 check-coverage',
    ],
  );
});

test('the other form of the summary is understood', (context) => {
  const spec = tap.map((line) => line.replace('#', 'ℹ'));

  const { status, lines } = run(context, { prints: ['✔ a', ...spec] });

  assert.equal(status, 0);
  assert.deepEqual(lines.slice(-spec.length), spec);
});

const bad: Readonly<Record<string, World & { readonly status: number }>> = {
  'a run without a single test fails': {
    prints: tap.map((line) => line.replace('tests 3', 'tests 0')),
    status: 1,
  },
  'a run without a summary fails': { prints: ['done'], status: 1 },
  'a run with a skipped test fails': {
    prints: tap.map((line) => line.replace('skipped 0', 'skipped 1')),
    status: 1,
  },
  'a run with a test still to do fails': {
    prints: tap.map((line) => line.replace('todo 0', 'todo 1')),
    status: 1,
  },
  "a failing test run ends with the runner's code": { testCode: 7, status: 7 },
  'a failing check fails the run': { checkCode: 3, status: 3 },
  'too little coverage fails the run': { coverageCode: 1, status: 1 },
};

for (const [title, { status: wanted, ...world }] of Object.entries(bad)) {
  test(title, (context) => {
    const { status, lines } = run(context, world);

    assert.equal(status, wanted);
    if (world.prints?.[0] !== 'done') assert.match(lines.at(-1) ?? '', /^# duration_ms/);
  });
}
