import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { rotationRecord } from '../adapters/state/arbitraries.ts';
import { systemEntropy } from '../../src/adapters/clock.ts';
import { openJournal } from '../../src/adapters/state/journal.ts';
import type { RotationRecord } from '../../src/domain/rotation.ts';
import type { Journal } from '../../src/ports/state.ts';
import type { Store } from '../../src/ports/store.ts';
import { after, days, today } from '../helpers/facts.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

const [sample] = fc.sample(rotationRecord, { numRuns: 1, seed: 1 });

function aRecord(id: string, admittedAt: Date): RotationRecord {
  assert.ok(sample);
  return { ...sample, id, admittedAt };
}

/** The Journal as it was written to at that moment. */
const writtenAt = (store: Store, now: Date): Journal =>
  openJournal({ store, clock: new VirtualClock(now), entropy: systemEntropy });

const old = after(today, -days(500));
const recent = after(today, -days(10));
const bound = after(today, -days(400));

async function admit(store: Store, id: string, at: Date): Promise<void> {
  const journal = writtenAt(store, at);
  await journal.create(aRecord(id, at));
  await journal.append(id, { kind: 'committed', foundDone: false }, 0);
}

const read = (store: Store, id: string) => writtenAt(store, today).read(id);

/** What every Store lets the Journal forget, and what not. The store must hold no rotation of anyone else. */
export function testRetention(name: string, open: () => Store): void {
  test(`${name}: what was settled long ago is forgotten whole, what is open or recent is kept`, async () => {
    const store = open();
    const journal = writtenAt(store, today);
    for (const [id, at] of [
      ['old', old],
      ['old-and-open', old],
      ['recent', recent],
      ['old-but-moved', old],
    ] as const)
      await admit(store, id, at);
    await writtenAt(store, recent).append('old-but-moved', { kind: 'closed' }, 1);
    for (const id of ['old', 'recent', 'old-but-moved']) await journal.settle(id);

    const forgotten = await journal.forget(bound);

    assert.equal(forgotten, 1);
    assert.equal(await read(store, 'old'), null);
    assert.deepEqual(await store.read('journal/old', 0), []);
    assert.deepEqual((await journal.recent(9)).toSorted(), [
      'old-and-open',
      'old-but-moved',
      'recent',
    ]);
    assert.equal((await read(store, 'old-but-moved'))?.entries.length, 2);
    assert.deepEqual(await journal.open(), ['old-and-open']);
    assert.equal(await journal.forget(bound), 0);
  });

  test(`${name}: a crash while forgetting leaves nothing that the next time does not find`, async () => {
    const store = open();
    await admit(store, 'half', old);
    await writtenAt(store, old).settle('half');
    const dying: Store = {
      ...store,
      delete: async () => {
        throw new Error('died here');
      },
    };
    await assert.rejects(writtenAt(dying, today).forget(bound), /died here/);

    assert.equal(await writtenAt(store, today).forget(bound), 1);

    assert.equal(await read(store, 'half'), null);
    assert.deepEqual(await store.read('journal/half', 0), []);
  });
}
