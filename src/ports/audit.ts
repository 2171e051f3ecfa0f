import type { AuditHead, AuditNote } from '../domain/audit.ts';
import type { Checkpoint, StoredRow } from '../domain/audit-chain.ts';

/**
 * Every decision and every write, in a chain in which each row carries the hash of the one before. Replicas append to the same
 * chain and lose nothing.
 */
export interface AuditTrail {
  /**
   * Adds the notes in this order, leaving out those whose source has been told lately. Durable when it resolves (see `Store.append`).
   * When it rejects, some may have been added: repeating the call adds the others.
   */
  append(notes: readonly AuditNote[]): Promise<void>;
  /** Where the chain ends now. */
  head(): Promise<AuditHead>;
  /** What comes before the first kept row; null when nothing was forgotten. */
  checkpoint(): Promise<Checkpoint | null>;
  /** The rows in parts, as stored: the oldest part first, or the newest. Each part's rows are oldest first. */
  parts(first: 'oldest' | 'newest'): AsyncIterable<readonly StoredRow[]>;
  /**
   * Forgets whole parts of which every row is older than `before`, never the last part. Resolves to how many rows. What remains can
   * still be checked: a row says up to where the chain was forgotten. Idempotent, also after a crash.
   */
  forget(before: Date, now: Date): Promise<number>;
  /** How many rows of a rotation have been added; 0 when none were. */
  followed(rotationId: string): Promise<number>;
  setFollowed(rotationId: string, rows: number): Promise<void>;
  /** Forgets how far a rotation was followed, once nothing more will happen to it. Absent is fine. */
  unfollow(rotationId: string): Promise<void>;
}
