import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PlanDocument } from '../../src/api/plan.ts';
import { ScanDocument } from '../../src/api/scan.ts';
import { withRegions } from '../../src/cli/commands/scan.ts';
import { loadConfig } from '../../src/config/load.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/start.ts';
import { runCli } from '../helpers/cli.ts';
import { openSandboxCli } from '../helpers/sandbox-cli.ts';
import { order } from '../helpers/sandbox-control.ts';

let sandbox: RunningSandbox;

before(async () => {
  sandbox = await startSandbox({ seed: 'small', rateLimits: 'off' });
});
after(() => sandbox.close());

test('scan --region needs no file: the default credentials and that region alone', () => {
  const [account, ...others] = withRegions(loadConfig(null, {}), ['eu-central-1']).accounts;

  assert.deepEqual([account?.regions, account?.credentials, others], [['eu-central-1'], null, []]);
});

test('scan prints one document on standard output, and its progress only to a person', async () => {
  await using cli = await openSandboxCli(sandbox);

  const json = await cli.run('scan', '--json');
  const words = await cli.watched('scan', '--no-probe');

  const { bindings, missing } = ScanDocument.parse(JSON.parse(json.out));
  assert.deepEqual([json.code, json.err, missing], [0, '', []]);
  assert.ok(bindings.length > 0);
  assert.ok(bindings.some(({ served }) => served.some(({ fingerprint256 }) => fingerprint256)));
  assert.match(words.out, /^LEFT +SEVERITY/);
  assert.match(words.err, /reading cn-hangzhou of main/);
  assert.ok(words.err.endsWith('\r\u001B[K'));
});

function slotsIn({ out }: { readonly out: string }): readonly string[] {
  const { bindings } = ScanDocument.parse(JSON.parse(out));
  return bindings.map(({ listenerId, slot }) => `${listenerId} ${slot}`);
}

test('filters take several values, repeated or with commas, and leave the document its shape', async () => {
  await using cli = await openSandboxCli(sandbox);
  const listeners = 'lsn-smallweb0000001@8443, lsn-smallweb0000002@9443';

  const two = await cli.run('scan', '--no-probe', '--json', '--listener', listeners);
  const line =
    'scan --no-probe --json --listener lsn-smallweb0000001@8443 --listener lsn-smallpartner001@8443 --expiring-within 40d';
  const more = await cli.run(...line.split(' '));
  const none = await cli.run('scan', '--no-probe', '--findings', 'drift,quota-near');
  const some = await cli.run('scan', '--no-probe', '--expiring-within', '57d', '--wide');

  assert.deepEqual(slotsIn(two), [
    'lsn-smallweb0000001@8443 default',
    'lsn-smallweb0000002@9443 default',
    'lsn-smallweb0000002@9443 additional',
    'lsn-smallweb0000002@9443 additional',
  ]);
  assert.equal(slotsIn(more)[0], 'lsn-smallweb0000001@8443 default');
  assert.ok(!slotsIn(more).includes('lsn-smallpartner001@8443 default'));
  assert.match(none.out, /^none of the \d bindings matches: leave a filter out to see more\n$/);
  assert.match(some.out, /^main \/ cn-hangzhou$/m);
  assert.match(some.out, /^\d of \d bindings shown$/m);
  assert.match(
    some.out,
    / nlb-smallweb0000001 \(web\) .* env=prod,team=web .*console\.aliyun\.com/,
  );
});

test('what is no finding and no length of time is a wrong command line', async () => {
  const finding = await runCli(['scan', '--findings', 'drft']);
  const length = await runCli(['status', '--expiring-within', '30']);

  assert.deepEqual([finding.code, length.code], [2, 2]);
  assert.match(finding.err, /there is no drft; use any, drift, unreachable, /);
  assert.match(length.err, /write a length of time such as 30d or 12h/);
});

test('a region in which nothing can be read is named, and the exit code is 1', async () => {
  await using cli = await openSandboxCli(sandbox);
  await order(sandbox, { kind: 'answer', action: '*', times: 'always', code: 'Forbidden.RAM' });

  const { code, out } = await cli.run('scan', '--no-probe');
  const plan = await cli.run('plan', '--local');
  const document = await cli.run('plan', '--local', '--json');
  const explained = await cli.run('config', 'explain', 'lsn-smallweb0000001@8443');

  await fetch(`${sandbox.control}/faults`, { method: 'DELETE' });
  assert.equal(code, 1);
  assert.match(
    out,
    /^no TLS listener found, but not everything could be read: newleaf doctor shows why\n/,
  );
  const gap = /missing: ListLoadBalancers in cn-hangzhou of main answered Forbidden\.RAM/;
  assert.match(out, gap);
  assert.deepEqual([plan.code, document.code], [1, 1]);
  assert.match(
    explained.error ?? '',
    /is found \(ListLoadBalancers in cn-hangzhou of main answered Forb/,
  );
  assert.match(plan.out, /^nothing is due in what could be read\n/);
  assert.match(plan.out, gap);
  assert.equal(PlanDocument.parse(JSON.parse(document.out)).missing[0]?.code, 'Forbidden.RAM');
});

test('plan --local plans from what it sees, without a daemon', async () => {
  await using cli = await openSandboxCli(sandbox, {
    defaults: { mode: 'auto', windows: [], renewBefore: '400d' },
  });

  const { code, out } = await cli.run('plan', '--local', '--json');

  const { plans, refused } = PlanDocument.parse(JSON.parse(out));
  assert.equal(code, 0);
  assert.ok(plans.length + refused.length > 0);
});
