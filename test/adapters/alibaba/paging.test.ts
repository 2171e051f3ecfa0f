import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCloudServer } from './cloud-server.ts';
import { defaultRow, discovered, idsOf, oneLoadBalancer, paged, rows } from './discoveries.ts';
import { never, openTestAccount } from './parts.ts';
import { certificateRow, listenerRow, loadBalancerRow, ref } from './shapes.ts';

function pageOf(loadBalancerId: string): object {
  return { LoadBalancers: [loadBalancerRow(loadBalancerId)] };
}

test('a page token that comes again ends the listing as missing, not in a loop', async (t) => {
  const server = await openCloudServer(t);
  server.on(
    'ListLoadBalancers',
    paged({
      '': { ...pageOf('nlb-1'), NextToken: 'a' },
      a: { ...pageOf('nlb-2'), NextToken: 'b' },
      b: { ...pageOf('nlb-3'), NextToken: 'a' },
    }),
  );
  server.on('ListListeners', { json: { Listeners: [listenerRow('lsn-1', 'nlb-3')] } });
  server.on('ListListenerCertificates', rows);
  const { account } = openTestAccount(server.host);

  const [first, ...others] = await discovered(account.listeners);

  assert.deepEqual(
    [first],
    [
      {
        kind: 'missing',
        missing: {
          account: 'main',
          region: 'cn-hangzhou',
          action: 'ListLoadBalancers',
          code: 'cloud.unreadable',
          listener: null,
        },
      },
    ],
  );
  assert.deepEqual(idsOf(others), ['lsn-1']);
  assert.equal(server.calls.filter(({ action }) => action === 'ListLoadBalancers').length, 3);
});

test('a page that comes again under ever new tokens ends the listing', async (t) => {
  const server = await openCloudServer(t);
  let calls = 0;
  server.on('ListLoadBalancers', () => {
    calls += 1;
    return { json: { LoadBalancers: [loadBalancerRow('nlb-1')], NextToken: `t${calls}` } };
  });
  server.on('ListListeners', { json: { Listeners: [], TotalCount: 0 } });
  const { account } = openTestAccount(server.host);

  assert.deepEqual(idsOf(await discovered(account.listeners)), ['missing ListLoadBalancers']);
  assert.equal(calls, 3);
});

test('a page that came twice is told, unless the count shows that every row is there', async (t) => {
  const server = await openCloudServer(t);
  server.on('ListLoadBalancers', oneLoadBalancer);
  server.on('ListListenerCertificates', rows);
  const listed = async (total: number | undefined) => {
    const page = (...ids: readonly string[]) => ({
      Listeners: ids.map((id) => listenerRow(id, 'nlb-1')),
      TotalCount: total,
    });
    server.on(
      'ListListeners',
      paged({
        '': { ...page('lsn-1', 'lsn-2'), NextToken: 'a' },
        a: { ...page('lsn-1', 'lsn-2'), NextToken: 'b' },
        b: page('lsn-3'),
      }),
    );
    return idsOf(await discovered(openTestAccount(server.host).account.listeners));
  };

  const all = ['lsn-1', 'lsn-2', 'lsn-3'];
  assert.deepEqual(await listed(3), all);
  assert.deepEqual(await listed(5), ['missing ListListeners', ...all]);
  assert.deepEqual(await listed(undefined), ['missing ListListeners', ...all]);
});

test('a row that cannot be read is missing by its name, and the rows beside it are read', async (t) => {
  const server = await openCloudServer(t);
  const broken = { Tags: 'none' };
  server.on('ListLoadBalancers', {
    json: { LoadBalancers: [loadBalancerRow('nlb-1'), loadBalancerRow('nlb-2', broken)] },
  });
  server.on('ListListeners', {
    json: {
      Listeners: [
        listenerRow('lsn-1', 'nlb-1'),
        listenerRow('lsn-2', 'nlb-1', broken),
        { ...listenerRow('lsn-3', 'nlb-1', broken), LoadBalancerId: {} },
        'nothing',
      ],
    },
  });
  const unreadableRow = { ...certificateRow('9'), CertificateId: null };
  server.on('ListListenerCertificates', { json: { Certificates: [defaultRow, unreadableRow] } });
  const { account } = openTestAccount(server.host);

  const found = await discovered(account.listeners);

  const missing = found.flatMap((one) => (one.kind === 'missing' ? [one.missing] : []));
  assert.deepEqual(
    missing.map(({ action, loadBalancerId, listener }) => [
      action,
      loadBalancerId ?? null,
      listener?.listenerId ?? null,
    ]),
    [
      ['ListLoadBalancers', 'nlb-2', null],
      ['ListListeners', null, 'lsn-2'],
      ['ListListeners', null, null],
      ['ListListeners', null, null],
      ['ListListenerCertificates', null, 'lsn-1'],
    ],
  );
  assert.ok(missing.every(({ code }) => code === 'cloud.unreadable'));
  const states = found.flatMap((one) => (one.kind === 'listener' ? [one.state] : []));
  assert.deepEqual(
    states.map(({ ref: { listenerId }, bound }) => [listenerId, bound.map(({ id }) => id)]),
    [['lsn-1', ['1-cn-hangzhou']]],
  );
  await assert.rejects(account.listeners.read({ ...ref, listenerId: 'lsn-1' }, never));
});

test('a row that comes twice is one listener', async (t) => {
  const server = await openCloudServer(t);
  server.on('ListLoadBalancers', oneLoadBalancer);
  const [first, second] = ['lsn-1', 'lsn-2'].map((id) => listenerRow(id, 'nlb-1'));
  server.on(
    'ListListeners',
    paged({ '': { Listeners: [first, second], NextToken: 'n' }, n: { Listeners: [second] } }),
  );
  server.on('ListListenerCertificates', rows);
  const { account } = openTestAccount(server.host);

  assert.deepEqual(idsOf(await discovered(account.listeners)), ['lsn-1', 'lsn-2']);
});
