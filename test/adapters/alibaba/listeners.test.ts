import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCloudServer, refused } from './cloud-server.ts';
import { defaultRow, discovered, idsOf, oneLoadBalancer, paged, rows } from './discoveries.ts';
import { never, openTestAccount } from './parts.ts';
import { certificateRow, listenerRow, loadBalancerRow, ref } from './shapes.ts';

test('every page is read: load balancers, listeners by twenty load balancers, certificates by fifty', async (t) => {
  const server = await openCloudServer(t);
  const loadBalancers = Array.from({ length: 21 }, (_, at) => loadBalancerRow(`nlb-${at}`));
  server.on(
    'ListLoadBalancers',
    paged({
      '': { LoadBalancers: loadBalancers.slice(0, 20), NextToken: 'p2' },
      p2: { LoadBalancers: loadBalancers.slice(20) },
    }),
  );
  server.on('ListListeners', ({ params }) => {
    if (params['LoadBalancerIds.1'] === 'nlb-20') {
      return { json: { Listeners: [listenerRow('lsn-c', 'nlb-20')] } };
    }
    return params['NextToken'] === 'more'
      ? { json: { Listeners: [listenerRow('lsn-b', 'nlb-19')], NextToken: '' } }
      : { json: { Listeners: [listenerRow('lsn-a', 'nlb-0')], NextToken: 'more' } };
  });
  const second = { Certificates: [certificateRow('9-cn-hangzhou')] };
  server.on(
    'ListListenerCertificates',
    paged({ '': { Certificates: [defaultRow], NextToken: 'c2' }, c2: second }),
  );
  const { account } = openTestAccount(server.host);

  const found = await discovered(account.listeners);

  assert.deepEqual(idsOf(found), ['lsn-a', 'lsn-b', 'lsn-c']);
  for (const one of found) {
    assert.ok(one.kind === 'listener');
    assert.deepEqual(one.state.bound, [
      { slot: 'default', id: '1-cn-hangzhou', state: 'bound' },
      { slot: 'additional', id: '9-cn-hangzhou', state: 'bound' },
    ]);
  }
  const sizes = new Map(server.calls.map(({ action, params }) => [action, params['MaxResults']]));
  assert.deepEqual(
    [...sizes],
    [
      ['ListLoadBalancers', '100'],
      ['ListListeners', '100'],
      ['ListListenerCertificates', '50'],
    ],
  );
  const listings = server.calls.filter(({ action }) => action === 'ListListeners');
  assert.deepEqual(
    listings.map(({ params }) => params['LoadBalancerIds.20'] ?? 'the last').toSorted(),
    ['nlb-19', 'nlb-19', 'the last'],
  );
  assert.ok(listings.every(({ params }) => params['ListenerProtocol'] === 'TCPSSL'));
});

test('a region without load balancers is complete, a reply without its list is not', async (t) => {
  const server = await openCloudServer(t);
  const { account } = openTestAccount(server.host);

  server.on('ListLoadBalancers', { json: { RequestId: 'r', TotalCount: 0 } });
  assert.deepEqual(await discovered(account.listeners), []);

  server.on('ListLoadBalancers', { json: { RequestId: 'r' } });
  assert.deepEqual(idsOf(await discovered(account.listeners)), ['missing ListLoadBalancers']);
});

test('a listener that cannot be read is missing by name, one that was deleted is not there, the others are', async (t) => {
  const server = await openCloudServer(t);
  server.on('ListLoadBalancers', oneLoadBalancer);
  const listeners = ['lsn-1', 'lsn-2', 'lsn-3'].map((id) => listenerRow(id, 'nlb-1'));
  server.on('ListListeners', { json: { Listeners: listeners } });
  server.on('ListListenerCertificates', ({ params }) => {
    if (params['ListenerId'] === 'lsn-1') return refused(403, 'Forbidden.NoPermission');
    return params['ListenerId'] === 'lsn-2' ? refused(404, 'resourcenotfound.LISTENER') : rows;
  });
  const { account } = openTestAccount(server.host);

  const [first, ...others] = await discovered(account.listeners);

  assert.deepEqual(first, {
    kind: 'missing',
    missing: {
      account: 'main',
      region: 'cn-hangzhou',
      action: 'ListListenerCertificates',
      code: 'Forbidden.NoPermission',
      listener: { ...ref, listenerId: 'lsn-1' },
    },
  });
  assert.deepEqual(idsOf(others), ['lsn-3']);
});

test('a listing and a single reading of the same listener say the same, though their shapes differ', async (t) => {
  const server = await openCloudServer(t);
  server.on('ListLoadBalancers', oneLoadBalancer);
  server.on('ListListeners', { json: { Listeners: [listenerRow(ref.listenerId, 'nlb-1')] } });
  server.on('ListListenerCertificates', rows);
  server.on('GetLoadBalancerAttribute', {
    json: loadBalancerRow('nlb-1', {
      LoadBalancerType: 'network',
      Tags: [{ TagKey: 'team', TagValue: 'web' }],
    }),
  });
  const single = listenerRow(ref.listenerId, 'nlb-1', {
    Tags: [{ TagKey: 'env', TagValue: 'prod' }],
    StartPort: '',
    EndPort: null,
    Cps: undefined,
    Mss: 0,
    ProxyProtocolEnabled: false,
    ProxyProtocolV2Config: { Ppv2VpcIdEnabled: false },
  });
  server.on('GetListenerAttribute', { json: single });
  const { account } = openTestAccount(server.host);

  const [found] = await discovered(account.listeners);
  const read = await account.listeners.read(ref, never);

  assert.ok(found?.kind === 'listener');
  assert.deepEqual(read, found.state);
  assert.deepEqual(read?.tags, { team: 'web', env: 'prod' });
  assert.deepEqual(
    read?.endpoints.map(({ zone, network, address, active }) => [zone, network, address, active]),
    [
      ['cn-hangzhou-a', 'public', '127.0.0.2', true],
      ['cn-hangzhou-a', 'private', '10.0.0.2', true],
      ['cn-hangzhou-b', 'public', '127.0.0.3', false],
      ['cn-hangzhou-b', 'ipv6', '::3', false],
    ],
  );
});

test('a listener or load balancer that is gone reads as null, any other failure is thrown', async (t) => {
  const server = await openCloudServer(t);
  server.on('GetLoadBalancerAttribute', { json: loadBalancerRow('nlb-1') });
  server.on('ListListenerCertificates', rows);
  const { account } = openTestAccount(server.host);

  for (const code of [
    'ResourceNotFound.listener',
    'resourcenotfound.loadbalancer',
    'ResourceNotFound.loadBalancer',
  ]) {
    server.on('GetListenerAttribute', refused(404, code));
    assert.equal(await account.listeners.read(ref, never), null);
  }

  server.on('GetListenerAttribute', refused(403, 'Forbidden.NoPermission'));
  await assert.rejects(account.listeners.read(ref, never), { code: 'cloud.denied' });
});

test('an abort ends a discovery with the reason of the signal, not as missing', async (t) => {
  const server = await openCloudServer(t);
  server.on('ListLoadBalancers', 'hang');
  const { account } = openTestAccount(server.host);
  const stopping = new AbortController();
  const arrived = server.nextCall();

  const reading = discovered(account.listeners, stopping.signal);
  await arrived;
  stopping.abort(new Error('stopping'));

  await assert.rejects(reading, /stopping/);
});
