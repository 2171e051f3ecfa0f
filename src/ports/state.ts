import type { Admission } from '../domain/admission.ts';
import type { Inventory } from '../domain/inventory.ts';
import type { JournalEntry, JournalEvent, RotationRecord } from '../domain/rotation.ts';

/** A rotation's record and Journal as stored. */
export interface StoredRotation {
  readonly record: RotationRecord;
  readonly entries: readonly JournalEntry[];
}

/** The Journal of every rotation. Appends are durable when they resolve (see `Store.append`). */
export interface Journal {
  /** Writes the record once; a second create of the same id with the same content is fine. */
  create(record: RotationRecord): Promise<void>;
  /** Null when no such rotation was created. */
  read(rotationId: string): Promise<StoredRotation | null>;
  /**
   * Appends after exactly `after` entries and returns the entry as written. Another writer's entry at that place is
   * `store.conflict`: whoever sees it has lost the rotation and stops.
   */
  append(rotationId: string, event: JournalEvent, after: number): Promise<JournalEntry>;
  /** The ids of all rotations, newest first, at most `limit`. */
  recent(limit: number): Promise<readonly string[]>;
  /** The ids of rotations without a `closed` entry, or with a second look still due. */
  open(): Promise<readonly string[]>;
  /** Takes a rotation out of `open`, once nothing more is due. Idempotent. */
  settle(rotationId: string): Promise<void>;
  /**
   * Forgets every rotation that is not in `open` and to which nothing happened since `before`: its record and its entries.
   * Resolves to how many. Idempotent; a crash in between leaves nothing that the next call would not find.
   */
  forget(before: Date): Promise<number>;
}

/** A document that changes by compare and set. */
export interface Document<T> {
  read(): Promise<T>;
  /**
   * Reads, asks `change`, writes; starts again when another writer was first. `change` must be pure: it may run several
   * times. It returns the document as it should be and a result for the caller; an unchanged document is not written.
   */
  update<R>(change: (current: T) => { readonly next: T; readonly result: R }): Promise<R>;
}

export type AdmissionBook = Document<Admission>;

/** The Inventory, kept in pieces so that a scan of one region rewrites only that region. */
export interface InventoryBook {
  /** When the last scan ended, as in the whole Inventory, for little; null before the first. */
  takenAt(): Promise<Date | null>;
  read(): Promise<Inventory>;
  save(inventory: Inventory): Promise<void>;
}

/** A lease held by this process. */
export interface Lease {
  readonly name: string;
  /** Milliseconds of it that are surely left, by the monotonic clock. Zero once it is lost. */
  remaining(): number;
  /** Rejects with `lease.lost` when another holder has taken it. */
  renew(): Promise<void>;
  release(): Promise<void>;
}

export interface Leases {
  /**
   * The lease, or null while somebody else holds it. A holder is judged dead when its lease did not change for the lease's
   * time to live plus one call's time-out, measured on our own monotonic clock: so the first call for a held lease never wins.
   */
  acquire(name: string): Promise<Lease | null>;
  /** Looks at a lease without wanting it yet, so that the judgement of a later `acquire` can count from here. */
  watch(name: string): Promise<void>;
}
