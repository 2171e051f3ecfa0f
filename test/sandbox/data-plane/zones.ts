import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import {
  certificate,
  front,
  listenerState,
  mutual,
  nlbCaller,
  post,
  reset,
  servedIn,
  shake,
  smallSandbox,
  until,
} from '../support.ts';

let sandbox: RunningSandbox;

let resolver: Resolver;

const loadBalancerId = 'nlb-smallweb0000001';

const name = `${loadBalancerId}.cn-hangzhou.nlb.aliyuncsslb.com`;

const zoneB = 'cn-hangzhou-b';

const put = (status: string) => post(sandbox, '/zones', { loadBalancerId, zone: zoneB, status });

async function zonesInApi(): Promise<string> {
  const nlb = nlbCaller(sandbox);
  return JSON.stringify(await nlb('GetLoadBalancerAttribute', { LoadBalancerId: loadBalancerId }));
}

async function points(listenerId = front) {
  const [a, b] = (await listenerState(sandbox, listenerId)).serving;
  assert.ok(a && b);
  return { a, b };
}

async function refuses(point: { address: string; port: number }): Promise<void> {
  await until(async () => ((await shake(point)).error === 'ECONNREFUSED' ? true : null));
}

async function answers(point: { address: string; port: number }): Promise<void> {
  await until(async () => ((await shake(point)).error === null ? true : null));
}

export function zonesCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
    resolver = new Resolver({ timeout: 2000, tries: 1 });
    resolver.setServers([sandbox.description.dns]);
  });

  beforeEach(() => reset(sandbox));

  after(() => sandbox.close());

  test('a shifted zone leaves DNS and still answers', async () => {
    const { a, b } = await points();
    assert.deepEqual(await resolver.resolve4(name), [a.address, b.address]);

    assert.equal((await put('Shifted')).status, 200);

    assert.deepEqual(await resolver.resolve4(name), [a.address]);
    assert.equal((await shake(b)).error, null);
    assert.match(await zonesInApi(), /"Status":"Shifted"/);
  });

  test('a stopped zone leaves DNS and refuses connections until it is active again', async () => {
    const { a, b } = await points();

    await put('Stopped');

    assert.deepEqual(await resolver.resolve4(name), [a.address]);
    await refuses(b);
    assert.equal((await shake(a)).error, null);
    assert.equal((await points()).b.open, false);
    await put('Active');
    await answers(b);
    assert.deepEqual(await resolver.resolve4(name), [a.address, b.address]);
  });

  test('a zone of one load balancer is no zone of another', async () => {
    const { b } = await points(mutual);

    await put('Stopped');
    await refuses((await points()).b);

    const { clientCertificateFile, clientKeyFile } = sandbox.description;
    const identity = {
      cert: readFileSync(clientCertificateFile),
      key: readFileSync(clientKeyFile),
    };
    assert.equal((await shake(b, identity)).error, null);
  });

  test('a zone that starts again serves what was bound meanwhile', async () => {
    const next = await certificate(sandbox, 'web-2026b');
    await put('Stopped');
    await post(sandbox, '/faults', { kind: 'rebind', listenerId: front, certificateId: next.id });
    await until(async () => ((await points()).b.default?.certificateId === next.id ? true : null));

    await put('Active');
    await answers((await points()).b);

    assert.equal(await servedIn(sandbox, front, zoneB), next.fingerprint256);
  });

  test('zones that come and go in quick succession end as the last word says', async () => {
    await Promise.all(['Stopped', 'Active', 'Stopped', 'Active', 'Stopped'].map(put));

    await refuses((await points()).b);
    await Promise.all(['Active', 'Stopped', 'Starting'].map(put));
    await answers((await points()).b);
  });

  test('what is not there cannot be changed', async () => {
    const orders = [
      { loadBalancerId: 'nlb-nobody', zone: zoneB, status: 'Shifted' },
      { loadBalancerId, zone: 'cn-hangzhou-z', status: 'Shifted' },
      { loadBalancerId, zone: zoneB, status: 'Tired' },
    ];

    const replies = await Promise.all(orders.map((order) => post(sandbox, '/zones', order)));

    assert.deepEqual(
      replies.map(({ status }) => status),
      [404, 404, 400],
    );
    assert.match(String(replies[1]?.body['error']), /cn-hangzhou-a, cn-hangzhou-b/);
  });
}
