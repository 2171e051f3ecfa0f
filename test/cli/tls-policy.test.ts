import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ScanDocument } from '../../src/api/scan.ts';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { openSandboxCli, type SandboxCli } from '../helpers/sandbox-cli.ts';
import { callsOf, order } from '../helpers/sandbox-control.ts';
import { front, jobEnd, mutual, nlbCaller, smallSandbox } from '../sandbox/support.ts';

let sandbox: RunningSandbox;

before(async () => {
  sandbox = await smallSandbox();
});
after(() => sandbox.close());

async function choose(ListenerId: string, SecurityPolicyId: string): Promise<void> {
  const nlb = nlbCaller(sandbox);
  const reply = await nlb('UpdateListenerAttribute', { ListenerId, SecurityPolicyId }, 'body');
  assert.equal(await jobEnd(nlb, reply), 'Succeeded');
}

/** The listeners with a weak policy, and what to do about them. */
async function weak(cli: SandboxCli): Promise<readonly (readonly [string, unknown])[]> {
  const { out } = await cli.run('scan', '--no-probe', '--json', '--findings', 'weak-tls-policy');
  return ScanDocument.parse(JSON.parse(out)).bindings.map(({ listenerId, findings }) => [
    listenerId,
    findings.find(({ kind }) => kind === 'weak-tls-policy')?.advice,
  ]);
}

function advice(policy: string): string {
  return `Choose tls_cipher_policy_1_2 or a stricter one instead of ${policy}: it allows protocols older than TLS 1.2.`;
}

test('a weak policy is found by the name of a system policy and the versions of a custom one', async () => {
  await using cli = await openSandboxCli(sandbox);
  await choose(front, 'tls_cipher_policy_1_2');
  await choose(mutual, 'tls-sandbox13only0001');
  const none = await weak(cli);

  await choose(front, 'tls-sandboxlegacy001');
  const custom = await weak(cli);
  await choose(front, 'tls_cipher_policy_1_1');
  const system = await weak(cli);

  const strict = none.filter(([id]) => id === front || id === mutual);
  assert.deepEqual(strict, []);
  assert.deepEqual(
    [custom, system].map((found) => found.find(([id]) => id === front)?.[1]),
    [advice('tls-sandboxlegacy001'), advice('tls_cipher_policy_1_1')],
  );
});

test('a custom policy that cannot be read is passed over in silence, and is asked for once a scan', async () => {
  await using cli = await openSandboxCli(sandbox);
  await choose(front, 'tls-sandboxlegacy001');
  await choose(mutual, 'tls-sandboxlegacy001');
  const asked = (await callsOf(sandbox, 'ListSecurityPolicy')).length;
  const known = await weak(cli);
  const askedAfter = (await callsOf(sandbox, 'ListSecurityPolicy')).length;
  const code = 'Forbidden.NoPermission';
  await order(sandbox, { kind: 'answer', action: 'ListSecurityPolicy', times: 'always', code });

  const denied = await cli.run('scan', '--no-probe', '--json');

  await fetch(`${sandbox.control}/faults`, { method: 'DELETE' });
  assert.equal(askedAfter - asked, 1);
  assert.ok(known.some(([id]) => id === front));
  const { bindings, missing } = ScanDocument.parse(JSON.parse(denied.out));
  const kinds = bindings
    .filter(({ listenerId }) => listenerId === front)
    .flatMap(({ findings }) => findings.map(({ kind }) => kind));
  assert.deepEqual([denied.code, missing, kinds], [0, [], []]);
});
