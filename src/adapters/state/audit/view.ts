import { genesis } from '../../../domain/audit.ts';
import type { StoredRow } from '../../../domain/audit-chain.ts';
import type { Document } from '../../../ports/state.ts';
import type { Store } from '../../../ports/store.ts';
import { type AuditExtent, readPart } from './parts.ts';

/** What this process knows of the end of the chain. */
export interface View {
  readonly part: number;
  /** Rows in the last part. */
  readonly rows: number;
  readonly entries: number;
  readonly hash: string;
  /** The sources of the rows of the last part, and of the one before. */
  readonly sources: ReadonlySet<string>;
  readonly earlier: ReadonlySet<string>;
}

/** The end of the chain as the store has it now. */
export async function loadView(store: Store, extent: Document<AuditExtent>): Promise<View> {
  const { first, last, checkpoint } = await extent.read();
  const none: ReadonlySet<string> = new Set();
  const { entries, hash } = checkpoint ?? { entries: 0, hash: genesis };
  // The part before the last is read too: a repeat may come soon after a new part has begun.
  const part = Math.max(first, last - 1);
  return advanced(store, { part, rows: 0, entries, hash, sources: none, earlier: none });
}

/** The view with what others have added since. */
export async function advanced(store: Store, view: View): Promise<View> {
  let known = withRows(view, await readPart(store, view.part, view.rows));
  for (;;) {
    const next = await readPart(store, known.part + 1);
    if (next.length === 0) return known;
    known = withRows(inNextPart(known), next);
  }
}

/** The view at the beginning of a part in which nothing stands yet. */
export function inNextPart(view: View): View {
  return {
    ...view,
    part: view.part + 1,
    rows: 0,
    sources: new Set(),
    earlier: view.sources,
  };
}

export function withRows(view: View, rows: readonly StoredRow[]): View {
  if (rows.length === 0) return view;
  const sources = new Set(view.sources);
  let { entries, hash } = view;
  for (const row of rows) {
    entries = (row.entry?.sequence ?? entries) + 1;
    ({ hash } = row);
    if (row.entry !== null) sources.add(row.entry.source);
  }
  return { ...view, rows: view.rows + rows.length, entries, hash, sources };
}

/** Whether somebody has told of this source lately. */
export function hasTold({ sources, earlier }: View, source: string): boolean {
  return sources.has(source) || earlier.has(source);
}
