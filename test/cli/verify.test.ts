import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, afterEach, before, test } from 'node:test';
import { promisify } from 'node:util';
import { VerifyDocument } from '../../src/api/verify.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/start.ts';
import { openSandboxCli, type SandboxCli } from '../helpers/sandbox-cli.ts';
import { order } from '../helpers/sandbox-control.ts';

const run = promisify(execFile);
const front = 'lsn-smallweb0000001@8443';

let sandbox: RunningSandbox;
let cli: SandboxCli;

before(async () => {
  sandbox = await startSandbox({ seed: 'small', jobMillis: 20, propagationMillis: 0 });
  cli = await openSandboxCli(sandbox);
});

afterEach(() => fetch(`${sandbox.control}/faults`, { method: 'DELETE' }));

after(async () => {
  await cli[Symbol.asyncDispose]();
  await sandbox.close();
});

test('verify prints what is bound, a line for every look and the verdict, and exits with 0', async () => {
  const { code, out, err } = await cli.run('verify', front);

  assert.equal(code, 0);
  assert.equal(err, '');
  assert.match(out, /^default +\d+-cn-hangzhou .* www\.example\.com, example\.com +bound$/m);
  assert.equal(out.match(/^cn-hangzhou-[ab] .* as bound$/gm)?.length, 6);
  assert.match(out, /as bound: 6 of 6 looks\n$/);
});

test('the printed openssl line shows the fingerprint that verify saw', async () => {
  const { out } = await cli.run('verify', front, '--json');
  const { cells } = VerifyDocument.parse(JSON.parse(out));

  for (const { openssl, fingerprint256 } of cells) {
    const { stdout } = await run('sh', ['-c', openssl]);
    const shown = stdout.replace(/^.*=/, '').replaceAll(':', '').trim().toLowerCase();
    assert.equal(shown, fingerprint256);
  }
  assert.match(cells[0]?.openssl ?? '', /-noservername/);
  assert.match(cells[1]?.openssl ?? '', /-servername example\.com </);
});

test('an unreachable zone is shown with its reason and its command, and verify exits with 1', async () => {
  await order(sandbox, { kind: 'drop', zone: 'cn-hangzhou-b', listenerId: front });

  const { code, out } = await cli.run('verify', front);

  assert.equal(code, 1);
  assert.equal(out.match(/^cn-hangzhou-b .* reset .* unreachable$/gm)?.length, 3);
  assert.equal(out.match(/openssl s_client -connect 127\.\S+:8443 -/g)?.length, 3);
  assert.match(out, /not as bound: 3 unreachable of 6 looks\n$/);
});

test('with nothing in vantage verify says so, counts it and exits with 1', async () => {
  await using blind = await openSandboxCli(sandbox, { probe: { vantage: { networks: ['ipv6'] } } });

  const { code, out } = await blind.run('verify', front);

  assert.equal(code, 1);
  assert.equal(out.match(/not in vantage$/gm)?.length, 3);
  assert.match(
    out,
    /nothing was looked at: extend probe\.vantage .*; 2 endpoints not in vantage\n$/,
  );
  assert.doesNotMatch(out, /openssl/);
});

test('--region looks there and nowhere else', async () => {
  const there = await cli.run('verify', front, '--region', 'cn-hangzhou');
  const elsewhere = await cli.run('verify', front, '--region', 'ap-southeast-1');

  assert.equal(there.code, 0);
  assert.equal(elsewhere.code, 1);
  assert.equal(elsewhere.error, `no TLS listener ${front} is found: newleaf scan lists them`);
  assert.equal(elsewhere.out, '');
});

test('a person at a terminal sees how far it is, and the line is gone in the end', async () => {
  const { out, err } = await cli.watched('verify', front, '--json');

  assert.match(err, /reading cn-hangzhou of main/);
  assert.match(err, /6 handshakes made/);
  assert.ok(err.endsWith('\r\u001B[K'));
  assert.equal(VerifyDocument.parse(JSON.parse(out)).asBound, true);
});
