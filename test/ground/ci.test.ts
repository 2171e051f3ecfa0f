import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
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
import { delimiter, dirname, join } from 'node:path';
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
  /** Left out: it is there. Else what apt-get leaves behind when it is told to install it. */
  readonly postgresql?: 'missing' | 'broken';
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
  const postgresql = join(folder, 'postgresql');
  const binary = join(postgresql, '15/bin/postgres');
  const installs = `mkdir -p ${dirname(binary)} && touch ${binary}`;
  if (world.postgresql === undefined) execFileSync('sh', ['-c', installs]);
  const installed = world.postgresql === 'missing' ? installs : '';
  const root = {
    // Whoever runs this is nobody special, and what needs more is only written down.
    id: 'echo 1000',
    sudo: `case "$*" in *" install "*) ${installed === '' ? ':' : installed} ;; esac`,
  };
  const wanted = {
    ...root,
    'redis-server': '',
    openssl: '',
    'prometheus-blackbox-exporter': '',
    'prometheus-alertmanager': '',
    promtool: '',
  };
  const scripts = { npm, npx: `exit ${coverageCode}`, ...wanted };
  for (const [name, body] of Object.entries(scripts)) {
    writeFileSync(join(programs, name), `#!/bin/sh\necho "${name} $*" >>${calls}\n${body}\n`);
    chmodSync(join(programs, name), 0o755);
  }
  const env = {
    ...process.env,
    CI: 'true',
    NEWLEAF_CI_POSTGRESQL: postgresql,
    NEWLEAF_CI_POLICY: join(folder, 'policy-rc.d'),
    PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}`,
  };
  const { status, stdout } = spawnSync('bash', ['.ci/run'], { cwd: folder, env, encoding: 'utf8' });
  return {
    status,
    lines: stdout.trimEnd().split('\n'),
    calls: readFileSync(calls, 'utf8')
      .trimEnd()
      .split('\n')
      .filter((call) => !call.startsWith('id ')),
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

test('a server that is missing is installed and not started, and the machine is left as it was', (context) => {
  const { status, calls } = run(context, { postgresql: 'missing' });

  assert.equal(status, 0);
  const asked = calls.filter((call) => call.startsWith('sudo '));
  const [policy, mode, update, install, removal] = asked;
  assert.equal(asked.length, 5);
  assert.match(policy ?? '', /tee \S+\/policy-rc\.d$/);
  assert.match(mode ?? '', /chmod 755 \S+\/policy-rc\.d$/);
  assert.match(update ?? '', /apt-get update/);
  assert.match(install ?? '', /apt-get install -y .* postgresql$/);
  assert.match(removal ?? '', /rm -f \S+\/policy-rc\.d$/);
  assert.equal(calls.at(-1), asked.at(-1), 'the policy is there until the end');
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
  'a server that is not where tests look for it fails the run': {
    postgresql: 'broken',
    prints: ['done'],
    status: 1,
  },
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
