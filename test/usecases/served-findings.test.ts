import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { memoryBook } from '../../src/cli/memory-book.ts';
import { quietLog } from '../../src/cli/quiet-log.ts';
import { machine, type Watch } from '../../src/compose.ts';
import { assessInventory } from '../../src/domain/assessment.ts';
import type { InFlight } from '../../src/domain/admission.ts';
import type { Finding } from '../../src/domain/findings.ts';
import { listenerKey } from '../../src/domain/listener.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/start.ts';
import { scan } from '../../src/usecases/scan/scan.ts';
import { aPolicy, at } from '../helpers/facts.ts';
import { openSandboxCli, type SandboxCli } from '../helpers/sandbox-cli.ts';
import { bindEnding, boundDefault, fingerprintOf, order } from '../helpers/sandbox-control.ts';

const never = new AbortController().signal;
const front = 'lsn-smallweb0000001@8443';
const apps = 'lsn-smallweb0000002@9443';
const mutual = 'lsn-smallpartner001@8443';
const zone = 'cn-hangzhou-b';

let sandbox: RunningSandbox;
let cli: SandboxCli;
let watch: Watch;
let book: ReturnType<typeof memoryBook>;

before(async () => {
  sandbox = await startSandbox({
    seed: 'small',
    jobMillis: 20,
    propagationMillis: 0,
    rateLimits: 'off',
  });
  cli = await openSandboxCli(sandbox);
  watch = cli.watch();
});

beforeEach(() => {
  book = memoryBook();
});

afterEach(mend);

after(async () => {
  await cli[Symbol.asyncDispose]();
  await sandbox.close();
});

async function mend(): Promise<void> {
  await fetch(`${sandbox.control}/faults`, { method: 'DELETE' });
}

/** What a scan of everything finds out about the certificates that one listener serves. */
async function findingsOf(
  listenerId: string,
  rotating: readonly InFlight[] = [],
): Promise<readonly Finding[]> {
  const looking = { secondLookAfter: 50, namesPerListener: 30, caReplacements: () => [] };
  const deps = { ...watch, ...machine, ...looking, book, log: quietLog };
  const { inventory } = await scan(deps, { probe: true }, never);
  const context = {
    now: machine.clock.now(),
    policies: [aPolicy()],
    planning: null,
    admission: { inFlight: rotating },
    additionalLimit: () => null,
  };
  return assessInventory(inventory, context).flatMap(({ listener, findings }) =>
    listener.ref.listenerId === listenerId ? findings : [],
  );
}

function kindsOf(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.map(({ kind }) => kind))];
}

function spotsOf(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap((each) =>
    'zone' in each ? [`${each.kind} ${each.zone} ${each.serverName ?? '-'}`] : [],
  );
}

test('a healthy listener has no finding', async () => {
  assert.deepEqual(await findingsOf(apps), []);
});

test('a zone that keeps an old certificate drifts, until it shows what is bound', async () => {
  const old = await fingerprintOf(sandbox, await boundDefault(sandbox, front));
  await order(sandbox, { kind: 'keep-old', zone, listenerId: front });
  const fresh = await bindEnding(sandbox, front, at('2031-01-01T00:00:00Z'));

  const drifting = await findingsOf(front);

  const drift = drifting.find(({ kind }) => kind === 'drift');
  assert.ok(drift?.kind === 'drift');
  assert.deepEqual(
    [drift.zone, drift.bound, drift.served],
    [zone, await fingerprintOf(sandbox, fresh), old],
  );
  assert.match(drift.address, /^127\./);
  assert.ok(drifting.every((each) => !('zone' in each) || each.zone === zone));

  await mend();
  assert.deepEqual(await findingsOf(front), []);
});

test('drift is not told while a rotation is under way on the listener', async () => {
  await order(sandbox, { kind: 'keep-old', zone, listenerId: front });
  await bindEnding(sandbox, front, at('2031-02-01T00:00:00Z'));
  const ref = {
    account: 'main',
    region: 'cn-hangzhou',
    product: 'nlb',
    listenerId: front,
  } as const;
  const listener = listenerKey({ ...ref, loadBalancerId: 'nlb-smallweb0000001' });
  const rotating = {
    rotationId: 'r-1',
    listener,
    loadBalancer: 'nlb-smallweb0000001',
    candidate: 'f'.repeat(64),
    policy: 'defaults',
    since: machine.clock.now(),
  };

  assert.equal(kindsOf(await findingsOf(front, [rotating])).includes('drift'), false);
  assert.equal(kindsOf(await findingsOf(front)).includes('drift'), true);
});

test('a zone of which every other connection shows the old certificate drifts too', async () => {
  await order(sandbox, { kind: 'alternate', zone, listenerId: front });
  await bindEnding(sandbox, front, at('2031-03-01T00:00:00Z'));

  const spots = spotsOf(await findingsOf(front));

  assert.ok(
    spots.some((spot) => spot.startsWith(`drift ${zone}`)),
    spots.join(),
  );
  await mend();
  assert.deepEqual(await findingsOf(front), []);
});

for (const [fault, reason] of [
  [{ kind: 'drop' }, 'reset'],
  [{ kind: 'plain-text' }, 'not-tls'],
  [{ kind: 'plain-text', page: 'banner' }, 'not-tls'],
] as const) {
  const name = Object.values(fault).join(' ');
  test(`a zone with ${name} is unreachable once it has answered, until it answers again`, async () => {
    await order(sandbox, { ...fault, zone, listenerId: apps });
    const neverSeen = await findingsOf(apps);
    await mend();
    const healthy = await findingsOf(apps);

    await order(sandbox, { ...fault, zone, listenerId: apps });
    const silent = await findingsOf(apps);
    await mend();
    const mended = await findingsOf(apps);

    assert.deepEqual([neverSeen, healthy, mended], [[], [], []]);
    assert.deepEqual(kindsOf(silent), ['unreachable']);
    assert.ok(silent.every((each) => each.kind === 'unreachable' && each.reason === reason));
    assert.deepEqual(
      new Set(spotsOf(silent)),
      new Set([
        `unreachable ${zone} -`,
        `unreachable ${zone} newleaf-probe.apps.example.com`,
        `unreachable ${zone} portal.example.com`,
        `unreachable ${zone} static.example.com`,
      ]),
    );
  });
}

test('a chain without its intermediate is untrusted, until it is complete', async () => {
  await order(sandbox, { kind: 'no-intermediate', zone, listenerId: apps });
  const broken = await findingsOf(apps);
  await mend();

  assert.deepEqual(kindsOf(broken), ['untrusted-chain']);
  assert.ok(broken.every((each) => 'reason' in each && each.reason === 'incomplete-chain'));
  assert.ok(spotsOf(broken).every((spot) => spot.includes(zone)));
  assert.deepEqual(await findingsOf(apps), []);
});

test('a certificate for another name covers none that is asked for, until the right one is served', async () => {
  await order(sandbox, { kind: 'wrong-name', zone, listenerId: apps });
  const wrong = await findingsOf(apps);
  await mend();

  const uncovered = spotsOf(wrong.filter(({ kind }) => kind === 'name-not-covered'));
  assert.deepEqual(
    new Set(uncovered),
    new Set([
      `name-not-covered ${zone} newleaf-probe.apps.example.com`,
      `name-not-covered ${zone} portal.example.com`,
      `name-not-covered ${zone} static.example.com`,
    ]),
  );
  assert.deepEqual(await findingsOf(apps), []);
});

test('a listener that checks clients names its CA in the handshake', async () => {
  await findingsOf(mutual);

  const { listeners } = await book.read();
  const looks = listeners.find(({ state }) => state.ref.listenerId === mutual)?.served ?? [];
  const named = looks.flatMap(({ observation }) =>
    observation.kind === 'served' ? (observation.caNames ?? []) : [],
  );
  assert.equal(new Set(named).size, 1);
  assert.match(named[0] ?? '', /CN=Sandbox Client CA/);
});
