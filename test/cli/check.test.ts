import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CheckDocument } from '../../src/api/check.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/start.ts';
import { runCli } from '../helpers/cli.ts';
import { freePort } from '../helpers/redis.ts';
import { openSandboxCli, type Told } from '../helpers/sandbox-cli.ts';
import { order, stateOf } from '../helpers/sandbox-control.ts';

/** 20 days are left on it. */
const web = 'lsn-smallweb0000001@8443';

let sandbox: RunningSandbox;

before(async () => {
  sandbox = await startSandbox({ seed: 'small', rateLimits: 'off' });
});
after(() => sandbox.close());

/** Runs the plugin against the sandbox; `settings` take the place of those of the configuration. */
async function check(
  line: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Told> {
  await using cli = await openSandboxCli(sandbox, settings);
  return await cli.run('check', ...line.split(' '));
}

/** What the plugin's first line says, without its performance data. */
function headOf({ out }: Pick<Told, 'out'>): string {
  return out.split('|', 1)[0] ?? '';
}

/** The sandbox's cloud settings with parts replaced. */
function cloud(parts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { endpoints, dial } = sandbox.description;
  return { endpoints, dial, timeouts: { read: '1s' }, ...parts };
}

test('enough life left is OK, with the seconds left of each slot as performance data', async () => {
  const told = await check(`--listener ${web}`);

  assert.equal(told.code, 0);
  assert.equal(
    told.out.replaceAll(/\d{7}s/g, 'Ns').replaceAll(/\(\d+-cn-hangzhou\)/g, '(ID)'),
    `CERTIFICATES OK - 1 binding on 1 listener, the earliest: www.example.com (ID) on web ${web} default ends in 19 d|'bindings'=1;;;0 'earliest'=Ns;604800:;86400: 'main/${web}/default'=Ns;604800:;86400:
`.replaceAll('19 d', /ends in (\d+ d)/.exec(told.out)?.[1] ?? ''),
  );
  assert.equal(told.err, '');
});

test('less than a threshold is WARNING or CRITICAL, the worst first', async () => {
  const listeners = `--listener ${web},lsn-smallweb0000002@9443 --no-probe`;

  const warning = await check(`${listeners} --warning 30d`);
  const critical = await check(`${listeners} --warning 58d --critical 30d`);

  assert.deepEqual([warning.code, critical.code], [1, 2]);
  assert.match(
    headOf(warning),
    /^CERTIFICATES WARNING - www\.example\.com .* ends in \d+ d; 4 bind/,
  );
  assert.match(warning.out, /'earliest'=\d+s;2592000:;86400:/);
  const states = critical.out.match(/^\[\w+\]/gm);
  assert.deepEqual(states, ['[CRITICAL]', '[WARNING]', '[OK]', '[OK]']);
});

test('a region that answers 403 is UNKNOWN however good the rest looks, but hides nothing critical', async () => {
  const accounts = [
    {
      name: 'main',
      credentials: {
        accessKeyId: sandbox.description.accessKeyId,
        accessKeySecret: sandbox.description.accessKeySecret,
      },
      regions: ['cn-hangzhou', 'ap-southeast-1'],
    },
  ];
  await order(sandbox, {
    kind: 'answer',
    action: 'ListLoadBalancers',
    region: 'ap-southeast-1',
    times: 'always',
    code: 'Forbidden.RAM',
  });

  const fine = await check(`--no-probe --region cn-hangzhou --listener ${web}`, { accounts });
  const gap = await check(`--no-probe --listener ${web}`, { accounts });
  const warned = await check(`--no-probe --listener ${web} --warning 30d`, { accounts });
  const critical = await check(`--no-probe --listener ${web} --critical 30d`, { accounts });

  await fetch(`${sandbox.control}/faults`, { method: 'DELETE' });
  assert.deepEqual(
    [fine, gap, warned, critical].map(({ code }) => code),
    [0, 3, 3, 2],
  );
  assert.match(
    headOf(gap),
    /^CERTIFICATES UNKNOWN - ListLoadBalancers in ap-southeast-1 of main answered Forbidden\.RAM; 1 b/,
  );
  assert.match(critical.out, /^\[UNKNOWN\] ListLoadBalancers/m);
});

test('a cloud that cannot be reached is UNKNOWN', async () => {
  const nowhere = { 'cn-hangzhou': `127.0.0.1:${await freePort()}` };
  const endpoints = { nlb: nowhere, cas: nowhere };

  const told = await check('--no-probe', { cloud: cloud({ endpoints }) });

  assert.equal(told.code, 3);
  assert.match(
    headOf(told),
    /^CERTIFICATES UNKNOWN - .* in cn-hangzhou of main failed with cloud\.unavailable/,
  );
});

test('an endpoint that shows no certificate is UNKNOWN, and names the address', async () => {
  const closed = `127.0.0.1:${await freePort()}`;
  const { listeners } = await stateOf(sandbox);
  const serving = listeners.find(({ id }) => id === web)?.serving ?? [];
  const dial = Object.fromEntries(
    serving.map(({ address, port }) => [`${address}:${port}`, closed]),
  );

  const told = await check(`--listener ${web}`, { cloud: cloud({ dial }) });

  assert.equal(told.code, 3);
  assert.match(
    headOf(told),
    /^CERTIFICATES UNKNOWN - lsn-smallweb0000001@8443 gives no certificate at [\d.]+:8443 in cn-hangzhou-a: refused \(and 1 more\)/,
  );
});

test('nothing to look at is UNKNOWN, but nothing that matches the state asked for is OK', async () => {
  const nobody = await check('--no-probe --listener lsn-nobody@443');
  const half = await check(`--no-probe --listener ${web},lsn-nobody@443`);
  const calm = await check('--no-probe --listener lsn-smallweb0000001@8443 --findings drift');

  assert.deepEqual([nobody.code, half.code, calm.code], [3, 3, 0]);
  assert.equal(
    headOf(half),
    'CERTIFICATES UNKNOWN - no binding of lsn-nobody@443 was seen; 1 binding on 1 listener',
  );
  assert.equal(
    nobody.out,
    "CERTIFICATES UNKNOWN - no binding was seen: there is nothing to say anything about|'bindings'=0;;;0\n",
  );
  assert.match(headOf(calm), /^CERTIFICATES OK - 0 bindings on 0 listeners match/);
});

test('what takes too long is UNKNOWN', async () => {
  await order(sandbox, {
    kind: 'answer',
    action: 'ListListeners',
    times: 'always',
    body: 'hang',
    seconds: 5,
  });

  const told = await check('--no-probe --timeout 300ms');

  await fetch(`${sandbox.control}/faults`, { method: 'DELETE' });
  assert.equal(told.code, 3);
  assert.match(headOf(told), /^CERTIFICATES UNKNOWN - not everything was seen within 300ms/);
});

test('clocks that differ are UNKNOWN, whatever the dates say', async () => {
  const early = await startSandbox({
    seed: 'small',
    rateLimits: 'off',
    clockOffsetMillis: 120_000,
  });
  await using cli = await openSandboxCli(early);

  const told = await cli.run('check', '--no-probe', '--critical', '300d');

  await early.close();
  assert.equal(told.code, 3);
  assert.match(headOf(told), /UNKNOWN - the clocks differ by 1(19|20|21) s: no end can be judged$/);
});

test('a wrong command line or configuration is UNKNOWN, on standard output, as Nagios reads it', async () => {
  const option = await runCli(['check', '--bogus']);
  const length = await runCli(['check', '--warning', 'soon']);
  const file = await runCli(['check', '-c', '/nowhere.yaml']);
  const help = await runCli(['check', '--help']);

  assert.deepEqual([option.code, length.code, file.code, help.code], [3, 3, 3, 0]);
  assert.match(option.out, /^CERTIFICATES UNKNOWN - unknown option '--bogus'\|/);
  assert.match(length.out, /^CERTIFICATES UNKNOWN - .*'soon' is invalid/);
  assert.match(file.out, /^CERTIFICATES UNKNOWN - .*\/nowhere\.yaml/);
});

test('check --json prints everything in one document and ends with the same code', async () => {
  const told = await check(`--no-probe --listener ${web} --critical 30d --json`);

  const document = CheckDocument.parse(JSON.parse(told.out));
  assert.deepEqual([told.code, document.exitCode, document.state], [2, 2, 'critical']);
  assert.deepEqual(
    document.measured.map(({ label, critical }) => [label, critical]),
    [[`main/${web}/default`, 2_592_000]],
  );
});
