import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { z } from 'zod';
import { openAdmission } from '../../../src/adapters/state/admission.ts';
import { codecOf, instant } from '../../../src/adapters/state/codec.ts';
import { openDocument } from '../../../src/adapters/state/document.ts';
import { openOperatorState } from '../../../src/adapters/state/operator.ts';
import { type Admission, emptyAdmission } from '../../../src/domain/admission.ts';
import { emptyOperatorState, type OperatorState } from '../../../src/domain/operator.ts';
import type { Store } from '../../../src/ports/store.ts';
import { after, hours, today } from '../../helpers/facts.ts';
import { memoryStore } from '../../helpers/store.ts';
import { date } from './arbitraries.ts';

const counter = { key: 'counter', codec: codecOf(z.strictObject({ n: z.int() })), empty: { n: 0 } };
const up = ({ n }: { readonly n: number }) => ({ next: { n: n + 1 }, result: n });

test('a document is empty before anybody wrote it, and writers that race lose no change', async () => {
  const store = memoryStore();
  const document = openDocument(store, counter);
  assert.deepEqual(await document.read(), { n: 0 });

  const results = await Promise.all(Array.from({ length: 20 }, () => document.update(up)));

  assert.deepEqual(await document.read(), { n: 20 });
  assert.deepEqual(
    results.toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, index) => index),
  );
});

test('an unchanged document is not written, not even for the first time', async () => {
  const store = memoryStore();
  const document = openDocument(store, counter);

  const result = await document.update((current) => ({ next: { ...current }, result: 'seen' }));

  assert.equal(result, 'seen');
  assert.equal(await store.get('counter'), null);
});

test('a writer that always loses gives up', async () => {
  const store = memoryStore();
  const losing: Store = { ...store, put: async () => null };

  await assert.rejects(openDocument(losing, counter).update(up), { code: 'store.conflict' });
});

test('a value of a newer release is not read, and the release that reads it is named', async () => {
  const store = memoryStore();
  await store.put('counter', JSON.stringify({ v: 2, needs: '0.9.0', data: { n: 1, m: 2 } }), null);

  await assert.rejects(openDocument(store, counter).read(), {
    code: 'store.unreadable',
    message: 'read counter: a newer release wrote it; run newleaf 0.9.0 or later',
  });
});

test('what is not ours is told by key and place, without its content', async () => {
  const bad = ['not json s3cret', '7', '{"v":1}', '{"v":1,"needs":"0","data":{"n":"s3cret"}}'];
  const extra = '{"v":1,"needs":"0","data":{"n":1,"s":2}}';
  for (const value of [...bad, extra]) {
    const store = memoryStore();
    await store.put('counter', value, null);

    const error: unknown = await openDocument(store, counter)
      .read()
      .catch((reason: unknown) => reason);

    assert.ok(error instanceof Error && 'code' in error);
    assert.equal(error.code, 'store.unreadable');
    assert.match(error.message, /^read counter: /);
    assert.doesNotMatch(error.message, /s3cret/);
  }
});

test('instants come back to the millisecond, and nothing else is taken for one', () => {
  const codec = codecOf(instant);
  fc.assert(
    fc.property(date, (value) => assert.deepEqual(codec.decode(codec.encode(value), 'k'), value)),
  );
  for (const text of ['2026-11-22', 'yesterday', '2026-11-22T00:00:00Z'])
    assert.throws(() => codec.decode(`{"v":1,"needs":"0","data":"${text}"}`, 'k'), {
      code: 'store.unreadable',
    });
});

test('admission comes back with every state of a candidate', async () => {
  const admission: Admission = {
    inFlight: [
      {
        rotationId: 'r-1',
        listener: 'main/cn-hangzhou/nlb/nlb-1/lsn-1@443',
        loadBalancer: 'nlb-1',
        candidate: 'aa',
        policy: 'pilot',
        since: today,
      },
    ],
    candidates: {
      aa: { kind: 'canary', rotationId: 'r-1' },
      bb: { kind: 'proven', since: today },
      cc: {
        kind: 'quarantined',
        since: today,
        until: after(today, hours(24)),
        rotationId: 'r-0',
        reason: 'wrong leaf',
      },
    },
    holds: { 'main/x': { rotationId: 'r-0', since: today, reason: 'restore-failed' } },
  };
  const book = openAdmission(memoryStore());
  assert.deepEqual(await book.read(), emptyAdmission);

  await book.update(() => ({ next: admission, result: null }));

  assert.deepEqual(await book.read(), admission);
});

test('what operators said comes back with every state of a request', async () => {
  const asked = {
    listener: 'main/cn-hangzhou/nlb/nlb-1/lsn-1@443',
    slot: 'default',
    from: null,
    to: '102-cn-hangzhou',
    ignoreWindow: true,
    requestedBy: 'kim',
    reason: 'key leaked',
    at: today,
    deferrals: 1,
  } as const;
  const state: OperatorState = {
    approvals: [
      { planHash: 'h', listener: 'l', by: 'kim', at: today, until: after(today, hours(1)) },
    ],
    freezes: [
      {
        name: 'sale',
        from: today,
        until: today,
        allowEmergency: true,
        reason: 'sale',
        by: 'kim',
        at: today,
      },
    ],
    requests: [
      { ...asked, requestId: '1', state: { kind: 'open' } },
      { ...asked, requestId: '2', state: { kind: 'admitted', rotationId: 'r-1', at: today } },
      { ...asked, requestId: '3', state: { kind: 'finished', rotationId: 'r-1', at: today } },
      { ...asked, requestId: '4', state: { kind: 'refused', reason: 'frozen', at: today } },
    ],
  };
  const document = openOperatorState(memoryStore());
  assert.deepEqual(await document.read(), emptyOperatorState);

  await document.update(() => ({ next: state, result: null }));

  assert.deepEqual(await document.read(), state);
});
