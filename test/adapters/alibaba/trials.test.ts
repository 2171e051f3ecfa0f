import assert from 'node:assert/strict';
import { after, beforeEach, before, test } from 'node:test';
import { z } from 'zod';
import { openAccount } from '../../../src/adapters/alibaba/account.ts';
import { systemClock, systemEntropy } from '../../../src/adapters/clock.ts';
import type { ActionTrial, CloudAccount } from '../../../src/ports/listeners.ts';
import { type RunningSandbox, startSandbox } from '../../../src/sandbox/start.ts';
import { freePort } from '../../helpers/redis.ts';
import { order, stateOf } from '../../helpers/sandbox-control.ts';
import { openCloudServer } from './cloud-server.ts';
import { never, openTestAccount } from './parts.ts';
import { certificateRow, listenerRow } from './shapes.ts';

const Calls = z.array(z.object({ action: z.string(), params: z.record(z.string(), z.unknown()) }));

const reads = [
  'DescribeRegions',
  'ListLoadBalancers',
  'ListListeners',
  'GetLoadBalancerAttribute',
  'GetListenerAttribute',
  'ListListenerCertificates',
  'ListSecurityPolicy',
];
const writes = [
  'UpdateListenerAttribute',
  'AssociateAdditionalCertificatesWithListener',
  'DisassociateAdditionalCertificatesWithListener',
];
const all = [
  ...reads,
  ...writes,
  'GetJobStatus',
  'ListAsynJobs',
  'ListUserCertificateOrder',
  'DescribeCACertificateList',
  'ListCert',
  'GetUserCertificateDetail',
];
const everything = { region: 'cn-hangzhou', writes: true, details: true };

let sandbox: RunningSandbox;

function quiet(): void {}

before(async () => {
  sandbox = await startSandbox({ seed: 'small', jobMillis: 20, propagationMillis: 0 });
});

beforeEach(() => fetch(`${sandbox.control}/reset`, { method: 'POST' }));

after(() => sandbox.close());

function account(over: { secret?: string; nlb?: string } = {}): CloudAccount {
  const { endpoints, accessKeyId, accessKeySecret } = sandbox.description;
  const nlb = over.nlb === undefined ? endpoints['nlb'] : { 'cn-hangzhou': over.nlb };
  return openAccount(
    {
      name: 'main',
      credentials: {
        kind: 'keys',
        accessKeyId,
        accessKeySecret: over.secret ?? accessKeySecret,
        securityToken: null,
      },
      regions: ['cn-hangzhou'],
      endpoints: { ...endpoints, ...(nlb === undefined ? {} : { nlb }) },
      timeouts: { attemptMs: 300, totalMs: 300 },
      rateShare: 1,
      ownerTags: [],
      useDetail: true,
    },
    {
      clock: systemClock,
      entropy: systemEntropy,
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      onCall: quiet,
    },
  );
}

function verdicts(trials: readonly ActionTrial[]): Readonly<Record<string, string>> {
  return Object.fromEntries(trials.map(({ action, verdict }) => [action, verdict]));
}

function trialOf(trials: readonly ActionTrial[], action: string): ActionTrial {
  const found = trials.find((trial) => trial.action === action);
  assert.ok(found, `${action} was not tried`);
  return found;
}

async function calls(): Promise<z.infer<typeof Calls>> {
  const reply = await fetch(`${sandbox.control}/calls`);
  return Calls.parse(await reply.json());
}

test('every action is tried, every write as a dry run, and nothing changes', async () => {
  const untouched = (await stateOf(sandbox)).listeners;

  const trials = await account().tryActions(everything, never);

  assert.deepEqual(verdicts(trials), Object.fromEntries(all.map((name) => [name, 'permitted'])));
  assert.equal(trialOf(trials, 'GetJobStatus').code, 'ResourceNotFound.JobId');
  assert.equal(trialOf(trials, 'ListListeners').ramAction, 'nlb:ListListeners');
  const detail = trialOf(trials, 'GetUserCertificateDetail');
  assert.equal(detail.ramAction, 'yundun-cert:GetUserCertificateDetail');
  const sent = await calls();
  const written = sent.filter(({ action }) => writes.includes(action));
  assert.deepEqual(
    written.map(({ action, params }) => [action, params['DryRun']]),
    writes.map((action) => [action, 'true']),
  );
  const asked = sent.filter(({ action }) => action === 'GetUserCertificateDetail');
  assert.deepEqual(
    asked.map(({ params }) => params['CertFilter']),
    ['true'],
  );
  assert.deepEqual((await stateOf(sandbox)).listeners, untouched);
});

test('whoever only observes is not asked for the permissions of rotations', async () => {
  const options = { ...everything, writes: false, details: false };

  const trials = await account().tryActions(options, never);

  const listed = [...reads, 'ListUserCertificateOrder', 'DescribeCACertificateList', 'ListCert'];
  assert.deepEqual(
    verdicts(trials),
    Object.fromEntries(all.map((name) => [name, listed.includes(name) ? 'permitted' : 'skipped'])),
  );
  const sent = (await calls()).map(({ action }) => action);
  assert.deepEqual(sent.toSorted(), listed.toSorted());
});

test('a denied action is told with what RAM has to allow, and the others are tried all the same', async () => {
  const code = 'Forbidden.NoPermission';
  for (const action of ['ListLoadBalancers', 'UpdateListenerAttribute', 'GetJobStatus'])
    await order(sandbox, { kind: 'answer', action, code, status: 403, times: 'always' });

  const trials = await account().tryActions(everything, never);

  const denied = trials.filter(({ verdict }) => verdict === 'denied');
  assert.deepEqual(
    denied.map((trial) => [trial.ramAction, trial.code]),
    [
      ['nlb:ListLoadBalancers', code],
      ['nlb:UpdateListenerAttribute', code],
      ['nlb:GetJobStatus', code],
    ],
  );
  assert.equal(trials.filter(({ verdict }) => verdict === 'permitted').length, all.length - 3);
});

test('without a listener what needs one is skipped, saying so', async () => {
  const trials = await account().tryActions({ ...everything, region: 'ap-southeast-1' }, never);

  for (const action of [...reads.slice(3, 6), ...writes]) {
    const { verdict, detail } = trialOf(trials, action);
    assert.equal(verdict, 'skipped');
    assert.match(detail, /no TCPSSL listener in ap-southeast-1/);
  }
  assert.equal(trialOf(trials, 'GetJobStatus').verdict, 'permitted');
});

test('wrong keys fail once for each product instead of once for each action', async () => {
  const trials = await account({ secret: 'wrong' }).tryActions(everything, never);

  const tried = trials.filter(({ verdict }) => verdict !== 'skipped');
  assert.deepEqual(
    tried.map(({ action, verdict, code }) => [action, verdict, code]),
    [
      ['DescribeRegions', 'failed', 'SignatureDoesNotMatch'],
      ['ListUserCertificateOrder', 'failed', 'SignatureDoesNotMatch'],
    ],
  );
});

test('an endpoint that does not answer is failed, and the other product is tried', async () => {
  const dead = `127.0.0.1:${await freePort()}`;

  const trials = await account({ nlb: dead }).tryActions(everything, never);

  const { verdict, code, detail } = trialOf(trials, 'DescribeRegions');
  assert.deepEqual([verdict, code], ['failed', 'cloud.unavailable']);
  assert.match(detail, /ECONNREFUSED/);
  assert.match(trialOf(trials, 'ListListeners').detail, /DescribeRegions already failed/);
  assert.equal(trialOf(trials, 'ListUserCertificateOrder').verdict, 'permitted');
});

test('a cloud that does not heed the dry run is asked for nothing but what it has', async (t) => {
  const server = await openCloudServer(t);
  const rows = { TotalCount: '1' };
  const row = listenerRow('lsn-1@443', 'nlb-1', {
    CertificateIds: ['7-cn-hangzhou'],
    CaEnabled: true,
  });
  server.on('DescribeRegions', { json: { Regions: [] } });
  server.on('ListLoadBalancers', { json: { LoadBalancers: [], TotalCount: '0' } });
  server.on('ListListeners', { json: { Listeners: [row], ...rows } });
  server.on('ListListenerCertificates', { json: { Certificates: [certificateRow('7')], ...rows } });
  server.on('UpdateListenerAttribute', { json: { JobId: 'job-1' } });

  const trials = await openTestAccount(server.host).account.tryActions(everything, never);

  const { verdict, detail } = trialOf(trials, 'UpdateListenerAttribute');
  assert.deepEqual(
    [verdict, detail],
    ['permitted', 'dry run accepted; the values are those it already has'],
  );
  const sent = server.calls.filter(({ action }) => writes.includes(action));
  assert.deepEqual(
    sent.map(({ params }) => ({ ...params })),
    [
      {
        ListenerId: 'lsn-1@443',
        'CertificateIds.1': '7-cn-hangzhou',
        CaEnabled: 'true',
        DryRun: 'true',
      },
      { ListenerId: 'lsn-1@443', 'AdditionalCertificateIds.1': '7-cn-hangzhou', DryRun: 'true' },
      { ListenerId: 'lsn-1@443', 'AdditionalCertificateIds.1': '7-cn-hangzhou', DryRun: 'true' },
    ],
  );
});

test('trying stops when it is told to', async () => {
  const stop = new AbortController();
  await order(sandbox, { kind: 'answer', action: 'ListListeners', body: 'hang', seconds: 60 });
  const trying = account().tryActions(everything, stop.signal);

  stop.abort(new Error('enough'));

  await assert.rejects(trying, /enough/);
});
