import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { systemEntropy } from '../../../src/adapters/clock.ts';
import { openJournal } from '../../../src/adapters/state/journal.ts';
import { NewleafError } from '../../../src/domain/errors.ts';
import type { JournalEvent, RotationRecord } from '../../../src/domain/rotation.ts';
import type { Journal } from '../../../src/ports/state.ts';
import type { Store } from '../../../src/ports/store.ts';
import { after, days, today } from '../../helpers/facts.ts';
import { memoryStore } from '../../helpers/store.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { rotationRecord } from './arbitraries.ts';
import { journalEvent } from './arbitrary-events.ts';

const closed: JournalEvent = { kind: 'closed' };
const committed: JournalEvent = { kind: 'committed', foundDone: false };
const conflict = { code: 'store.conflict' };

function journalOn(store: Store): Journal {
  return openJournal({ store, clock: new VirtualClock(today), entropy: systemEntropy });
}

function aRecord(overrides: Partial<RotationRecord> = {}): RotationRecord {
  const [record] = fc.sample(rotationRecord, { numRuns: 1, seed: 1 });
  assert.ok(record);
  return { ...record, id: 'r-1', admittedAt: today, ...overrides };
}

test('every record and every event come back as they were written', async () => {
  const events = fc.array(journalEvent, { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(rotationRecord, events, async (record, written) => {
      const journal = journalOn(memoryStore());

      await journal.create(record);
      const entries = [];
      for (const [place, event] of written.entries())
        entries.push(await journal.append(record.id, event, place));
      const read = await journal.read(record.id);

      assert.deepEqual(read, { record, entries });
      for (const [place, event] of written.entries()) {
        const id: unknown = read?.entries[place]?.id;
        assert.deepEqual(read?.entries[place], { ...event, id, at: today });
      }
    }),
  );
});

test('a rotation is created once: again with the same content is fine, with other content it is not', async () => {
  const journal = journalOn(memoryStore());
  await journal.create(aRecord());

  await journal.create(aRecord());
  await assert.rejects(journal.create(aRecord({ policy: 'another' })), conflict);

  assert.deepEqual((await journal.read('r-1'))?.record, aRecord());
  assert.equal(await journal.read('r-2'), null);
});

test('an append whose answer was lost can be repeated, by its writer alone', async () => {
  const store = memoryStore();
  let lose = true;
  const deaf: Store = {
    ...store,
    append: async (...args) => {
      await store.append(...args);
      if (lose) throw new NewleafError('store.unavailable', 'append: the answer was lost');
    },
  };
  const clock = new VirtualClock(today);
  const journal = openJournal({ store: deaf, clock, entropy: systemEntropy });
  await assert.rejects(journal.append('r-1', committed, 0), { code: 'store.unavailable' });
  lose = false;
  await clock.sleep(5000, new AbortController().signal);

  const entry = await journal.append('r-1', committed, 0);

  const stored = await store.read('journal/r-1', 0);
  assert.deepEqual([stored.length, entry.id, entry.at], [1, stored[0]?.id, today]);
  await assert.rejects(journal.append('r-1', closed, 0), conflict);
  await assert.rejects(journalOn(store).append('r-1', committed, 0), conflict);
  await journal.append('r-1', committed, 1);
});

test('open rotations are those not settled yet, and a crash while creating leaves none behind', async () => {
  const store = memoryStore();
  const journal = journalOn(store);
  for (const id of ['r-1', 'r-2', 'r-3']) await journal.create(aRecord({ id }));
  await journal.settle('r-2');
  await journal.settle('r-2');
  await journal.settle('never-created');
  const dying: Store = {
    ...store,
    put: async (key, value, version) => {
      if (key.startsWith('rotation/')) throw new NewleafError('store.unavailable', 'died here');
      return store.put(key, value, version);
    },
  };
  await assert.rejects(journalOn(dying).create(aRecord({ id: 'r-4' })));

  assert.deepEqual((await journal.open()).toSorted(), ['r-1', 'r-3']);
  await journal.create(aRecord({ id: 'r-4' }));
  assert.deepEqual((await journal.open()).toSorted(), ['r-1', 'r-3', 'r-4']);
  // A late repeat of a create must not open a settled rotation again.
  await journal.create(aRecord({ id: 'r-2' }));
  assert.deepEqual((await journal.open()).toSorted(), ['r-1', 'r-3', 'r-4']);
});

test('recent rotations come newest first, over every page of the store', async () => {
  const journal = journalOn(memoryStore());
  for (let day = 0; day < 8; day += 1)
    await journal.create(aRecord({ id: `r-${day}`, admittedAt: after(today, days(day)) }));

  assert.deepEqual(await journal.recent(3), ['r-7', 'r-6', 'r-5']);
  assert.equal((await journal.recent(100)).length, 8);
});
