import { type AuditEntry, type AuditHead, genesis, hashOfEntry } from './audit.ts';
import type { Digest } from './plan.ts';

/** One row as it is stored: under its hash, and null where it cannot even be read. */
export interface StoredRow {
  readonly hash: string;
  readonly entry: AuditEntry | null;
}

/** What comes before the first kept row: how many were forgotten, and the hash of the last of them. */
export type Checkpoint = AuditHead;

interface Flaw {
  /** `cut-off`: the end that somebody has kept is not in the chain. `beginning`: it begins where no note of it says so. */
  readonly kind: 'edited' | 'missing' | 'reordered' | 'unreadable' | 'cut-off' | 'beginning';
  /** The row that is wrong, or where it should be. */
  readonly sequence: number;
  readonly detail: string;
}

/** What one look through the chain has found. */
export interface ChainCheck {
  readonly rows: number;
  readonly head: AuditHead;
  readonly flaws: readonly Flaw[];
}

/**
 * Checks a chain row by row: each must hash to the hash it is stored under, name the row before by its hash, and be the next one.
 * `kept` is an end that somebody wrote down earlier: nobody can remove rows from the end, or write all anew, without losing it.
 */
export function checkChain(
  rows: readonly StoredRow[],
  checkpoint: Checkpoint | null,
  { kept, sha256 }: { readonly kept: AuditHead | null; readonly sha256: Digest },
): ChainCheck {
  const start = checkpoint ?? { entries: 0, hash: genesis };
  const places = rows.map((_row, index) => placeOf(rows, index, start));
  const flaws = [
    ...places.flatMap((place) => contentFlaw(place, sha256) ?? []),
    ...places.flatMap((place) => orderFlaw(place, rows) ?? []),
    ...beginningFlaw(rows, checkpoint),
  ];
  const last = places.at(-1);
  const head = last === undefined ? start : { entries: last.sequence + 1, hash: last.row.hash };
  const lost = kept === null ? [] : cutOff(places, { start, kept, head });
  return {
    rows: rows.length,
    head,
    flaws: [...flaws, ...lost].toSorted((a, b) => a.sequence - b.sequence),
  };
}

interface Place {
  readonly row: StoredRow;
  readonly sequence: number;
  readonly before: { readonly sequence: number; readonly hash: string };
}

/** A row that cannot be read is taken to be the one that belongs there. */
function placeOf(rows: readonly StoredRow[], index: number, start: AuditHead): Place {
  const row = rows[index] ?? { hash: genesis, entry: null };
  const earlier = rows[index - 1];
  const before =
    earlier === undefined
      ? { sequence: start.entries - 1, hash: start.hash }
      : { sequence: sequenceAt(rows, index - 1, start), hash: earlier.hash };
  return { row, sequence: sequenceAt(rows, index, start), before };
}

function sequenceAt(rows: readonly StoredRow[], index: number, start: AuditHead): number {
  for (let at = index; at >= 0; at -= 1) {
    const entry = rows[at]?.entry;
    if (entry !== null && entry !== undefined) return entry.sequence + index - at;
  }
  return start.entries + index;
}

function contentFlaw({ row, sequence }: Place, sha256: Digest): Flaw | null {
  const { entry, hash } = row;
  if (entry === null) return { kind: 'unreadable', sequence, detail: 'the row cannot be read' };
  return hashOfEntry(entry, sha256) === hash
    ? null
    : { kind: 'edited', sequence, detail: 'the row is not the one that was written' };
}

function orderFlaw({ row, sequence, before }: Place, rows: readonly StoredRow[]): Flaw | null {
  if (row.entry === null) return null;
  const expected = before.sequence + 1;
  if (sequence === expected) {
    if (row.entry.previous === before.hash) return null;
    const detail = `row ${sequence} was written after another row ${before.sequence}`;
    return { kind: 'edited', sequence: before.sequence, detail };
  }
  const isElsewhere = rows.some(({ entry }) => entry?.sequence === expected);
  if (isElsewhere || sequence < expected) {
    const detail = `row ${sequence} stands where row ${expected} should be`;
    return { kind: 'reordered', sequence, detail };
  }
  const gap = sequence - expected;
  const detail =
    gap === 1 ? `row ${expected} is gone` : `rows ${expected} to ${sequence - 1} are gone`;
  return { kind: 'missing', sequence: expected, detail };
}

/** Forgetting leaves a row that says up to where: a beginning that no row tells of is somebody else's doing. */
function beginningFlaw(rows: readonly StoredRow[], checkpoint: Checkpoint | null): readonly Flaw[] {
  const noted = rows.findLast(({ entry }) => entry?.action === 'audit.forgotten')?.entry ?? null;
  const isTold =
    noted === null
      ? checkpoint === null
      : checkpoint !== null &&
        noted.facts['entries'] === checkpoint.entries &&
        noted.facts['hash'] === checkpoint.hash;
  if (isTold || isUnderWay(noted, rows, checkpoint)) return [];
  const sequence = checkpoint?.entries ?? 0;
  return [{ kind: 'beginning', sequence, detail: 'no row tells why the chain begins there' }];
}

/** Between noting what will be forgotten and forgetting it the chain still begins where it did. */
function isUnderWay(
  noted: AuditEntry | null,
  rows: readonly StoredRow[],
  checkpoint: Checkpoint | null,
): boolean {
  const entries = noted?.facts['entries'];
  if (typeof entries !== 'number' || entries <= (checkpoint?.entries ?? 0)) return false;
  return rows.some(({ entry }) => entry?.sequence === entries - 1);
}

function cutOff(
  places: readonly Place[],
  {
    start,
    kept,
    head,
  }: { readonly start: AuditHead; readonly kept: AuditHead; readonly head: AuditHead },
): readonly Flaw[] {
  // What has been forgotten since can no longer be compared.
  if (kept.entries < start.entries) return [];
  const hash =
    kept.entries === start.entries
      ? start.hash
      : places.find(({ sequence }) => sequence === kept.entries - 1)?.row.hash;
  if (hash === kept.hash) return [];
  const sequence = Math.max(0, kept.entries - 1);
  const detail =
    hash === undefined
      ? `the chain has had ${kept.entries} rows and now ends after ${head.entries}`
      : `row ${sequence} is another one than it was`;
  return [{ kind: 'cut-off', sequence, detail }];
}
