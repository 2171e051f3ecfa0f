import assert from 'node:assert/strict';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { test } from 'node:test';
import { expiryFacts, missing, steady } from '../../helpers/alerts.ts';
import { type Received, startReceiver, status } from '../../helpers/receiver.ts';
import { batchOf, one, secret, webhook } from '../../helpers/webhook.ts';
import { announcing } from '../../messages/samples.ts';

/** Written from docs/alerts.md alone, as a receiver would. */
function isAuthentic({ headers, body }: Received, key: string, now = Date.now()): boolean {
  const timestamp = String(headers['x-newleaf-timestamp']);
  if (!(Math.abs(now / 1_000 - Number(timestamp)) <= 300)) return false;
  const expected = `sha256=${createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')}`;
  const given = String(headers['x-newleaf-signature']);
  return (
    given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected))
  );
}

test('one alert arrives as one CloudEvent with the documented attributes and data', async () => {
  await using receiver = await startReceiver(status(204));

  const result = await webhook(receiver.url).deliver(one, steady);

  assert.deepEqual(result, { kind: 'accepted', taken: 1 });
  const [request] = receiver.received;
  assert.equal(request?.method, 'POST');
  assert.equal(request.headers['content-type'], 'application/cloudevents+json; charset=utf-8');
  const { data, ...attributes } = JSON.parse(request.body);
  assert.deepEqual(attributes, {
    specversion: '1.0',
    id: 'key/1@2026-11-22T00:00:00.000Z/warning',
    source: '/newleaf/main/cn-hangzhou',
    type: 'io.newleaf.certificate.expiring.v1',
    subject: '101-cn-hangzhou',
    time: '2026-11-22T00:00:00.000Z',
    datacontenttype: 'application/json',
  });
  assert.equal(data.DaysToExpiry, 6);
  assert.equal(data.CommonName, 'shop.example.com');
  assert.equal(data.title, '[warning] Certificate shop.example.com expires in 6 days');
  assert.deepEqual(data.bindings[0], {
    account: 'main',
    region: 'cn-hangzhou',
    product: 'nlb',
    loadBalancerId: 'nlb-1',
    loadBalancerName: 'edge',
    listenerId: 'lsn-1@443',
    listenerDescription: 'web',
    port: 443,
    slot: 'default',
  });
  assert.deepEqual(Object.keys(data.details), ['account', 'site', 'certificate', 'outlook']);
});

test('several alerts arrive as one batch, with the same delivery id on every repeat', async () => {
  await using receiver = await startReceiver(status(200));
  const batch = batchOf(
    announcing(expiryFacts(), 'expired'),
    announcing(missing('List').facts, 'warning', { id: 'other' }),
  );

  const sink = webhook(receiver.url);
  await sink.deliver(batch, steady);
  await sink.deliver(batch, steady);
  await sink.deliver(one, steady);

  const [first, second, third] = receiver.received;
  assert.match(first?.headers['content-type'] ?? '', /^application\/cloudevents-batch\+json/);
  assert.equal(JSON.parse(first?.body ?? '').length, 2);
  const deliveries = [first, second, third].map((seen) => seen?.headers['x-newleaf-delivery']);
  assert.equal(deliveries[0], deliveries[1]);
  assert.notEqual(deliveries[0], deliveries[2]);
});

test('a batch of more than a megabyte takes as many from the front as fit', async () => {
  await using receiver = await startReceiver(status(200));
  const many = Array.from({ length: 1_000 }, (_, n) =>
    announcing(expiryFacts(), 'warning', { id: `id ${n}` }),
  );

  const result = await webhook(receiver.url).deliver(batchOf(...many), steady);

  assert.ok(result.kind === 'accepted' && result.taken > 100 && result.taken < 1_000);
  const [request] = receiver.received;
  assert.ok((request?.body.length ?? 0) <= 1_000_000);
  assert.equal(JSON.parse(request?.body ?? '').at(-1).id, `id ${result.taken - 1}`);
});

test('the signature proves secret, time and body; unsigned is without it', async () => {
  await using receiver = await startReceiver(status(200));
  await webhook(receiver.url).deliver(one, steady);
  await webhook(receiver.url, { secret: null }).deliver(one, steady);

  const [signed, unsigned] = receiver.received;
  assert.ok(signed !== undefined && unsigned !== undefined);
  assert.ok(isAuthentic(signed, secret));
  assert.ok(!isAuthentic(signed, 'another secret'));
  assert.ok(!isAuthentic({ ...signed, body: `${signed.body} ` }, secret));
  assert.ok(!isAuthentic(signed, secret, Date.now() + 600_000));
  const old = { ...signed.headers, 'x-newleaf-timestamp': '1' };
  assert.ok(!isAuthentic({ ...signed, headers: old }, secret, 1_000));
  assert.equal(unsigned.headers['x-newleaf-signature'], undefined);
});
