import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListenerState } from '../../../src/domain/listener.ts';
import { openCloudServer } from './cloud-server.ts';
import { never, openTestAccount } from './parts.ts';
import { certificateRow, listenerRow, loadBalancerRow, ref } from './shapes.ts';

interface Shown {
  readonly listener?: object;
  readonly loadBalancer?: object;
  readonly rows?: readonly object[];
  readonly ownerTags?: readonly string[];
}

/** Reads one listener as it is when the cloud shows it like this. */
function reads(server: Awaited<ReturnType<typeof openCloudServer>>) {
  return async (shown: Shown): Promise<ListenerState> => {
    server.on('GetListenerAttribute', {
      json: listenerRow(ref.listenerId, 'nlb-1', shown.listener),
    });
    server.on('GetLoadBalancerAttribute', { json: loadBalancerRow('nlb-1', shown.loadBalancer) });
    server.on('ListListenerCertificates', { json: { Certificates: shown.rows ?? [] } });
    const { account } = openTestAccount(server.host, { ownerTags: shown.ownerTags ?? [] });
    const state = await account.listeners.read(ref, never);
    assert.ok(state);
    return state;
  };
}

function tagged(...tags: readonly [string, string][]): Shown {
  const Tags = tags.map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
  return { loadBalancer: { Tags } };
}

test('the version changes with every setting a rotation must leave alone, and with nothing it touches', async (t) => {
  const read = reads(await openCloudServer(t));
  const { version } = await read({});

  for (const listener of [
    { CaEnabled: true },
    { SecurityPolicyId: 'tls_cipher_policy_1_0' },
    { ServerGroupId: 'sgp-2' },
    { IdleTimeout: 60 },
    { AlpnEnabled: true, AlpnPolicy: 'HTTP2Only' },
    { ProxyProtocolEnabled: true },
    { ProxyProtocolV2Config: { Ppv2VpcIdEnabled: true } },
    { SecSensorEnabled: true },
    { Cps: 100 },
    { Mss: 1400 },
    { ListenerDescription: 'other' },
  ]) {
    assert.notEqual((await read({ listener })).version, version, JSON.stringify(listener));
  }

  for (const listener of [
    { CertificateIds: ['2-cn-hangzhou'] },
    { CaCertificateIds: ['ca-1'] },
    { ListenerStatus: 'Configuring' },
    { Tags: [] },
  ]) {
    assert.equal((await read({ listener })).version, version, JSON.stringify(listener));
  }
});

test('rows tell the slot by their type, and both readings count where they disagree', async (t) => {
  const read = reads(await openCloudServer(t));

  const state = await read({
    listener: { CaEnabled: true, CertificateIds: ['2-cn-hangzhou'], CaCertificateIds: ['ca-1'] },
    rows: [
      certificateRow('1-cn-hangzhou', { IsDefault: true, Status: 'Diassociating' }),
      certificateRow('3-cn-hangzhou', { Status: 'ASSOCIATING' }),
      certificateRow('4-cn-hangzhou', { CertificateType: 'server', Status: 'Dissociating' }),
      certificateRow('ca-1', { CertificateType: 'CA', IsDefault: true }),
    ],
  });

  assert.deepEqual(state.bound, [
    { slot: 'default', id: '1-cn-hangzhou', state: 'unbinding' },
    { slot: 'additional', id: '3-cn-hangzhou', state: 'binding' },
    { slot: 'additional', id: '4-cn-hangzhou', state: 'unbinding' },
    { slot: 'ca', id: 'ca-1', state: 'bound' },
    { slot: 'default', id: '2-cn-hangzhou', state: 'bound' },
  ]);
});

test('while the two readings name different default certificates the listener is not settled', async (t) => {
  const read = reads(await openCloudServer(t));
  const listener = { CertificateIds: ['2-cn-hangzhou'] };

  const state = await read({
    listener,
    rows: [certificateRow('1-cn-hangzhou', { IsDefault: true })],
  });

  assert.deepEqual(state.bound, [
    { slot: 'default', id: '1-cn-hangzhou', state: 'bound' },
    { slot: 'default', id: '2-cn-hangzhou', state: 'binding' },
  ]);
  const [only] = (await read({ listener, rows: [] })).bound;
  assert.equal(only?.state, 'bound');
});

test('a CA certificate is bound only while clients are asked for a certificate', async (t) => {
  const read = reads(await openCloudServer(t));
  const slots = async (CaEnabled: boolean) => {
    const { bound } = await read({ listener: { CaEnabled, CaCertificateIds: ['ca-1'] } });
    return bound.map(({ slot }) => slot);
  };

  assert.deepEqual(await slots(true), ['default', 'ca']);
  assert.deepEqual(await slots(false), ['default']);
});

test('statuses and protocols are told in our words', async (t) => {
  const read = reads(await openCloudServer(t));
  const status = async (ListenerStatus: string) =>
    (await read({ listener: { ListenerStatus } })).status;
  const alpn = async (AlpnPolicy: string) =>
    (await read({ listener: { AlpnEnabled: true, AlpnPolicy } })).alpn;

  assert.equal(await status('running'), 'running');
  assert.equal(await status('Stopped'), 'stopped');
  assert.equal(await status('Deleting'), 'gone');
  assert.equal(await status('Configuring'), 'changing');
  assert.equal(await status('SomethingNew'), 'changing');
  assert.deepEqual(await alpn('HTTP1Only'), ['http/1.1']);
  assert.deepEqual(await alpn('HTTP2Only'), ['h2']);
  assert.deepEqual(await alpn('HTTP2Preferred'), ['h2', 'http/1.1']);
  assert.deepEqual(await alpn('HTTP2Optional'), ['http/1.1', 'h2']);
  assert.deepEqual((await read({ listener: { AlpnPolicy: 'HTTP2Only' } })).alpn, []);
});

test('a listener for a range of ports stands under its first port', async (t) => {
  const read = reads(await openCloudServer(t));

  const state = await read({ listener: { ListenerPort: 0, StartPort: '8443', EndPort: '8450' } });

  assert.equal(state.port, 8443);
  assert.equal(state.endpoints[0]?.port, 8443);
});

test('the owner is read from controller tags, the controller’s names, and the operator’s own marks', async (t) => {
  const read = reads(await openCloudServer(t));
  const ownerOf = async (shown: Shown) => (await read(shown)).owner;

  assert.deepEqual(await ownerOf({}), { kind: 'cloud' });
  assert.deepEqual(
    await ownerOf(tagged(['ack.aliyun.com', 'c1'], ['kubernetes.do.not.delete', 'a1'])),
    {
      kind: 'kubernetes',
      cluster: 'c1',
      service: null,
    },
  );
  assert.deepEqual(
    await ownerOf({ listener: { ListenerDescription: 'k8s.443.TCPSSL.web.shop.c2' } }),
    {
      kind: 'kubernetes',
      cluster: 'c2',
      service: 'shop/web',
    },
  );
  assert.deepEqual(
    await ownerOf({
      ...tagged(['managed-by', 'terraform']),
      ownerTags: ['managed-by=terraform'],
    }),
    { kind: 'tag', tag: 'managed-by=terraform' },
  );
  assert.deepEqual(
    await ownerOf({ ...tagged(['managed-by', 'hand']), ownerTags: ['managed-by=terraform'] }),
    { kind: 'cloud' },
  );
});
