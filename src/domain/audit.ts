import type { Digest } from './plan.ts';
import type { JournalEvent } from './rotation.ts';

/** What was decided or done. Programs filter by it. */
export type AuditAction =
  | 'daemon.started'
  | 'config.reloaded'
  | 'config.refused'
  | 'scan.ordered'
  | 'request.accepted'
  | 'request.refused'
  | 'plan.approved'
  | 'approval.refused'
  | 'freeze.ordered'
  | 'freeze.refused'
  | 'freeze.lifted'
  | 'quarantine.lifted'
  | 'alert.acknowledged'
  | 'sink.tested'
  | 'rotation.admitted'
  /** One entry of a rotation's Journal, by its kind. */
  | `rotation.${JournalEvent['kind']}`
  | 'state.exported'
  | 'state.imported'
  /** The rows before were forgotten for their age: the chain begins behind them. */
  | 'audit.forgotten';

export type AuditFacts = Readonly<Record<string, string | number | boolean | null>>;

/** One row before it has a place. */
export interface AuditNote {
  readonly at: Date;
  /** The name of a token, who a request says it is from, `schedule`, or `newleaf` for what the daemon does by itself. */
  readonly actor: string;
  readonly action: AuditAction;
  /** Full listener key. */
  readonly listener: string | null;
  readonly rotationId: string | null;
  readonly planHash: string | null;
  /** The idempotency token of a cloud write. */
  readonly clientToken: string | null;
  /** The cloud's own id of a call. */
  readonly cloudRequestId: string | null;
  /** Whatever else there is to say. Never a secret. */
  readonly facts: AuditFacts;
  /** Names what the row tells of: a second note from the same source tells nothing new and is not written. */
  readonly source: string;
}

/** One row in its place. */
export interface AuditEntry extends AuditNote {
  /** From 0, without gaps. */
  readonly sequence: number;
  /** The hash of the row before; 64 zeros for the first. */
  readonly previous: string;
}

/** Where the chain ends: how many rows it has had, and the hash of the last. Whoever keeps it can prove later that none was changed. */
export interface AuditHead {
  readonly entries: number;
  readonly hash: string;
}

/** The hash that stands before the first row. */
export const genesis = '0'.repeat(64);

/** A note with everything that it does not say left empty. */
export function auditNote(
  told: Pick<AuditNote, 'at' | 'actor' | 'action' | 'source'> & Partial<AuditNote>,
): AuditNote {
  return {
    listener: null,
    rotationId: null,
    planHash: null,
    clientToken: null,
    cloudRequestId: null,
    facts: {},
    ...told,
  };
}

/** The row's hash: SHA-256 over its canonical JSON, in which keys are sorted and instants are ISO text. */
export function hashOfEntry(entry: AuditEntry, sha256: Digest): string {
  return sha256(canonical(entry));
}

/** JSON that is the same for the same value, whatever the order of its keys. */
function canonical(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
}
