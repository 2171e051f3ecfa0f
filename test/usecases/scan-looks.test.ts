import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyType } from '../../src/domain/certificate.ts';
import type { ListenerState, Slot } from '../../src/domain/listener.ts';
import type { Observation, Probe } from '../../src/domain/observation.ts';
import type { ScanEvent } from '../../src/usecases/scan/deps.ts';
import { scan } from '../../src/usecases/scan/scan.ts';
import {
  aCertificate,
  aListener,
  anEndpoint,
  failed,
  fingerprint,
  served,
} from '../helpers/facts.ts';
import { ScanWorld } from '../helpers/scan-world.ts';

const { signal } = new AbortController();

function bind(slot: Slot, id: string) {
  return { slot, id, state: 'bound' } as const;
}

function worldOf(states: readonly ListenerState[], keyTypes: readonly KeyType[] = ['rsa']) {
  const certificates = keyTypes.map((keyType, index) =>
    aCertificate({ id: `10${index + 1}-cn-hangzhou`, keyType }),
  );
  return new ScanWorld({
    discovers: { 'cn-hangzhou': states },
    lists: { 'cn-hangzhou': certificates },
  });
}

function leafOf(id: string): Observation {
  return served({ leaf: { fingerprint256: fingerprint(id) } });
}

test('a name that certificates of both key types answer is asked for twice, and each may drift', async () => {
  const bound = [bind('default', '101-cn-hangzhou'), bind('additional', '102-cn-hangzhou')];
  const world = worldOf([aListener({ bound })], ['rsa', 'ecdsa']);
  world.serves = () => leafOf('101-cn-hangzhou');

  const { inventory } = await scan(world.deps(), { probe: true }, signal);

  assert.deepEqual(
    world.probes.slice(0, 3).map(({ serverName, keyType }) => [serverName, keyType]),
    [
      [null, 'any'],
      ['www.example.com', 'rsa'],
      ['www.example.com', 'ecdsa'],
    ],
  );
  const confirmed = inventory.listeners[0]?.served.filter((look) => look.confirmed);
  assert.deepEqual(
    confirmed?.map(({ keyType }) => keyType),
    ['ecdsa'],
  );
});

function listener(loadBalancerId: string, at: number): ListenerState {
  const endpoints = [anEndpoint({ port: at })];
  return aListener({ ref: { loadBalancerId, listenerId: `l-${at}` }, endpoints });
}

test('every probe names its load balancer, and the listeners of one take turns', async () => {
  const many = Array.from({ length: 40 }, (_, at) => listener('nlb-big', at + 1));
  const world = worldOf([...many, listener('nlb-small', 99)]);

  const { inventory } = await scan(world.deps(), { probe: true }, signal);

  // Two looks each: the small one is begun beside the first of the big one, not behind the last.
  const first = world.probes.slice(0, 4).map(({ loadBalancerId }) => loadBalancerId);
  assert.deepEqual(new Set(first), new Set(['nlb-big', 'nlb-small']));
  assert.equal(
    inventory.listeners.every(({ served: looks }) => looks.length === 2),
    true,
  );
});

test('how long the probing lasts is said before it begins', async () => {
  const world = worldOf([aListener(), aListener({ ref: { loadBalancerId: 'nlb-2' } })]);
  const events: ScanEvent[] = [];
  const deps = world.deps();
  const prober = { ...deps.prober, perLoadBalancerPerSecond: 0.5 };

  await scan(
    { ...deps, prober },
    { probe: true, onProgress: (event) => events.push(event) },
    signal,
  );

  assert.deepEqual(
    events.filter(({ kind }) => kind === 'probing-starts'),
    [{ kind: 'probing-starts', looks: 4, loadBalancers: 2, atLeast: 4000 }],
  );
});

test('a wrong leaf that only every other connection shows is confirmed all the same', async () => {
  const world = worldOf([aListener()]);
  world.serves = ({ serverName }, look) =>
    leafOf(serverName === null && look % 2 === 1 ? 'stray' : '101-cn-hangzhou');

  const { inventory } = await scan(world.deps(), { probe: true }, signal);

  const [look] = inventory.listeners[0]?.served ?? [];
  assert.equal(look?.confirmed, true);
  assert.equal(
    look?.observation.kind === 'served' && look.observation.leaf.fingerprint256,
    fingerprint('stray'),
  );
});

/** A listener that checks clients, of whose CA no store tells anything. */
const mutual = aListener({
  bound: [bind('default', '101-cn-hangzhou'), bind('ca', '900-cn-hangzhou')],
  clientAuth: true,
});

async function caNamesOf(serves: (probe: Probe) => Observation, state = mutual) {
  const world = worldOf([state]);
  world.serves = serves;
  const { inventory } = await scan(world.deps(), { probe: true }, signal);
  const names = inventory.listeners[0]?.served.map(({ observation }) =>
    observation.kind === 'served' ? observation.caNames : null,
  );
  return { names, older: world.probes.filter(({ newest }) => newest !== undefined).length };
}

test('a CA that TLS 1.3 does not name is asked for once more in TLS 1.2', async () => {
  const asking = { clientAuth: 'required', caNames: null } as const;
  const told = await caNamesOf(({ newest }) =>
    served({ ...asking, caNames: newest === undefined ? null : ['CN=Partners'] }),
  );
  const silent = await caNamesOf(({ newest }) =>
    newest === undefined ? served(asking) : failed('no-common-parameters'),
  );

  assert.deepEqual(told, { names: [['CN=Partners'], null], older: 1 });
  assert.deepEqual(silent, { names: [null, null], older: 1 });
});

test('no handshake more is made where the names are told, or nobody needs them', async () => {
  const asking = { clientAuth: 'required', caNames: null } as const;
  const open = await caNamesOf(() => served());
  const told = await caNamesOf(() => served({ ...asking, caNames: ['CN=Partners'] }));
  const off = await caNamesOf(() => served(asking), { ...mutual, clientAuth: false });
  const noCa = await caNamesOf(() => served(asking), {
    ...mutual,
    bound: [bind('default', '101-cn-hangzhou')],
  });

  assert.deepEqual([open.older, told.older, off.older, noCa.older], [0, 0, 0, 0]);
});
