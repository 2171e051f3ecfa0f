import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { machine } from '../../src/compose.ts';
import { listenerKey } from '../../src/domain/listener.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/start.ts';
import { type Verified, verify, type VerifyEvent } from '../../src/usecases/verify.ts';
import { openSandboxCli, type SandboxCli } from '../helpers/sandbox-cli.ts';
import { boundDefault, fingerprintOf, order } from '../helpers/sandbox-control.ts';

const never = new AbortController().signal;
const front = 'lsn-smallweb0000001@8443';
const apps = 'lsn-smallweb0000002@9443';
const mutual = 'lsn-smallpartner001@8443';
const denied = { code: 'Forbidden.NoPermission', status: 403, times: 'always' };

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

async function look(
  listener: string,
  through: SandboxCli = cli,
  tell: (event: VerifyEvent) => void = () => {},
): Promise<Verified> {
  return verify({ ...through.watch(), ...machine }, { listener, tell }, never);
}

function statesOf({ cells }: Verified): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state } of cells) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** Binds another certificate through somebody's own call, while zone b keeps what it has. */
async function driftInZoneB(listenerId: string): Promise<void> {
  await order(sandbox, { kind: 'keep-old', zone: 'cn-hangzhou-b', listenerId });
  const account = cli.watch().accounts[0];
  assert.ok(account);
  const { listener } = await look(listenerId);
  const from = listener.bound.find(({ slot }) => slot === 'default')?.id ?? '';
  const step = { kind: 'replace', slot: 'default', from, to: await renewal(account) } as const;
  const { job } = await account.writer.start(listener, step, 'elsewhere-1', never);
  while ((await account.writer.progress(listener, job, never)).kind === 'pending')
    await machine.clock.sleep(20, never);
}

async function renewal(
  account: ReturnType<SandboxCli['watch']>['accounts'][number],
): Promise<string> {
  for await (const { id, label } of account.stores('cn-hangzhou').list(never))
    if (label === 'web-2026b') return id;
  return assert.fail('no renewal');
}

test('every endpoint is asked without SNI and for every name of every certificate', async () => {
  const events: VerifyEvent[] = [];

  const verified = await look(apps, cli, (event) => events.push(event));

  assert.equal(verified.asBound, true);
  assert.deepEqual(statesOf(verified), { 'as-bound': 8 });
  const names = verified.cells
    .filter(({ look: { zone } }) => zone === 'cn-hangzhou-a')
    .map(({ look: { serverName } }) => serverName);
  assert.deepEqual(names, [
    null,
    'newleaf-probe.apps.example.com',
    'portal.example.com',
    'static.example.com',
  ]);
  assert.deepEqual(events[0], { kind: 'reading', account: 'main', region: 'cn-hangzhou' });
  assert.deepEqual(events.at(-1), { kind: 'looking', done: 8 });
});

test('a listener that wants client certificates shows what it serves all the same', async () => {
  const verified = await look(mutual);

  assert.equal(verified.asBound, true);
  assert.deepEqual(
    verified.bound.map(({ row, certificate }) => [row.slot, certificate === null]),
    [
      ['default', false],
      ['ca', true],
    ],
  );
});

test('the full key names the listener too, and is looked for in its own region', async () => {
  const key = listenerKey((await look(front)).listener.ref);

  const verified = await look(key);

  assert.equal(listenerKey(verified.listener.ref), key);
});

test('a zone that never answers is unreachable, and that is not as bound', async () => {
  await order(sandbox, { kind: 'drop', zone: 'cn-hangzhou-b', listenerId: front });

  const verified = await look(front);

  assert.equal(verified.asBound, false);
  assert.deepEqual(statesOf(verified), { 'as-bound': 3, unreachable: 3 });
});

test('endpoints outside the vantage are counted and do not fail, unless there are no others', async () => {
  const { cells } = await look(front);
  const zoneB = cells.find(({ look: { zone } }) => zone === 'cn-hangzhou-b')?.look.address ?? '';
  const watch = cli.watch();
  const prober = {
    ...watch.prober,
    reaches: ({ address }: { readonly address: string }) => address !== zoneB,
  };
  const deps = { ...watch, ...machine };
  const request = { listener: front, tell: () => {} };

  const some = await verify({ ...deps, prober }, request, never);
  const none = await verify(
    { ...deps, prober: { ...prober, reaches: () => false } },
    request,
    never,
  );

  assert.equal(some.asBound, true);
  assert.deepEqual(statesOf(some), { 'as-bound': 3, 'not-in-vantage': 1 });
  assert.equal(none.asBound, false);
  assert.deepEqual(statesOf(none), { 'not-in-vantage': 2 });
});

test('without the store nothing can be called as bound', async () => {
  await order(sandbox, { kind: 'answer', product: 'cas', action: '*', ...denied });

  const verified = await look(front);

  assert.equal(verified.asBound, false);
  assert.deepEqual(statesOf(verified), { unjudged: 2 });
  assert.deepEqual(
    verified.missing.map(({ code, region }) => [code, region]),
    [['Forbidden.NoPermission', 'cn-hangzhou']],
  );
});

test('a listener nobody has is told in one line that says what to do', async () => {
  await assert.rejects(look('lsn-none'), {
    code: 'not-found',
    message: 'no TLS listener lsn-none is found: newleaf scan lists them',
  });
  await assert.rejects(look(`other/cn-hangzhou/nlb/nlb-1/${front}`), { code: 'request.invalid' });
});

test('a listener that may hide behind what cannot be read is told with the reason', async () => {
  await order(sandbox, { kind: 'answer', action: 'ListListeners', ...denied });

  await assert.rejects(look(front), (error: Error) => {
    assert.match(error.message, /ListListeners in cn-hangzhou answered Forbidden\.NoPermission/);
    return true;
  });
});

test('an id that two accounts see is ambiguous until its key is given', async () => {
  const { accessKeyId, accessKeySecret } = sandbox.description;
  const credentials = { accessKeyId, accessKeySecret };
  const accounts = ['one', 'two'].map((name) => ({ name, credentials, regions: ['cn-hangzhou'] }));
  await using both = await openSandboxCli(sandbox, { accounts });

  await assert.rejects(look(front, both), (error: Error) => {
    assert.match(
      error.message,
      /names 2 listeners: say one\/cn-hangzhou\/.* or two\/cn-hangzhou\//,
    );
    return true;
  });
  const verified = await look(`two/cn-hangzhou/nlb/nlb-smallweb0000001/${front}`, both);
  assert.equal(verified.listener.ref.account, 'two');
});

test('a zone that keeps the old certificate differs, each of its names by itself', async () => {
  const old = leafOf(await look(front));
  await driftInZoneB(front);

  const verified = await look(front);

  assert.equal(verified.asBound, false);
  assert.deepEqual(statesOf(verified), { 'as-bound': 3, differs: 3 });
  const differing = verified.cells.filter(({ state }) => state === 'differs');
  for (const { look: seen } of differing) {
    assert.equal(seen.zone, 'cn-hangzhou-b');
    assert.equal(seen.observation.kind === 'served' && seen.observation.leaf.fingerprint256, old);
  }
  assert.equal(leafOf(verified), await fingerprintOf(sandbox, await boundDefault(sandbox, front)));
});

function leafOf({ bound }: Verified): string | null {
  return bound[0]?.certificate?.fingerprint256 ?? null;
}
