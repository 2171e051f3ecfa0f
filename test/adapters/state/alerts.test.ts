import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAlertLedger } from '../../../src/adapters/state/alerts.ts';
import { acknowledge, type AlertState, observe } from '../../../src/domain/alert.ts';
import { afterAccepted, afterRefused, beforeSending } from '../../../src/domain/alert-delivery.ts';
import { newSink, refusing, working } from '../../../src/domain/sink-state.ts';
import { expiring, missing } from '../../helpers/alerts.ts';
import { today } from '../../helpers/facts.ts';
import { memoryStore } from '../../helpers/store.ts';
import { samples } from '../../messages/samples.ts';

function fired(key: string): AlertState {
  return observe(null, { ...expiring('info'), key }, today) ?? assert.fail();
}

test('a state of every kind comes back as it was written', async () => {
  const ledger = openAlertLedger(memoryStore());
  const written = Object.values(samples).map(([facts, severity]) => {
    const state = observe(null, { key: `a/${facts.kind}`, severity, facts }, today);
    const seen = acknowledge(state ?? assert.fail(), { by: 'li', at: today, note: 'seen' });
    const refused = afterRefused(seen, seen, 'other', today);
    const repeat = { state: refused, occasion: { kind: 'repeat', number: 2 } } as const;
    return afterAccepted(beforeSending(refused, 'team'), repeat, 'team', today);
  });

  for (const state of written) await ledger.change(state.key, () => state);

  const read = await ledger.all();
  assert.deepEqual(
    read.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    written.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  );
});

test('how a sink is doing comes back as it was written, and an unused one is new', async () => {
  const ledger = openAlertLedger(memoryStore());
  assert.deepEqual(await ledger.sink('team'), newSink('team'));

  const failing = await ledger.changeSink('team', (was) =>
    refusing(working(was, today), 'the receiver answered 401', today),
  );

  assert.deepEqual(await ledger.sink('team'), failing);
  assert.equal(failing.attempts, 3);
});

test('a change decides again on what another writer wrote meanwhile', async () => {
  const ledger = openAlertLedger(memoryStore());
  await ledger.change('key', () => fired('key'));

  await Promise.all(
    Array.from({ length: 10 }, () =>
      ledger.change('key', (state) => state && { ...state, wanted: state.wanted + 1 }),
    ),
  );

  assert.equal((await ledger.all())[0]?.wanted, 11);
});

test('a change that changes nothing writes nothing', async () => {
  const store = memoryStore();
  const ledger = openAlertLedger(store);
  await ledger.change('key', () => fired('key'));
  const before = await store.list('', null);

  await ledger.change('key', (state) => state);
  await ledger.change('absent', (state) => state);

  assert.deepEqual(await store.list('', null), before);
});

test('a state is forgotten only while it is as expected', async () => {
  const ledger = openAlertLedger(memoryStore());
  await ledger.change('key', () => fired('key'));

  await ledger.forget('key', ({ status }) => status === 'resolved');
  await ledger.forget('absent', () => true);
  assert.equal((await ledger.all()).length, 1);

  await ledger.forget('key', () => true);
  assert.deepEqual(await ledger.all(), []);
});

test('what a newer release wrote, or nobody could have, is not read as something else', async () => {
  const store = memoryStore();
  const ledger = openAlertLedger(store);
  await ledger.change('key', () => observe(null, { ...missing('a'), key: 'key' }, today));
  const [stored] = (await store.list('alert/', null)).page;
  assert.ok(stored !== undefined);

  for (const broken of [
    '{',
    stored.value.replace('"v":1', '"v":9'),
    stored.value.replace('firing', 'burning'),
  ]) {
    const { version } = (await store.get(stored.key)) ?? assert.fail();
    await store.put(stored.key, broken, version);
    await assert.rejects(ledger.all(), { code: 'store.unreadable' });
  }
});
