import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { offsetClock } from '../../src/sandbox/clock.ts';
import { newCredentials } from '../../src/sandbox/credentials.ts';
import { claimBlock } from '../../src/sandbox/data-plane/addresses.ts';
import { settingsFrom } from '../../src/sandbox/options.ts';
import { seeds } from '../../src/sandbox/seeds/seeds.ts';
import { sow } from '../../src/sandbox/seeds/sow.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/start.ts';
import { emptyWorld, type World } from '../../src/sandbox/world.ts';
import { createTrust } from '../../src/sandbox/x509/trust.ts';
import { caller, nlbCaller, rootOf, shake, type State, stateOfSandbox } from './support.ts';

const regions = ['cn-hangzhou', 'cn-shanghai', 'ap-southeast-1'] as const;
const sampleSize = 8;

let sandbox: RunningSandbox;
let state: State;
before(async () => {
  sandbox = await startSandbox({ seed: 'large', rateLimits: 'off' });
  state = await stateOfSandbox(sandbox);
});
after(() => sandbox.close());

test('a large sandbox holds 5,000 TLS listeners, 200 load balancers and 1,200 certificates', () => {
  const tls = tlsListeners();

  assert.equal(tls.length, 5000);
  assert.equal(state.loadBalancers.length, 200);
  assert.equal(state.certificates.length, 1200);
  assert.deepEqual(new Set(tls.map(({ region }) => region)), new Set(regions));
  assert.ok(tls.every(({ serving }) => new Set(serving.map(({ zone }) => zone)).size === 2));
  const addresses = new Set(tls.flatMap(({ serving }) => serving.map(({ address }) => address)));
  assert.equal(addresses.size, 400);
});

test('a client that pages through every region finds them all once', async () => {
  const found = new Set<string>();
  for (const region of regions) {
    for (const id of await listenerIds(region)) {
      assert.ok(!found.has(id), `${id} came twice`);
      found.add(id);
    }
  }

  assert.deepEqual(found, new Set(state.listeners.map(({ id }) => id)));
});

test('both sites of the certificate service have their part, those of expired ones when asked', async () => {
  assert.deepEqual([await storedIn('cn-hangzhou'), await storedIn('ap-southeast-1')], [960, 240]);
});

for (const region of regions) {
  test(`listeners all over ${region} answer with the certificates bound to them`, async () => {
    const all = tlsListeners().filter((listener) => listener.region === region);
    const every = Math.floor(all.length / sampleSize);
    const sample = all.filter((_, index) => index % every === 0);
    assert.ok(sample.length >= sampleSize);

    for (const listener of sample) await assertServes(listener);
  });
}

test('so do those inside a VPC, those with additional certificates and those that ask for a client certificate', async () => {
  const outside = publicAddresses();
  const inside = tlsListeners().filter(({ serving }) =>
    serving.every(({ address }) => !outside.has(address)),
  );
  const several = tlsListeners().filter(({ slots }) => slots.additional.length > 3);
  const mutual = tlsListeners().filter(({ caEnabled }) => caEnabled);

  for (const kind of [inside, several, mutual]) {
    assert.ok(kind.length >= sampleSize / 2);
    for (const listener of kind.slice(0, sampleSize / 2)) await assertServes(listener);
  }
});

test('ids and bindings are the same in another run', async () => {
  const other = await anotherWorld();

  assert.deepEqual(
    other.balancing.listeners().map((listener) => bindings(listener)),
    state.listeners.map(({ id, slots }) =>
      bindings({ id, certificateId: slots.default, caCertificateId: slots.ca, ...slots }),
    ),
  );
  assert.deepEqual(
    other.balancing.loadBalancers().map(({ id, name }) => [id, name]),
    state.loadBalancers.map(({ id, name }) => [id, name]),
  );
  const stored = Object.values(other.sites).flatMap((site) => site.all());
  assert.deepEqual(
    new Map(stored.map(({ identifier, name }) => [identifier, name])),
    new Map(state.certificates.map(({ id, name }) => [id, name])),
  );
});

type ListenerState = State['listeners'][number];

function tlsListeners(): readonly ListenerState[] {
  return state.listeners.filter(({ protocol }) => protocol === 'TCPSSL');
}

function publicAddresses(): ReadonlySet<string | null> {
  return new Set(
    state.loadBalancers.flatMap(({ zones }) => zones.map(({ publicAddress }) => publicAddress)),
  );
}

/** How many certificates the site that serves a region lists, valid or not. */
async function storedIn(region: string): Promise<number> {
  const cas = caller(sandbox, { product: 'cas', version: '2020-04-07', region });
  const valid = await cas('ListUserCertificateOrder', { OrderType: 'CERT' });
  const expired = await cas('ListUserCertificateOrder', { OrderType: 'CERT', Status: 'EXPIRED' });
  return z.number().parse(valid['TotalCount']) + z.number().parse(expired['TotalCount']);
}

async function listenerIds(region: string): Promise<readonly string[]> {
  const nlb = nlbCaller(sandbox, region);
  const ids: string[] = [];
  let token: string | undefined;
  do {
    const next = token === undefined ? {} : { NextToken: token };
    const page = Page.parse(await nlb('ListListeners', { MaxResults: 100, ...next }));
    ids.push(...page.Listeners.map(({ ListenerId }) => ListenerId));
    token = page.NextToken;
  } while (token !== undefined && token !== '');
  return ids;
}

const Page = z.object({
  Listeners: z.array(z.object({ ListenerId: z.string() })),
  NextToken: z.string().optional(),
});

/** In each zone, without a server name and for the first name of an additional certificate. */
async function assertServes({ id, slots, serving }: ListenerState): Promise<void> {
  const { clientCertificateFile, clientKeyFile } = sandbox.description;
  const identity = { cert: readFileSync(clientCertificateFile), key: readFileSync(clientKeyFile) };
  const [additional] = slots.additional;
  assert.equal(serving.length, 2);
  for (const point of serving) {
    const plain = await shake(point, { ...identity, ca: rootOf(sandbox) });
    assert.equal(plain.error, null, id);
    assert.equal(plain.fingerprint, certificate(slots.default).fingerprint256, id);
    if (additional === undefined) continue;
    const { names, fingerprint256 } = certificate(additional.certificateId);
    const servername = names[0]?.replace('*', 'any') ?? '';
    const named = await shake(point, { ...identity, servername });
    assert.equal(named.fingerprint, fingerprint256, `${id} ${servername}`);
  }
}

function certificate(id: string | null): State['certificates'][number] {
  const found = state.certificates.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no certificate ${id}`);
  return found;
}

interface Bound {
  readonly id: string;
  readonly certificateId: string | null;
  readonly caCertificateId: string | null;
  readonly additional: readonly { readonly certificateId: string }[];
}

function bindings({ id, certificateId, caCertificateId, additional }: Bound) {
  return [id, certificateId, caCertificateId, additional.map((row) => row.certificateId)];
}

/** Seeded in this process, with no live listeners in front of it. */
async function anotherWorld(): Promise<World> {
  const clock = offsetClock(0);
  const world = emptyWorld({
    clock,
    settings: settingsFrom({ seed: 'large' }),
    trust: await createTrust(clock.now()),
    credentials: newCredentials(),
    regions: seeds.large.regions,
  });
  const block = await claimBlock(true);
  await sow(seeds.large, world, block);
  await block.release();
  return world;
}
