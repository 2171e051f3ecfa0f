import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { openInventory } from '../../../src/adapters/state/inventory.ts';
import {
  emptyInventory,
  type Inventory,
  type KnownListener,
} from '../../../src/domain/inventory.ts';
import { listenerKey } from '../../../src/domain/listener.ts';
import type { Store } from '../../../src/ports/store.ts';
import { aCertificate, after, aListener, anInventory, hours, today } from '../../helpers/facts.ts';
import { memoryStore } from '../../helpers/store.ts';
import { inventory } from './arbitraries.ts';

function known(region: string, id: string, overrides: Partial<KnownListener> = {}): KnownListener {
  const state = aListener({ ref: { region, listenerId: id } });
  return { state, seenAt: today, absences: 0, served: [], ...overrides };
}

const later = after(today, hours(1));

const ids = ({ listeners }: Inventory): string[] =>
  listeners.map(({ state }) => state.ref.listenerId).toSorted();

/** Order between pieces means nothing. */
function byName({ listeners, certificates, ...rest }: Inventory) {
  return {
    ...rest,
    listeners: new Map(listeners.map((each) => [listenerKey(each.state.ref), each])),
    certificates: new Map(
      certificates.map((each) => [`${each.account}/${each.certificate.id}`, each]),
    ),
  };
}

/** Counts what is written. */
function counted(store: Store) {
  const written: string[] = [];
  const put: Store['put'] = (key, value, version) => {
    written.push(key);
    return store.put(key, value, version);
  };
  return { store: { ...store, put }, written };
}

test('every inventory comes back as it was saved, whatever the order of its pieces', async () => {
  await fc.assert(
    fc.asyncProperty(inventory, async (saved) => {
      const book = openInventory(memoryStore());

      await book.save(saved);

      assert.deepEqual(byName(await book.read()), byName(saved));
      assert.deepEqual(await book.takenAt(), saved.takenAt);
    }),
  );
});

test('an empty store has the empty inventory', async () => {
  assert.deepEqual(await openInventory(memoryStore()).read(), emptyInventory);
});

test('a save rewrites only the regions and sites that changed', async () => {
  const { store, written } = counted(memoryStore());
  const book = openInventory(store);
  const hangzhou = known('cn-hangzhou', 'a');
  const certificates = [aCertificate()];
  await book.save(anInventory({ listeners: [hangzhou, known('eu-central-1', 'b')], certificates }));
  written.length = 0;

  const changed = known('eu-central-1', 'b', { seenAt: later });
  await book.save(anInventory({ listeners: [hangzhou, changed], certificates }));

  assert.deepEqual(written, ['inventory/listeners/main/eu-central-1']);
});

test('saves of two replicas add up: the later look at each listener wins', async () => {
  const store = memoryStore();
  const book = openInventory(store);
  await book.save(
    anInventory({ listeners: [known('cn-hangzhou', 'a'), known('cn-hangzhou', 'b')] }),
  );

  const seenByOne = [known('cn-hangzhou', 'a', { seenAt: later }), known('cn-hangzhou', 'b')];
  const seenByTwo = [
    known('cn-hangzhou', 'a'),
    known('cn-hangzhou', 'b', { seenAt: later }),
    known('eu-central-1', 'c'),
  ];
  await book.save(anInventory({ listeners: seenByTwo, takenAt: later }));
  await book.save(anInventory({ listeners: seenByOne, takenAt: today }));
  const read = await book.read();

  assert.deepEqual(ids(read), ['a', 'b', 'c']);
  assert.deepEqual(read.takenAt, later);
  for (const { state, seenAt } of read.listeners.filter(
    (each) => each.state.ref.listenerId !== 'c',
  ))
    assert.deepEqual(seenAt, later, state.ref.listenerId);
});

test('a listener goes once it was absent and is left out, not because a save never knew it', async () => {
  const store = memoryStore();
  const book = openInventory(store);
  const stays = known('cn-hangzhou', 'stays');
  await book.save(anInventory({ listeners: [stays, known('cn-hangzhou', 'goes')] }));

  await book.save(anInventory({ listeners: [stays] }));
  assert.deepEqual(ids(await book.read()), ['goes', 'stays']);
  await book.save(
    anInventory({ listeners: [stays, known('cn-hangzhou', 'goes', { absences: 1 })] }),
  );
  await book.save(anInventory({ listeners: [stays] }));

  assert.deepEqual(ids(await book.read()), ['stays']);
});

test('a region whose last listener went leaves no piece behind', async () => {
  const store = memoryStore();
  const book = openInventory(store);
  await book.save(anInventory({ listeners: [known('eu-central-1', 'a', { absences: 1 })] }));

  await book.save(anInventory());

  assert.deepEqual((await store.list('inventory/listeners/', null)).page, []);
});

test('a piece that another scan writes meanwhile is merged, not overwritten', async () => {
  const store = memoryStore();
  const other = openInventory(store);
  let interrupted = false;
  const busy: Store = {
    ...store,
    put: async (key, value, version) => {
      if (!interrupted && key.includes('cn-hangzhou')) {
        interrupted = true;
        await other.save(anInventory({ listeners: [known('cn-hangzhou', 'theirs')] }));
      }
      return store.put(key, value, version);
    },
  };

  await openInventory(busy).save(anInventory({ listeners: [known('cn-hangzhou', 'ours')] }));

  assert.deepEqual(ids(await other.read()), ['ours', 'theirs']);
});
