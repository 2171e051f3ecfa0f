import { type AuditNote, hashOfEntry } from '../../../domain/audit.ts';
import { NewleafError } from '../../../domain/errors.ts';
import type { Digest } from '../../../domain/plan.ts';
import type { AuditTrail } from '../../../ports/audit.ts';
import type { Document } from '../../../ports/state.ts';
import type { Store, StreamEntry } from '../../../ports/store.ts';
import { type AuditExtent, partKey, rowCodec } from './parts.ts';
import { advanced, hasTold, inNextPart, loadView, type View, withRows } from './view.ts';

/** How often one append may lose against other writers. Each lost round means that somebody else's row is there now. */
const rounds = 200;

export interface Appending {
  readonly store: Store;
  readonly extent: Document<AuditExtent>;
  readonly sha256: Digest;
  readonly rowsPerPart: number;
}

/** Appends one at a time in this process; other processes are told apart by the store. */
export function openAppender(parts: Appending): Pick<AuditTrail, 'append' | 'head'> {
  const { store, extent } = parts;
  let view: View | null = null;
  let tail: Promise<unknown> = Promise.resolve();
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = tail.then(work);
    tail = mine.catch(() => {});
    return mine;
  };
  const known = async (): Promise<View> => view ?? (await loadView(store, extent));
  const appendAll = async (notes: readonly AuditNote[]): Promise<void> => {
    for (const note of notes) {
      const before = await known();
      // An append that is not answered may have been written: the next one looks again.
      view = null;
      view = await appendOne(parts, before, note);
    }
  };
  return {
    append: (notes) => alone(() => appendAll(notes)),
    head: () =>
      alone(async () => {
        view = await advanced(store, await known());
        return { entries: view.entries, hash: view.hash };
      }),
  };
}

async function appendOne(parts: Appending, known: View, note: AuditNote): Promise<View> {
  let view = known;
  for (let round = 0; round < rounds; round += 1) {
    if (hasTold(view, note.source)) return view;
    if (view.rows >= parts.rowsPerPart) view = await beginPart(parts, view);
    const added = await tryAppend(parts, view, note);
    if (added !== null) return added;
    view = await afterConflict(parts, view);
  }
  throw new NewleafError('store.conflict', 'append to the audit: other writers kept winning', {
    fields: { rounds },
  });
}

/** Null: another row stands at that place. */
async function tryAppend(
  { store, sha256 }: Appending,
  view: View,
  note: AuditNote,
): Promise<View | null> {
  const entry = { ...note, sequence: view.entries, previous: view.hash };
  const hash = hashOfEntry(entry, sha256);
  const stored: StreamEntry = { id: hash, value: rowCodec.encode(entry) };
  try {
    await store.append(partKey(view.part), stored, view.rows);
    return withRows(view, [{ hash, entry }]);
  } catch (error) {
    if (error instanceof NewleafError && error.code === 'store.conflict') return null;
    throw error;
  }
}

async function afterConflict(parts: Appending, view: View): Promise<View> {
  const news = await advanced(parts.store, view);
  if (news.part !== view.part || news.rows !== view.rows) return news;
  // Nothing new, and yet no place: somebody has damaged this part. The chain goes on in the next one, and its check tells.
  return beginPart(parts, view);
}

async function beginPart({ extent }: Appending, view: View): Promise<View> {
  const next = inNextPart(view);
  await extent.update((current) => ({
    next: { ...current, last: Math.max(current.last, next.part) },
    result: null,
  }));
  return next;
}
