import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { openAccount } from '../../../src/adapters/alibaba/account.ts';
import type { CallRecord } from '../../../src/adapters/alibaba/call.ts';
import { isDefinite } from '../../../src/adapters/alibaba/errors.ts';
import { systemClock, systemEntropy } from '../../../src/adapters/clock.ts';
import { idsIn, type ListenerState } from '../../../src/domain/listener.ts';
import type { Step } from '../../../src/domain/plan.ts';
import type { CloudAccount, Progress } from '../../../src/ports/listeners.ts';
import { type RunningSandbox, startSandbox } from '../../../src/sandbox/start.ts';

const never = new AbortController().signal;
const frontDoor = 'lsn-smallweb0000001@8443';
const portal = 'lsn-smallweb0000002@9443';
const partners = 'lsn-smallpartner001@8443';

const callsShape = z.array(
  z.object({
    clientToken: z.string().nullable(),
    code: z.string().nullable(),
    reply: z.string(),
    params: z.unknown(),
  }),
);

let sandbox: RunningSandbox;

function quiet(): void {}

before(async () => {
  sandbox = await startSandbox({ seed: 'small', jobMillis: 30, propagationMillis: 0 });
});

after(() => sandbox.close());

interface Choices {
  readonly secret?: string;
  readonly useDetail?: boolean;
  readonly records?: CallRecord[];
}

function account(over: Choices = {}): CloudAccount {
  const { endpoints, accessKeyId, accessKeySecret } = sandbox.description;
  return openAccount(
    {
      name: 'main',
      credentials: {
        kind: 'keys',
        accessKeyId,
        accessKeySecret: over.secret ?? accessKeySecret,
        securityToken: null,
      },
      regions: null,
      endpoints,
      timeouts: { attemptMs: 5_000, totalMs: 15_000 },
      rateShare: 0.5,
      ownerTags: [],
      useDetail: over.useDetail ?? true,
    },
    {
      clock: systemClock,
      entropy: systemEntropy,
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      onCall: (record) => over.records?.push(record),
    },
  );
}

async function control(method: string, path: string, body?: object): Promise<unknown> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${sandbox.control}${path}`, { method, ...sent });
  assert.ok(response.ok, await response.clone().text());
  return response.json();
}

async function states(cloud: CloudAccount): Promise<ReadonlyMap<string, ListenerState>> {
  const found = new Map<string, ListenerState>();
  for await (const one of cloud.listeners.discover('cn-hangzhou', never)) {
    assert.equal(one.kind, 'listener', JSON.stringify(one));
    if (one.kind === 'listener') found.set(one.state.ref.listenerId, one.state);
  }
  return found;
}

async function stateOf(cloud: CloudAccount, listenerId: string): Promise<ListenerState> {
  const state = (await states(cloud)).get(listenerId);
  assert.ok(state, `${listenerId} was not found`);
  return state;
}

async function ended(cloud: CloudAccount, was: ListenerState, job: string): Promise<Progress> {
  for (;;) {
    const progress = await cloud.writer.progress(was, job, never);
    if (progress.kind !== 'pending') return progress;
    await systemClock.sleep(20, never);
  }
}

async function idOf(cloud: CloudAccount, label: string): Promise<string> {
  for await (const certificate of cloud.stores('cn-hangzhou').list(never)) {
    if (certificate.label === label) return certificate.id;
  }
  return assert.fail(`no certificate ${label}`);
}

test('every TLS listener is found, and reads the same one by one', async () => {
  const cloud = account();

  const found = await states(cloud);

  assert.deepEqual([...found.keys()].toSorted(), [partners, frontDoor, portal].toSorted());
  for (const state of found.values()) {
    assert.deepEqual(await cloud.listeners.read(state.ref, never), state);
    assert.equal(state.endpoints.length >= 2, true);
    assert.equal(idsIn(state, 'default').length, 1);
  }
  assert.equal(found.get(partners)?.clientAuth, true);
  assert.equal(idsIn(found.get(partners) ?? { bound: [] }, 'ca').length, 1);
  assert.equal(idsIn(found.get(portal) ?? { bound: [] }, 'additional').length, 2);
  assert.deepEqual(found.get(portal)?.alpn, ['h2', 'http/1.1']);
});

test('the default certificate is swapped and put back, and nothing else changes', async () => {
  const cloud = account();
  const was = await stateOf(cloud, partners);
  const from = idsIn(was, 'default')[0] ?? '';
  const to = await idOf(cloud, 'web-2026b');
  const swap: Step = { kind: 'replace', slot: 'default', from, to };

  const ticket = await cloud.writer.start(was, swap, 'swap-1', never);
  assert.deepEqual(await ended(cloud, was, ticket.job), { kind: 'done' });
  const swapped = await cloud.listeners.read(was.ref, never);
  assert.deepEqual(swapped, {
    ...was,
    bound: was.bound.map((row) => (row.slot === 'default' ? { ...row, id: to } : row)),
  });

  const back = await cloud.writer.start(was, { ...swap, from: to, to: from }, 'restore-1', never);
  assert.deepEqual(await ended(cloud, was, back.job), { kind: 'done' });
  assert.deepEqual(await cloud.listeners.read(was.ref, never), was);
});

test('an additional certificate is bound and unbound', async () => {
  const cloud = account();
  const was = await stateOf(cloud, portal);
  const ids = [await idOf(cloud, 'intranet')];

  const bound = await cloud.writer.start(
    was,
    { kind: 'bind', slot: 'additional', ids },
    'bind-1',
    never,
  );
  assert.deepEqual(await ended(cloud, was, bound.job), { kind: 'done' });
  const between = await stateOf(cloud, portal);
  assert.deepEqual(idsIn(between, 'additional'), [...idsIn(was, 'additional'), ...ids].toSorted());

  const gone = await cloud.writer.start(
    was,
    { kind: 'unbind', slot: 'additional', ids },
    'unbind-1',
    never,
  );
  assert.deepEqual(await ended(cloud, was, gone.job), { kind: 'done' });
  assert.deepEqual(await cloud.listeners.read(was.ref, never), was);
});

test('a write whose reply was lost is told as uncertain, and repeated under its token it lands once', async () => {
  const cloud = account();
  const was = await stateOf(cloud, frontDoor);
  const from = idsIn(was, 'default')[0] ?? '';
  const swap: Step = { kind: 'replace', slot: 'default', from, to: await idOf(cloud, 'web-2026b') };
  await control('POST', '/faults', { kind: 'lose-reply', action: 'UpdateListenerAttribute' });

  await assert.rejects(cloud.writer.start(was, swap, 'lost-1', never), {
    code: 'cloud.unavailable',
  });
  const ticket = await cloud.writer.start(was, swap, 'lost-1', never);

  assert.deepEqual(await ended(cloud, was, ticket.job), { kind: 'done' });
  const sent = callsShape
    .parse(await control('GET', '/calls'))
    .filter(({ clientToken }) => clientToken === 'lost-1');
  assert.deepEqual(
    sent.map(({ code, reply }) => [code, reply]),
    [
      [null, 'lost'],
      [null, 'sent'],
    ],
  );
  assert.deepEqual(sent[1]?.params, sent[0]?.params);
  const back: Step = { ...swap, from: swap.to, to: from };
  const restored = await cloud.writer.start(was, back, 'lost-2', never);
  assert.deepEqual(await ended(cloud, was, restored.job), { kind: 'done' });
});

test('a job that fails is told as failed, one nobody knows as unknown', async () => {
  const cloud = account();
  const was = await stateOf(cloud, frontDoor);
  await control('POST', '/faults', { kind: 'fail-job', action: 'UpdateListenerAttribute' });
  const to = await idOf(cloud, 'web-2026b');
  const from = idsIn(was, 'default')[0] ?? '';

  const ticket = await cloud.writer.start(
    was,
    { kind: 'replace', slot: 'default', from, to },
    'fail-1',
    never,
  );

  assert.equal((await ended(cloud, was, ticket.job)).kind, 'failed');
  assert.deepEqual(await cloud.writer.progress(was, 'no-such-job', never), { kind: 'unknown' });
  assert.deepEqual(idsIn(await stateOf(cloud, frontDoor), 'default'), [from]);
});

test('a certificate that the store does not have is certainly not bound', async () => {
  const cloud = account();
  const was = await stateOf(cloud, frontDoor);
  const from = idsIn(was, 'default')[0] ?? '';
  const step: Step = { kind: 'replace', slot: 'default', from, to: '999999-cn-hangzhou' };

  await assert.rejects(cloud.writer.start(was, step, 'none-1', never), (error: unknown) => {
    assert.ok(isDefinite(error));
    assert.match(String(error), /ResourceNotFound\.Certificate/);
    return true;
  });
});

test('both listings and the exact facts of a certificate agree', async () => {
  const cloud = account();
  const store = cloud.stores('cn-hangzhou');
  let expired = 0;

  for await (const listed of account({ useDetail: false }).stores('cn-hangzhou').list(never)) {
    const exact = await store.resolve(listed.id, never);
    assert.ok(exact?.notAfter && listed.notAfter);
    assert.equal(exact.fingerprint256, listed.fingerprint256);
    assert.deepEqual(exact.names.toSorted(), listed.names.toSorted());
    assert.ok(listed.notAfter <= exact.notAfter);
    if (exact.notAfter < new Date()) expired += 1;
  }

  assert.equal(expired, 1);
});

test('wrong keys, the identity, the regions and the clock are told', async () => {
  const records: CallRecord[] = [];
  const cloud = account({ records });

  const identity = await cloud.identity(never);
  assert.match(identity.arn, new RegExp(`^acs:ram::${identity.accountId}:`));
  assert.deepEqual([...(await cloud.listeners.regions(never))].toSorted(), [
    'ap-southeast-1',
    'cn-hangzhou',
  ]);
  assert.ok(Math.abs(cloud.listeners.skewMs() ?? Number.NaN) < 2_000);
  assert.deepEqual(
    records.map(({ account: name, action, code }) => [name, action, code]),
    [
      ['main', 'GetCallerIdentity', null],
      ['main', 'DescribeRegions', null],
    ],
  );
  assert.ok(records.every(({ requestId, millis }) => requestId !== null && millis >= 0));

  await assert.rejects(account({ secret: 'wrong' }).identity(never), { code: 'cloud.credentials' });
});
