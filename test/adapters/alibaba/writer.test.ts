import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../../../src/domain/plan.ts';
import { openCloudServer, refused } from './cloud-server.ts';
import { never, openTestAccount } from './parts.ts';
import { ref, replaceDefault, stateOf } from './shapes.ts';

const started = { json: { RequestId: 'r', JobId: 'job-1' } };
const job = (status: string) => ({ json: { RequestId: 'r', Status: status } });
const jobs = (status: string) => ({
  json: { Jobs: [{ Id: 'job-1', Status: status }], TotalCount: '1' },
});
const noJobs = { json: { Jobs: [], TotalCount: '0' } };

test('each step is the one call it stands for, and client authentication is always sent as recorded', async (t) => {
  const server = await openCloudServer(t);
  const { account } = openTestAccount(server.host);
  const common = { ListenerId: ref.listenerId, ClientToken: 'tok' };
  const cases: readonly (readonly [boolean, Step, string, object])[] = [
    [
      false,
      replaceDefault,
      'UpdateListenerAttribute',
      { 'CertificateIds.1': '2-cn-hangzhou', CaEnabled: 'false' },
    ],
    [
      true,
      replaceDefault,
      'UpdateListenerAttribute',
      { 'CertificateIds.1': '2-cn-hangzhou', CaEnabled: 'true' },
    ],
    [
      true,
      { kind: 'replace', slot: 'ca', from: 'ca-1', to: 'ca-2' },
      'UpdateListenerAttribute',
      { 'CaCertificateIds.1': 'ca-2', CaEnabled: 'true' },
    ],
    [
      false,
      { kind: 'bind', slot: 'additional', ids: ['3', '4'] },
      'AssociateAdditionalCertificatesWithListener',
      { 'AdditionalCertificateIds.1': '3', 'AdditionalCertificateIds.2': '4' },
    ],
    [
      false,
      { kind: 'unbind', slot: 'additional', ids: ['3'] },
      'DisassociateAdditionalCertificatesWithListener',
      { 'AdditionalCertificateIds.1': '3' },
    ],
  ];

  for (const [clientAuth, step, action, params] of cases) {
    server.on(action, started);
    const ticket = await account.writer.start(stateOf({ clientAuth }), step, 'tok', never);
    assert.deepEqual(ticket, { job: 'job-1', requestId: 'r' });
    const call = server.calls.at(-1);
    assert.equal(call?.action, action);
    assert.equal(call.version, '2022-04-30');
    assert.deepEqual(call.params, { ...common, ...params });
  }
});

test('more ids than one call takes are not sent', async (t) => {
  const server = await openCloudServer(t);
  const { account } = openTestAccount(server.host);
  const ids = Array.from({ length: 16 }, (_, at) => `${at}`);

  const start = account.writer.start(
    stateOf({}),
    { kind: 'bind', slot: 'additional', ids },
    't',
    never,
  );

  await assert.rejects(start, { code: 'internal' });
  assert.equal(server.calls.length, 0);
});

test('a job is followed in any letter case, and a failure is told by either operation', async (t) => {
  const server = await openCloudServer(t);
  const { account } = openTestAccount(server.host);
  const progress = () => account.writer.progress(stateOf({}), 'job-1', never);

  server.on('ListAsynJobs', jobs('Processing'));
  server.on('GetJobStatus', job('processing'));
  assert.deepEqual(await progress(), { kind: 'pending' });

  server.on('GetJobStatus', job('SUCCEEDED'));
  assert.deepEqual(await progress(), { kind: 'done' });

  server.on('GetJobStatus', job('Failed'));
  assert.deepEqual(await progress(), { kind: 'failed', detail: 'job job-1 ended as failed' });

  server.on('GetJobStatus', job('Processing'));
  server.on('ListAsynJobs', jobs('Failed'));
  assert.deepEqual(await progress(), { kind: 'failed', detail: 'job job-1 ended as failed' });
});

test('a job that neither operation knows is unknown', async (t) => {
  const server = await openCloudServer(t);
  const { account } = openTestAccount(server.host);
  server.on('GetJobStatus', refused(404, 'resourceNotFound.jobId'));

  server.on('ListAsynJobs', noJobs);
  assert.deepEqual(await account.writer.progress(stateOf({}), 'job-1', never), { kind: 'unknown' });

  server.on('ListAsynJobs', jobs('Succeeded'));
  assert.deepEqual(await account.writer.progress(stateOf({}), 'job-1', never), { kind: 'done' });
});

test('a second opinion that is denied does not hide the first', async (t) => {
  const server = await openCloudServer(t);
  const { account } = openTestAccount(server.host);
  server.on('GetJobStatus', job('Processing'));
  server.on('ListAsynJobs', refused(403, 'Forbidden.NoPermission'));

  assert.deepEqual(await account.writer.progress(stateOf({}), 'job-1', never), { kind: 'pending' });
});
