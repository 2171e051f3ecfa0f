import { z } from 'zod';
import type { AuditAction, AuditEntry, AuditFacts } from '../../../domain/audit.ts';
import type { Checkpoint, StoredRow } from '../../../domain/audit-chain.ts';
import { NewleafError } from '../../../domain/errors.ts';
import type { Document } from '../../../ports/state.ts';
import type { Store } from '../../../ports/store.ts';
import { codecOf, instant } from '../codec.ts';
import { openDocument } from '../document.ts';

/** Where the chain begins, and where it ended when somebody last began a part. */
export interface AuditExtent {
  readonly first: number;
  readonly last: number;
  readonly checkpoint: Checkpoint | null;
}

const facts: z.ZodType<AuditFacts> = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null()]),
);

/** Rows outlive the release that wrote them: an action that this one does not know is read all the same. */
const action = z.custom<AuditAction>(
  (value) => typeof value === 'string' && /^[a-z]+\.[a-z-]+$/.test(value),
);

/** How a row is written. */
export const rowCodec = codecOf<AuditEntry>(
  z.strictObject({
    sequence: z.int(),
    previous: z.string(),
    at: instant,
    actor: z.string(),
    action,
    listener: z.string().nullable(),
    rotationId: z.string().nullable(),
    planHash: z.string().nullable(),
    clientToken: z.string().nullable(),
    cloudRequestId: z.string().nullable(),
    facts,
    source: z.string(),
  }),
);

export function openExtent(store: Store): Document<AuditExtent> {
  return openDocument(store, {
    key: 'audit',
    codec: codecOf(
      z.strictObject({
        first: z.int(),
        last: z.int(),
        checkpoint: z.strictObject({ entries: z.int(), hash: z.string() }).nullable(),
      }),
    ),
    empty: { first: 0, last: 0, checkpoint: null },
  });
}

export function partKey(part: number): string {
  return `audit/${part}`;
}

/** The rows of a part from place `from` on; one that cannot be read keeps its place. */
export async function readPart(
  store: Store,
  part: number,
  from = 0,
): Promise<readonly StoredRow[]> {
  const entries = await store.read(partKey(part), from);
  return entries.map(({ id, value }) => ({ hash: id, entry: readRow(value, part) }));
}

/** The parts one after the other, the oldest or the newest first. */
export async function* walkParts(
  store: Store,
  extent: Document<AuditExtent>,
  start: 'oldest' | 'newest',
): AsyncIterable<readonly StoredRow[]> {
  const { first, last } = await extent.read();
  if (start === 'oldest') {
    for (let part = first; ; part += 1) {
      const rows = await readPart(store, part);
      if (rows.length === 0 && part > last) return;
      if (rows.length > 0) yield rows;
    }
  }
  let end = last;
  while ((await store.read(partKey(end + 1), 0)).length > 0) end += 1;
  for (let part = end; part >= first; part -= 1) {
    const rows = await readPart(store, part);
    if (rows.length > 0) yield rows;
  }
}

function readRow(value: string, part: number): AuditEntry | null {
  try {
    return rowCodec.decode(value, partKey(part));
  } catch (error) {
    if (error instanceof NewleafError && error.code === 'store.unreadable') return null;
    throw error;
  }
}
