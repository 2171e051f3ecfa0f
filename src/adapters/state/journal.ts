import { createHash } from 'node:crypto';
import { z } from 'zod';
import { NewleafError } from '../../domain/errors.ts';
import type { JournalEntry, JournalEvent, RotationRecord } from '../../domain/rotation.ts';
import type { Clock, Entropy } from '../../ports/clock.ts';
import type { Journal } from '../../ports/state.ts';
import type { Store, Versioned } from '../../ports/store.ts';
import { codecOf, instant } from './codec.ts';
import { everyKey } from './listing.ts';
import { journalEvent } from './shapes/journal.ts';
import { rotationRecord } from './shapes/plan.ts';

export interface JournalParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly entropy: Entropy;
}

const recordCodec = codecOf(rotationRecord);
const entryCodec = codecOf(
  z.strictObject({ at: instant, event: journalEvent }) satisfies z.ZodType<StoredEntry>,
);
const openMark = codecOf(z.strictObject({ rotationId: z.string() }));
/** All that the list of rotations needs of a record. */
const recordHead = codecOf(z.looseObject({ id: z.string(), admittedAt: instant }));
/** All that retention needs of an entry. */
const entryHead = codecOf(z.looseObject({ at: instant }));

interface StoredEntry {
  readonly at: Date;
  readonly event: JournalEvent;
}

const recordKey = (id: string): string => `rotation/${id}`;
const streamOf = (id: string): string => `journal/${id}`;
const openKey = (id: string): string => `open-rotation/${id}`;

/**
 * The Journal over the store: a record `rotation/<id>`, its entries in the stream `journal/<id>`, and a mark
 * `open-rotation/<id>` that is written before the record, so that no crash leaves a rotation nobody looks after.
 */
export function openJournal(parts: JournalParts): Journal {
  const { store } = parts;
  return {
    create: (record) => create(store, record),
    read: async (id) => {
      const stored = await store.get(recordKey(id));
      if (stored === null) return null;
      const record = recordCodec.decode(stored.value, stored.key);
      return { record, entries: await readEntries(store, id) };
    },
    append: appender(parts),
    recent: async (limit) => {
      const records = await everyKey(store, recordKey(''));
      const heads = records.map(({ key, value }) => recordHead.decode(value, key));
      return heads
        .toSorted((a, b) => b.admittedAt.getTime() - a.admittedAt.getTime())
        .slice(0, limit)
        .map(({ id }) => id);
    },
    open: () => openRotations(store),
    settle: async (id) => {
      const mark = await store.get(openKey(id));
      if (mark !== null) await store.delete(openKey(id), mark.version);
    },
    forget: async (before) => {
      let forgotten = 0;
      for (const record of await everyKey(store, recordKey('')))
        if (await forgetOne(store, record, before)) forgotten += 1;
      return forgotten;
    },
  };
}

async function create(store: Store, record: RotationRecord): Promise<void> {
  const { id } = record;
  const text = recordCodec.encode(record);
  const before = await store.get(recordKey(id));
  if (before === null) {
    // A mark that is there already is as good: a mark never changes.
    await store.put(openKey(id), openMark.encode({ rotationId: id }), null);
    if ((await store.put(recordKey(id), text, null)) !== null) return;
  }
  const stored = before ?? (await store.get(recordKey(id)));
  if (stored?.value === text) return;
  throw new NewleafError('store.conflict', `create rotation ${id}: it exists with other content`, {
    fields: { rotationId: id },
  });
}

async function readEntries(store: Store, id: string): Promise<readonly JournalEntry[]> {
  const entries = await store.read(streamOf(id), 0);
  return entries.map((entry) => {
    const { at, event } = entryCodec.decode(entry.value, streamOf(id));
    return { ...event, id: entry.id, at };
  });
}

async function openRotations(store: Store): Promise<readonly string[]> {
  const open: string[] = [];
  for (const { key, value } of await everyKey(store, openKey(''))) {
    const { rotationId } = openMark.decode(value, key);
    // A mark without its record: the creator is between the two writes, or died there.
    if ((await store.get(recordKey(rotationId))) !== null) open.push(rotationId);
  }
  return open;
}

/** The record goes last: as long as it is there, the next call finds what a crash left of the rotation. */
async function forgetOne(store: Store, record: Versioned, before: Date): Promise<boolean> {
  const { id, admittedAt } = recordHead.decode(record.value, record.key);
  if (admittedAt >= before || (await store.get(openKey(id))) !== null) return false;
  const last = (await store.read(streamOf(id), 0)).at(-1);
  if (last !== undefined && entryHead.decode(last.value, streamOf(id)).at >= before) return false;
  await store.trim(streamOf(id));
  return store.delete(record.key, record.version);
}

/**
 * Appends so that repeating a call whose reply was lost is recognised as the same append: the entry's id is a digest of this
 * process, the place and the event, and the entry of an unanswered append is kept, with its time, until it is answered.
 */
function appender({ store, clock, entropy }: JournalParts): Journal['append'] {
  const writer = entropy.id();
  const unanswered = new Map<string, JournalEntry>();
  return async (rotationId, event, after) => {
    const id = digest([writer, rotationId, after, event]);
    const waiting = unanswered.get(rotationId);
    const entry = waiting?.id === id ? waiting : { ...event, id, at: clock.now() };
    unanswered.set(rotationId, entry);
    try {
      const value = entryCodec.encode({ at: entry.at, event });
      await store.append(streamOf(rotationId), { id, value }, after);
    } catch (error) {
      if (!(error instanceof NewleafError && error.code === 'store.unavailable'))
        unanswered.delete(rotationId);
      throw error;
    }
    unanswered.delete(rotationId);
    return entry;
  };
}

function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
