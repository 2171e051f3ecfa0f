import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Check } from '../../src/usecases/doctor-check.ts';
import type { DaemonLook } from '../../src/usecases/doctor-daemon.ts';
import type { StoreLook } from '../../src/usecases/doctor-store.ts';
import { type DoctorDeps, examine } from '../../src/usecases/doctor.ts';
import { machine } from '../../src/compose.ts';
import { NewleafError } from '../../src/domain/errors.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/start.ts';
import { openSandboxCli, type SandboxCli } from '../helpers/sandbox-cli.ts';
import { order } from '../helpers/sandbox-control.ts';

const never = new AbortController().signal;
const ready: DaemonLook = { kind: 'ready', url: 'http://127.0.0.1:1', version: '1.0.0' };
const durable = {
  backend: 'redis',
  survivesProcess: true,
  survivesMachine: true,
  detail: '',
} as const;

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

function server(over: Partial<Extract<StoreLook, { kind: 'server' }>['store']> = {}): StoreLook {
  const store = { now: async () => new Date(), durability: async () => durable, ...over };
  return { kind: 'server', store };
}

function deps(over: Partial<DoctorDeps> = {}): DoctorDeps {
  return {
    ...cli.watch(),
    ...machine,
    policies: [{ mode: 'auto' }],
    configFile: '/etc/newleaf.yaml',
    store: server(),
    daemon: async () => ready,
    tell: () => {},
    ...over,
  };
}

function named(checks: readonly Check[], name: string): Check {
  const found = checks.find((check) => check.name === name);
  assert.ok(found, `${name} is not among ${checks.map((check) => check.name).join(', ')}`);
  return found;
}

function notOk(checks: readonly Check[]): readonly (readonly [string, string])[] {
  return checks.filter(({ state }) => state !== 'ok').map(({ name, state }) => [name, state]);
}

test('where all is well only the other installations are left to the operator', async () => {
  const said: string[] = [];

  const checks = await examine(deps({ tell: (what) => said.push(what) }), never);

  assert.deepEqual(notOk(checks), [['other installations', 'skipped']]);
  assert.match(named(checks, 'other installations').advice ?? '', /newleaf plan --local/);
  assert.equal(named(checks, 'configuration').detail, '/etc/newleaf.yaml');
  assert.match(named(checks, 'identity main').detail, /^account \d+ as acs:ram::/);
  assert.equal(named(checks, 'listeners main').detail, '3 TLS listeners');
  assert.match(named(checks, 'vantage main').detail, /6 of 6 endpoints in vantage \(vpc-\w+: 6 in/);
  assert.equal(named(checks, 'endpoints main').detail, '6 endpoints tried, all answered');
  assert.ok(said.length > 3);
});

test('a denied action fails and names what RAM has to allow', async () => {
  const code = 'Forbidden.NoPermission';
  await order(sandbox, { kind: 'answer', action: 'GetListenerAttribute', code, status: 403 });

  const checks = await examine(deps(), never);

  const check = named(checks, 'main cn-hangzhou GetListenerAttribute');
  assert.equal(check.state, 'failed');
  assert.match(check.detail, /denied with Forbidden\.NoPermission/);
  assert.match(check.advice ?? '', /allow nlb:GetListenerAttribute in the RAM policy/);
  assert.equal(checks.filter(({ state }) => state === 'failed').length, 1);
});

test('a region that cannot be listed fails and says which call', async () => {
  const code = 'Forbidden.NoPermission';
  await order(sandbox, {
    kind: 'answer',
    action: 'ListLoadBalancers',
    code,
    status: 403,
    times: 'always',
  });

  const checks = await examine(deps(), never);

  const { state, detail } = named(checks, 'listeners main');
  assert.equal(state, 'failed');
  assert.match(detail, /ListLoadBalancers in cn-hangzhou: Forbidden\.NoPermission/);
  assert.equal(named(checks, 'vantage main').state, 'skipped');
  assert.equal(named(checks, 'endpoints main').state, 'skipped');
});

test('an account that only observes is not asked for the permissions of rotations', async () => {
  const checks = await examine(deps({ policies: [{ mode: 'observe' }] }), never);

  const skipped = checks.filter(({ state }) => state === 'skipped').map(({ name }) => name);
  assert.deepEqual(skipped, [
    'main cn-hangzhou UpdateListenerAttribute',
    'main cn-hangzhou AssociateAdditionalCertificatesWithListener',
    'main cn-hangzhou DisassociateAdditionalCertificatesWithListener',
    'main cn-hangzhou GetJobStatus',
    'main cn-hangzhou ListAsynJobs',
    'main cn-hangzhou GetUserCertificateDetail',
    'other installations',
  ]);
});

test('wrong credentials are told once in words, and what does not need them goes on', async () => {
  const credentials = {
    accessKeyId: sandbox.description.accessKeyId,
    accessKeySecret: 'wrong',
  };
  await using wrong = await openSandboxCli(sandbox, {
    accounts: [{ name: 'main', credentials, regions: 'all' }],
  });

  const checks = await examine(deps(wrong.watch()), never);

  const identity = named(checks, 'identity main');
  assert.equal(identity.state, 'failed');
  assert.match(identity.advice ?? '', /set credentials/);
  assert.match(named(checks, 'listeners main').detail, /DescribeRegions in all/);
  assert.equal(named(checks, 'clock of the cloud (main)').state, 'skipped');
  assert.equal(named(checks, 'store').state, 'ok');
});

test('actions are tried in the first region that has listeners', async () => {
  const { accessKeyId, accessKeySecret } = sandbox.description;
  const credentials = { accessKeyId, accessKeySecret };
  await using wide = await openSandboxCli(sandbox, {
    accounts: [{ name: 'wide', credentials, regions: ['ap-southeast-1', 'cn-hangzhou'] }],
  });

  const checks = await examine(deps(wide.watch()), never);

  assert.equal(named(checks, 'wide cn-hangzhou UpdateListenerAttribute').state, 'ok');
});

test('an endpoint that drops connections fails, naming zone, address and reason', async () => {
  await order(sandbox, { kind: 'drop', zone: 'cn-hangzhou-b' });

  const checks = await examine(deps(), never);

  const { state, detail, advice } = named(checks, 'endpoints main');
  assert.equal(state, 'failed');
  assert.match(
    detail,
    /3 of 6 endpoints tried did not answer: cn-hangzhou-b 127\.[\d.]+:\d+ reset/,
  );
  assert.match(advice ?? '', /security groups/);
});

test('zones outside the vantage are counted by VPC and not connected to', async () => {
  await using blind = await openSandboxCli(sandbox, {
    probe: { vantage: { networks: ['private'], vpcs: ['vpc-elsewhere'] } },
  });

  const checks = await examine(deps(blind.watch()), never);

  const { state, detail, advice } = named(checks, 'vantage main');
  assert.equal(state, 'warning');
  assert.match(detail, /^0 of 6 endpoints in vantage \(vpc-\w+: 0 in, 6 out\); 3 listeners/);
  assert.match(advice ?? '', /probe\.vantage/);
  assert.equal(named(checks, 'endpoints main').state, 'skipped');
});

test('a store that does not answer fails, and the daemon is still asked', async () => {
  const gone = new NewleafError('store.unavailable', 'the store cannot be reached');
  const store = server({ now: () => Promise.reject(gone) });

  const checks = await examine(
    deps({ store, daemon: async () => ({ kind: 'silent', url: 'u' }) }),
    never,
  );

  assert.equal(named(checks, 'store').detail, 'the store cannot be reached');
  assert.equal(named(checks, 'store').state, 'failed');
  assert.equal(named(checks, 'daemon').state, 'warning');
});

test('what the store cannot promise is a warning with its own advice', async () => {
  const weak = { ...durable, survivesMachine: false, detail: 'set appendfsync to always' };

  const checks = await examine(deps({ store: server({ durability: async () => weak }) }), never);

  const { state, detail, advice } = named(checks, 'durability');
  assert.deepEqual([state, advice], ['warning', 'set appendfsync to always']);
  assert.match(detail, /lost with the machine/);
});

test('it stops when it is told to', async () => {
  const stop = new AbortController();
  const tell = (what: string): void => {
    if (what.startsWith('trying')) stop.abort(new Error('enough'));
  };

  await assert.rejects(examine(deps({ tell }), stop.signal), /enough/);
});
