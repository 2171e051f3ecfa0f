import { auditNote, type AuditNote } from '../../../domain/audit.ts';
import type { StoredRow } from '../../../domain/audit-chain.ts';
import type { Document } from '../../../ports/state.ts';
import type { Store } from '../../../ports/store.ts';
import { type AuditExtent, partKey, readPart } from './parts.ts';

export interface Forgetting {
  readonly store: Store;
  readonly extent: Document<AuditExtent>;
  readonly append: (notes: readonly AuditNote[]) => Promise<void>;
}

/** What can go: parts from the first on, and the row with which they end. */
interface Old {
  readonly parts: readonly number[];
  readonly rows: number;
  readonly last: { readonly sequence: number; readonly hash: string };
}

/**
 * Notes up to where the chain will be forgotten, moves its beginning, then removes the parts. A crash in between leaves parts before
 * the beginning, which the next call removes.
 */
export async function forget(deps: Forgetting, before: Date, now: Date): Promise<number> {
  const { store, extent } = deps;
  const { first } = await extent.read();
  await removeLeft(store, first);
  const old = await oldParts(store, first, before);
  if (old === null) return 0;
  const checkpoint = { entries: old.last.sequence + 1, hash: old.last.hash };
  const source = `forgotten/${checkpoint.entries}`;
  const [actor, action] = ['newleaf', 'audit.forgotten'] as const;
  await deps.append([auditNote({ at: now, actor, action, facts: checkpoint, source })]);
  const begins = first + old.parts.length;
  await extent.update((current) => ({
    next: current.first >= begins ? current : { ...current, first: begins, checkpoint },
    result: null,
  }));
  for (const part of old.parts) await store.trim(partKey(part));
  return old.rows;
}

/** The parts that a crash left before the beginning; they went from the oldest on, so the newest is still there. */
async function removeLeft(store: Store, first: number): Promise<void> {
  for (let part = first - 1; part >= 0; part -= 1) {
    if ((await store.read(partKey(part), 0)).length === 0) return;
    await store.trim(partKey(part));
  }
}

async function oldParts(store: Store, first: number, before: Date): Promise<Old | null> {
  const gone: (readonly StoredRow[])[] = [];
  let rows = await readPart(store, first);
  // The last part stays: the chain goes on in it.
  for (let next = await readPart(store, first + 1); next.length > 0 && isOlder(rows, before); ) {
    gone.push(rows);
    rows = next;
    next = await readPart(store, first + gone.length + 1);
  }
  const last = gone.at(-1)?.at(-1);
  if (last === undefined || last.entry === null) return null;
  return {
    parts: gone.map((_rows, index) => first + index),
    rows: gone.reduce((sum, each) => sum + each.length, 0),
    last: { sequence: last.entry.sequence, hash: last.hash },
  };
}

function isOlder(rows: readonly StoredRow[], before: Date): boolean {
  return rows.length > 0 && rows.every(({ entry }) => entry !== null && entry.at < before);
}
