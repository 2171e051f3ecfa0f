import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readSandboxOptions } from '../../src/sandbox/command-options.ts';
import { runSandboxCommand } from '../../src/sandbox/command.ts';
import { faultSchema } from '../../src/sandbox/faults/book.ts';
import { seedNames, settingsFrom } from '../../src/sandbox/options.ts';
import type { SandboxDescription } from '../../src/sandbox/start.ts';
import {
  certificate,
  post,
  rootOf,
  shake,
  smallSandbox,
  stateOfSandbox,
  front,
} from './support.ts';

test('the process prints one line of JSON when it is ready and ends cleanly when told', async () => {
  const main = fileURLToPath(new URL('../../src/sandbox/main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--seed', 'demo', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  await once(reader, 'line');
  const description: SandboxDescription = JSON.parse(lines[0] ?? '');

  assert.equal((await fetch(`${description.control}/state`)).status, 200);
  assert.deepEqual(Object.keys(description.endpoints), ['nlb', 'cas', 'pca', 'cms', 'sts']);
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');

  assert.equal(code, 0);
  assert.equal(lines.length, 1);
  assert.equal(existsSync(description.rootCaFile), false);
});

async function run(argv: readonly string[]) {
  const out = { stdout: '', stderr: '' };
  const io = {
    stdout: (text: string) => {
      out.stdout += text;
    },
    stderr: (text: string) => {
      out.stderr += text;
    },
  };
  return { code: await runSandboxCommand(argv, io, AbortSignal.timeout(5000)), ...out };
}

test('faults are ordered, listed and cleared from the command line', async () => {
  const sandbox = await smallSandbox();
  const fault = (...argv: string[]) => run(['fault', '--control', sandbox.control, ...argv]);
  try {
    const ordered = await fault(
      'answer',
      '--action',
      'ListListeners',
      '--times',
      '3',
      '--code',
      'SystemBusy',
      '--status',
      '400',
    );
    const listed = await fault('list');
    const wrong = await fault('keep-old', '--zone', 'nowhere');
    const cleared = await fault('clear');

    assert.equal(ordered.code, 0);
    assert.match(listed.stdout, /"code":"SystemBusy"/);
    assert.equal(wrong.code, 1);
    assert.match(
      wrong.stderr,
      /^newleaf sandbox: no zone nowhere; there are cn-hangzhou-a, [^{}]*$/,
    );
    assert.deepEqual(JSON.parse(cleared.stdout), { cleared: 1 });
  } finally {
    await sandbox.close();
  }
});

const wrong: readonly (readonly [string, RegExp])[] = [
  ['--seed huge', new RegExp(seedNames.join(', '))],
  ['--port 8080', /nlb\/cn-hangzhou=18080/],
  ['--port nlb/cn-hangzhou=70000', /0 to 65535/],
  ['--port nlb/nowhere=18080', /nlb\/ap-southeast-1, cas\/cn-hangzhou/],
  ['--control-port x', /0 to 65535/],
  ['--rate-limits some', /documented, off/],
  ['--overlap middle', /oldest, newest/],
  ['--job-status-case upper', /capital, lower/],
  ['--ca-enabled-omitted maybe', /keeps, resets/],
  ['--read-lag-millis -5', /whole number of milliseconds, not -5/],
  ['--propagation-millis zone=soon', /100 or cn-hangzhou-a=100/],
  [
    '--propagation-millis cn-hangzhou-x=5',
    /no zone cn-hangzhou-x; there are cn-hangzhou-a, cn-hangzhou-b/,
  ],
  ['--clock-offset-millis 1.5', /ahead or behind/],
  ['--what', /--what/],
  ['fault --control nowhere list', /http:\/\/127/],
  ['fault --control http://127.0.0.1:1 explode', /lose-reply, delay-write, clock-skew/],
  ['fault --control http://127.0.0.1:1 drop --code x', /drop takes --zone, --listener-id only/],
  ['fault --control http://127.0.0.1:1 list --times 3', /list takes no --times/],
  ['fault --control http://127.0.0.1:1 clear fault-1 fault-2', /nothing is known of fault-2/],
  ['fault --control http://127.0.0.1:1 drop everything', /nothing is known of everything/],
  ['fault --control http://127.0.0.1:1 explode', /rebind; and list, clear$/m],
  ['fault --control http://127.0.0.1:1 answer --code x', /answer needs --action ACTION$/m],
  [
    'fault --control http://127.0.0.1:1 lose-reply --action ListListeners --times three',
    /--times must be N\|always, not three/,
  ],
  [
    'fault --control http://127.0.0.1:1 answer --action ListListeners --body html-503',
    /--body must be html-502\|empty-503\|reset\|hang, not html-503/,
  ],
  ['fault --control http://127.0.0.1:1 drop --zon a', /^newleaf sandbox: Unknown option '--zon'$/m],
  ['fault list', /^newleaf sandbox: --control URL is missing: .* prints it/m],
  ['faults', /^newleaf sandbox: nothing is known of faults; .*fault and operations$/m],
];

for (const [line, told] of wrong) {
  test(`${line}: the command line is wrong, and it is said what is allowed`, async () => {
    const { code, stderr } = await run(line.split(' '));

    assert.equal(code, 2, stderr);
    assert.match(stderr, told);
  });
}

test('where no sandbox answers, the command says so', async () => {
  const sandbox = await smallSandbox();
  await sandbox.close();

  const { code, stderr } = await run(['fault', '--control', sandbox.control, 'list']);

  assert.equal(code, 1);
  assert.equal(stderr, `newleaf sandbox: no sandbox answers at ${sandbox.control}\n`);
});

test('every setting can be chosen on the command line', () => {
  const line =
    '--seed demo --json --dir there --port nlb/cn-hangzhou=1 --port cas/cn-hangzhou=2 --control-port 3 --job-millis 4 ' +
    '--propagation-millis 5 --propagation-millis cn-hangzhou-b=6 --read-lag-millis 7 --second-node-millis 8 ' +
    '--overlap newest --job-status-case lower --rate-limits off --clock-offset-millis -9 --ca-enabled-omitted resets --loopback-only';

  const { options, json } = readSandboxOptions(line.split(' '));
  const settings = settingsFrom(options);

  assert.equal(json, true);
  assert.deepEqual(options, {
    seed: 'demo',
    dir: 'there',
    ports: { 'nlb/cn-hangzhou': 1, 'cas/cn-hangzhou': 2 },
    controlPort: 3,
    jobMillis: 4,
    propagationMillis: { '*': 5, 'cn-hangzhou-b': 6 },
    readLagMillis: 7,
    secondNodeMillis: 8,
    overlap: 'newest',
    jobStatusCase: 'lower',
    rateLimits: 'off',
    clockOffsetMillis: -9,
    caEnabledOmitted: 'resets',
    loopbackOnly: true,
  });
  assert.equal(settings.propagationMillis('cn-hangzhou-a'), 5);
  assert.equal(settings.propagationMillis('cn-hangzhou-b'), 6);
});

test('a kind of fault and its fields appear on the command line by themselves', async () => {
  const { stdout, code } = await run(['fault', '--help']);

  assert.equal(code, 0);
  for (const { shape } of faultSchema.options) {
    assert.match(stdout, new RegExp(`^  ${shape.kind.value} `, 'm'));
    for (const field of Object.keys(shape).filter((each) => !['kind', 'after'].includes(each)))
      assert.match(
        stdout,
        new RegExp(`--${field.replace(/[A-Z]/g, (big) => `-${big.toLowerCase()}`)}\\b`),
      );
  }
});

test('numbers, fields inside others and negative values reach the fault as they are meant', async () => {
  const sandbox = await smallSandbox();
  const fault = (line: string) => run(['fault', '--control', sandbox.control, ...line.split(' ')]);
  try {
    const { id } = await certificate(sandbox, 'web-2026b');
    await fault('clock-skew --offset-millis -60000');
    await fault('delay-write --action UpdateListenerAttribute --times always --seconds 0.5');
    await fault(
      `rebind --listener-id ${front} --certificate-id ${id} --after-action StopListener --after-times 2`,
    );
    const listed: { fault: Record<string, unknown> }[] = JSON.parse((await fault('list')).stdout);
    const [skew, delay, rebind] = listed.map((entry) => entry.fault);

    assert.deepEqual(skew, { kind: 'clock-skew', offsetMillis: -60_000 });
    assert.deepEqual(delay, {
      kind: 'delay-write',
      action: 'UpdateListenerAttribute',
      times: 'always',
      seconds: 0.5,
      hangSeconds: 0,
    });
    assert.equal(rebind?.['certificateId'], id);
    assert.deepEqual(rebind['after'], { action: 'StopListener', times: 2 });
    assert.deepEqual(JSON.parse((await fault('clear fault-1')).stdout), { cleared: 1 });
  } finally {
    await sandbox.close();
  }
});

test('several sandboxes run side by side and a reset brings one back to its seed', async () => {
  const [one, two] = await Promise.all([smallSandbox(), smallSandbox()]);
  try {
    await post(one, '/certificates', { names: ['x.example.com'], name: 'extra' });
    const root = rootOf(one).toString();
    await post(one, '/reset', {});

    assert.equal(
      (await stateOfSandbox(one)).certificates.some((each) => each.name === 'extra'),
      false,
    );
    assert.equal(rootOf(one).toString(), root);
    const point = (await stateOfSandbox(one)).listeners[0]?.serving[0];
    assert.ok(point);
    assert.equal(
      (await shake(point, { ca: rootOf(one), servername: 'www.example.com' })).authorized,
      true,
    );
    assert.notEqual((await stateOfSandbox(two)).listeners[0]?.serving[0]?.address, point.address);
  } finally {
    await Promise.all([one.close(), two.close()]);
  }
});

test('the control endpoint answers loopback hosts only, and no pages of other sites', async () => {
  const sandbox = await smallSandbox();
  const port = Number(new URL(sandbox.control).port);
  const { request } = await import('node:http');
  const statusFor = (headers: Record<string, string>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const asked = request({ port, host: '127.0.0.1', path: '/state', headers }, (reply) => {
        reply.resume();
        resolve(reply.statusCode);
      });
      asked.on('error', reject).end();
    });
  try {
    assert.equal(await statusFor({ host: 'evil.example' }), 403);
    assert.equal(await statusFor({ origin: 'https://evil.example' }), 403);
    assert.equal(await statusFor({ origin: 'null' }), 403);
    assert.equal(await statusFor({ origin: 'http://localhost:3000' }), 200);
  } finally {
    await sandbox.close();
  }
});
