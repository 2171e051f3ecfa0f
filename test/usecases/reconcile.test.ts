import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NewleafError } from '../../src/domain/errors.ts';
import type { JournalEntry, JournalEvent } from '../../src/domain/rotation.ts';
import { reconcile, type ReconcileDeps } from '../../src/usecases/reconcile.ts';
import { after, anInventory, at, hours } from '../helpers/facts.ts';
import { RotationWorld } from '../helpers/rotation-world.ts';

const { record } = new RotationWorld();
const now = at('2026-11-22T12:00:42.700Z');

const entriesOf = (events: readonly JournalEvent[]): JournalEntry[] =>
  events.map((event, place) => ({ ...event, id: `e${place}`, at: after(now, -60_000) }));

/** Open rotations by what their Journals hold; null: the record was never written. */
async function hints(
  journals: Readonly<Record<string, readonly JournalEvent[] | null>>,
  overrides: Partial<ReconcileDeps> = {},
): Promise<readonly string[]> {
  const told: string[] = [];
  await reconcile({
    journal: {
      open: async () => Object.keys(journals),
      read: async (id) => {
        const events = journals[id] ?? null;
        return events === null ? null : { record, entries: entriesOf(events) };
      },
    },
    inventory: { read: async () => anInventory({ takenAt: now }) },
    dispatcher: {
      scan: async (due) => void told.push(`scan ${due.toISOString()}`),
      rotation: async (id) => void told.push(`rotation ${id}`),
      delivery: async (sink) => void told.push(`delivery ${sink}`),
    },
    rules: () => ({ scanEvery: hours(6) }),
    clock: { now: () => now },
    leases: { watch: async () => {} },
    pendingSinks: async () => [],
    ...overrides,
  });
  return told;
}

const scanned = (takenAt: Date | null): Pick<ReconcileDeps, 'inventory'> => ({
  inventory: { read: async () => anInventory({ takenAt }) },
});

const committed: JournalEvent = { kind: 'committed', foundDone: false };
const closed: JournalEvent = { kind: 'closed' };
const asks: JournalEvent = {
  kind: 'needs-operator',
  reason: 'restore-failed',
  detail: 'the old certificate could not be put back',
  bound: null,
};
const resolved: JournalEvent = { kind: 'resolved', as: 'old', by: 'ada', note: 'looked' };

test('every open rotation that can move gets a hint: just admitted, cut short, or not closed yet', async () => {
  const landed: JournalEvent = { kind: 'landed', blind: [] };

  assert.deepEqual(await hints({ new: [], cut: [landed], unclosed: [committed] }), [
    'rotation new',
    'rotation cut',
    'rotation unclosed',
  ]);
});

test('the lease of a rotation that can move is watched, so that its holder, if dead, is found dead the sooner', async () => {
  const watched: string[] = [];
  const leases = { watch: async (name: string) => void watched.push(name) };

  await hints({ cut: [] }, { leases });
  await hints({ asks: [asks, closed] }, { leases });

  const { account, loadBalancerId } = record.plan.ref;
  assert.deepEqual(watched, [`load-balancer/${account}/${loadBalancerId}`]);
});

test('a rotation that waits for a person gets none until that person has answered', async () => {
  assert.deepEqual(await hints({ r: [asks, closed] }), []);
  assert.deepEqual(await hints({ r: [asks, closed, resolved] }), ['rotation r']);
  // Answered and applied, but the process died before it was taken out of the open ones.
  assert.deepEqual(await hints({ r: [asks, closed, resolved, closed] }), ['rotation r']);
});

test('a later look gets its hint when it is due, not before', async () => {
  const journal = { r: [committed, closed] };

  assert.deepEqual(await hints(journal), []);
  const later = { now: () => after(now, 60_000) };
  const seen = scanned(after(now, 60_000));
  assert.deepEqual(await hints(journal, { clock: later, ...seen }), ['rotation r']);
});

test('a mark without its record is left to whoever writes the record', async () => {
  assert.deepEqual(await hints({ r: null }), []);
});

test('sinks with something to hear get a hint each', async () => {
  const told = await hints({}, { pendingSinks: async () => ['team', 'oncall'] });

  assert.deepEqual(told, ['delivery team', 'delivery oncall']);
});

test('an overdue scan is asked for by the minute, so that replicas ask for the same one', async () => {
  const due = ['scan 2026-11-22T12:00:00.000Z'];

  assert.deepEqual(await hints({}, scanned(null)), due);
  assert.deepEqual(await hints({}, scanned(after(now, -hours(6)))), due);
  assert.deepEqual(await hints({}, scanned(after(now, 1 - hours(6)))), []);
});

test('one job that cannot be put on the queue is an error of the whole: the next tick begins anew', async () => {
  const dispatcher: ReconcileDeps['dispatcher'] = {
    scan: async () => {},
    delivery: async () => {},
    rotation: async () => Promise.reject(new Error('no answer in time')),
  };

  await assert.rejects(hints({ r: [] }, { dispatcher }), /no answer in time/);
});

test('one rotation that cannot be read keeps no other, no delivery and no scan waiting, and is not hushed up', async () => {
  const told: string[] = [];
  const unreadable = new NewleafError('store.unreadable', 'read journal/broken');

  const work = reconcile({
    journal: {
      open: async () => ['broken', 'fine'],
      read: async (id) =>
        id === 'broken' ? Promise.reject(unreadable) : { record, entries: entriesOf([]) },
    },
    ...scanned(null),
    dispatcher: {
      scan: async () => void told.push('scan'),
      rotation: async (id) => void told.push(`rotation ${id}`),
      delivery: async (sink) => void told.push(`delivery ${sink}`),
    },
    rules: () => ({ scanEvery: hours(6) }),
    clock: { now: () => now },
    leases: { watch: async () => {} },
    pendingSinks: async () => ['team'],
  });

  await assert.rejects(work, { code: 'store.unreadable' });
  assert.deepEqual(told, ['rotation fine', 'delivery team', 'scan']);
});
