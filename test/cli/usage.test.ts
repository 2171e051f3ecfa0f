import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { openFolder, runCli } from '../helpers/cli.ts';

const usages: readonly (readonly [string, RegExp])[] = [
  ['frobnicate', /unknown command 'frobnicate'/],
  ['rotat lsn-1', /unknown command 'rotat'\n\(Did you mean rotate\?\)/],
  ['scan --regoin x', /unknown option '--regoin'\n\(Did you mean --region\?\)/],
  ['show', /missing required argument 'rotation'/],
  ['rotate', /missing required argument 'listener'/],
  ['status extra', /too many arguments for 'status'/],
  ['resolve r1 --as new', /required option '--note <text>' not specified/],
  ['resolve r1 --note x', /required option '--as <what>' not specified/],
  ['resolve r1 --as maybe --note x', /Allowed choices are old, new, other/],
  ['config chekc', /unknown command 'chekc'\n\(Did you mean check\?\)/],
  ['config', /Usage: newleaf config/],
  ['', /Usage: newleaf \[options\] \[command\]/],
  ['--config', /argument missing/],
];

for (const [line, help] of usages) {
  test(`"newleaf ${line}" is a usage error that says what to do instead`, async () => {
    const { code, out, err } = await runCli(line.split(' ').filter((word) => word !== ''));

    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, help);
  });
}

test('help and version are asked for, so they are no errors', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8'));

  const help = await runCli(['help', 'rotate']);
  const told = await runCli(['--version']);

  assert.deepEqual([help.code, help.err, told.code, told.out], [0, '', 0, `${version}\n`]);
  assert.match(
    help.out.replaceAll(/\s+/g, ' '),
    /0 committed, 3 rolled back, 4 needs an operator, 5 refused, 6 waiting/,
  );
});

const commands = [
  'run',
  'scan --region cn-hangzhou',
  'plan --local',
  'plan',
  'status',
  'rotations',
  'show r1',
  'rotate lsn-1',
  'approve abc',
  'resolve r1 --as old --note x',
  'config show',
  'config explain lsn-1',
];

test('an unknown key stops every command in one line that names it, before anything is done', async () => {
  await using folder = await openFolder();
  const file = await folder.config('dataDir: data\nhttp: { listn: "127.0.0.1:1" }\n');

  for (const command of commands) {
    const { code, out, err } = await runCli([...command.split(' '), '--config', file]);

    assert.equal(code, 1, command);
    assert.equal(out, '', command);
    assert.equal(
      err,
      `newleaf: ${file}:2: http.listn: unknown key; did you mean listen? (allowed: listen, hosts, tokens)\n`,
    );
  }
});

test('a missing file, a wrong type and a broken file are each one line that names the place', async () => {
  await using folder = await openFolder();

  const missing = await runCli(['-c', `${folder.dir}/none.yaml`, 'run']);
  const wrong = await runCli(['run', '-c', await folder.config('dataDir: 7\n')]);
  const broken = await runCli(['run', '-c', await folder.config('dataDir: [\n')]);

  assert.deepEqual(
    [missing, wrong, broken].map(({ code }) => code),
    [1, 1, 1],
  );
  assert.equal(
    missing.err,
    `newleaf: cannot read the configuration file ${folder.dir}/none.yaml (ENOENT)\n`,
  );
  assert.match(wrong.err, /^newleaf: .*newleaf\.yaml:1: dataDir: .+\n$/);
  assert.match(broken.err, /^newleaf: .*newleaf\.yaml:\d: .+\n$/);
});

test('the configuration may be named before the command and behind it; the last one counts', async () => {
  await using folder = await openFolder();
  const file = await folder.config({ dataDir: '/somewhere' });

  for (const line of [
    ['-c', file, 'config', 'show'],
    ['config', 'show', '--config', file],
    ['-c', '/none.yaml', 'config', '-c', file, 'show'],
  ]) {
    const { code, out } = await runCli(line);
    assert.equal(code, 0, line.join(' '));
    assert.match(out, /^dataDir: \/somewhere$/m);
  }
});
