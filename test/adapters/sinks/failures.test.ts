import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../src/adapters/clock.ts';
import { createAlerts } from '../../../src/usecases/announce.ts';
import { deliver } from '../../../src/usecases/deliver.ts';
import { alertWorld, expiring, missing, steady } from '../../helpers/alerts.ts';
import { type Received, startReceiver, status } from '../../helpers/receiver.ts';
import { one, webhook } from '../../helpers/webhook.ts';

for (const [code, headers, expected] of [
  [500, {}, { kind: 'retry', afterMs: null, reason: 'the receiver answered 500' }],
  [408, {}, { kind: 'retry', afterMs: null, reason: 'the receiver answered 408' }],
  [
    429,
    { 'retry-after': '7' },
    { kind: 'retry', afterMs: 7_000, reason: 'the receiver answered 429' },
  ],
  [
    503,
    { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' },
    { kind: 'retry', afterMs: 0, reason: 'the receiver answered 503' },
  ],
  [
    503,
    { 'retry-after': 'soon' },
    { kind: 'retry', afterMs: null, reason: 'the receiver answered 503' },
  ],
  [400, {}, { kind: 'rejected', blames: 'message', reason: 'the receiver answered 400' }],
  [413, {}, { kind: 'rejected', blames: 'message', reason: 'the receiver answered 413' }],
  [
    401,
    {},
    {
      kind: 'rejected',
      blames: 'sink',
      reason: 'the receiver answered 401: check its secret or token',
    },
  ],
  [
    404,
    {},
    { kind: 'rejected', blames: 'sink', reason: 'the receiver answered 404: check its URL' },
  ],
] as const) {
  test(`an answer of ${code} with ${JSON.stringify(headers)} is ${expected.kind}`, async () => {
    await using receiver = await startReceiver(status(code, headers));

    assert.deepEqual(await webhook(receiver.url).deliver(one, steady), expected);
  });
}

test('a redirect is not followed, to the metadata service least of all', async () => {
  await using receiver = await startReceiver(
    status(302, { location: 'http://169.254.169.254/latest/meta-data/' }),
  );

  assert.deepEqual(await webhook(receiver.url).deliver(one, steady), {
    kind: 'rejected',
    blames: 'sink',
    reason: 'the receiver answered 302, and redirects are not followed',
  });
  assert.equal(receiver.received.length, 1);
});

test('a receiver that hangs costs the time-out and nothing more, also in the middle of its reply', async () => {
  await using silent = await startReceiver(() => undefined);
  await using halfway = await startReceiver((response) => response.writeHead(200).write('half'));
  const timeout = { timeout: 200 };

  assert.deepEqual(await webhook(silent.url, timeout).deliver(one, steady), {
    kind: 'retry',
    afterMs: null,
    reason: 'no answer within 200 ms',
  });
  assert.equal((await webhook(halfway.url, timeout).deliver(one, steady)).kind, 'accepted');
});

test('of a reply without end only the beginning is read, then the connection is cut', async () => {
  await using receiver = await startReceiver((response) => {
    const chunk = Buffer.alloc(65_536, 'x');
    const pour = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.writeHead(200).on('drain', pour);
    pour();
  });
  const cut = receiver.closed();

  const result = await webhook(receiver.url).deliver(one, steady);

  assert.deepEqual(result, { kind: 'accepted', taken: 1 });
  await cut;
});

test('a connection that breaks is tried again', async () => {
  await using receiver = await startReceiver((response) => response.destroy());

  assert.deepEqual(await webhook(receiver.url).deliver(one, steady), {
    kind: 'retry',
    afterMs: null,
    reason: 'the connection was reset',
  });
});

for (const host of [
  '169.254.169.254',
  '[::ffff:169.254.169.254]',
  '[64:ff9b::169.254.169.254]',
  '[fe80::1]',
  '[fd00:ec2::254]',
  '100.100.100.200',
  '0.0.0.0',
  '[::]',
  '224.0.0.1',
  '255.255.255.255',
]) {
  test(`${host} is refused before anything is sent`, async () => {
    assert.deepEqual(await webhook(`http://${host}/latest/meta-data/`).deliver(one, steady), {
      kind: 'rejected',
      blames: 'sink',
      reason: 'the address of the receiver is not allowed',
    });
  });
}

test('this machine is refused under all its names unless the configuration allows it', async () => {
  await using receiver = await startReceiver(status(200));
  const { port } = new URL(receiver.url);
  const reach = { loopback: false, linkLocal: false };

  for (const host of ['127.0.0.1', 'localhost', '127.1', '2130706433', '[::ffff:127.0.0.1]'])
    assert.equal(
      (await webhook(`http://${host}:${port}/`, { reach }).deliver(one, steady)).kind,
      'rejected',
      host,
    );
  assert.equal(receiver.received.length, 0);
  const allowed = await webhook(`http://localhost:${port}/`).deliver(one, steady);
  assert.equal(allowed.kind, 'accepted');
  assert.equal(receiver.received[0]?.headers.host, `localhost:${port}`);
});

test('nobody listening, no TLS and a wrong certificate are told without naming the receiver', async () => {
  await using receiver = await startReceiver(status(200));
  const { port } = new URL(receiver.url);
  const free = await startReceiver();
  await free[Symbol.asyncDispose]();

  const refused = await webhook(free.url).deliver(one, steady);
  const notTls = await webhook(`https://127.0.0.1:${port}/hook?token=hush`).deliver(one, steady);

  assert.deepEqual(refused, { kind: 'retry', afterMs: null, reason: 'the connection was refused' });
  assert.ok(notTls.kind === 'retry');
  assert.match(notTls.reason, /^the connection (failed \([A-Z_]+\)|was reset)$/);
});

test('stopping the daemon ends a delivery with its own reason', async () => {
  const stop = new AbortController();
  await using receiver = await startReceiver(() => stop.abort(new Error('stopping')));

  await assert.rejects(webhook(receiver.url).deliver(one, stop.signal), /^Error: stopping$/);
  await assert.rejects(webhook(receiver.url).deliver(one, stop.signal), /^Error: stopping$/);
});

test('what is raised arrives once, after the receiver has recovered', async () => {
  await using receiver = await startReceiver(status(500), status(500), status(200));
  const world = { ...alertWorld([webhook(receiver.url)]), clock: systemClock };
  await createAlerts(world).update([expiring('critical'), missing('List')], { covers: () => true });

  assert.deepEqual(await deliver(world, 'team', steady), { kind: 'done', nextAt: null });

  const [first, , last] = receiver.received;
  assert.equal(receiver.received.length, 3);
  assert.deepEqual(idsOf(last), idsOf(first));
  assert.equal((await world.ledger.sink('team')).failingSince, null);
});

function idsOf(request: Received | undefined): readonly string[] {
  const events: readonly { readonly id: string }[] = JSON.parse(request?.body ?? '[]');
  return events.map(({ id }) => id);
}
