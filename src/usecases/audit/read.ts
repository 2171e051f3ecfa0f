import type { AuditEntry, AuditHead } from '../../domain/audit.ts';
import {
  type ChainCheck,
  checkChain,
  type Checkpoint,
  type StoredRow,
} from '../../domain/audit-chain.ts';
import type { Digest } from '../../domain/plan.ts';
import type { AuditTrail } from '../../ports/audit.ts';

export interface ReadAuditDeps {
  readonly audit: Pick<AuditTrail, 'head' | 'parts' | 'checkpoint'>;
  readonly sha256: Digest;
}

/** What is asked for: all of what is given must fit. A listener fits by its key or its id, an action also by its first word. */
export interface AuditFilter {
  readonly listener?: string | undefined;
  readonly rotationId?: string | undefined;
  readonly planHash?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** A row as people ask for it. */
export interface AuditRow extends AuditEntry {
  readonly hash: string;
}

/** The newest rows that fit, newest first, at most `limit`; and where the chain ends. */
export async function listAudit(
  { audit }: ReadAuditDeps,
  filter: AuditFilter,
  limit: number,
): Promise<{ readonly rows: readonly AuditRow[]; readonly head: AuditHead }> {
  const rows: AuditRow[] = [];
  const head = await audit.head();
  for await (const part of audit.parts('newest')) {
    for (const { entry, hash } of part.toReversed()) {
      if (entry === null || !fits(entry, filter)) continue;
      rows.push({ ...entry, hash });
      if (rows.length >= limit) return { rows, head };
    }
  }
  return { rows, head };
}

/** Checks the whole chain. `kept`: an end that was written down earlier, as a heartbeat carries it. */
export async function verifyAudit(
  { audit, sha256 }: ReadAuditDeps,
  kept: AuditHead | null,
): Promise<ChainCheck & { readonly checkpoint: Checkpoint | null }> {
  for (;;) {
    const checkpoint = await audit.checkpoint();
    const rows: StoredRow[] = [];
    for await (const part of audit.parts('oldest')) rows.push(...part);
    const now = await audit.checkpoint();
    // Somebody forgot old rows while we read: the rows do not belong to the beginning that we know.
    if (now?.entries !== checkpoint?.entries) continue;
    return { ...checkChain(rows, checkpoint, { kept, sha256 }), checkpoint };
  }
}

function fits(entry: AuditEntry, filter: AuditFilter): boolean {
  const { rotationId, planHash, actor, action, since, until, listener } = filter;
  return (
    isOr(listener, entry.listener, (wanted, key) => key === wanted || key.endsWith(`/${wanted}`)) &&
    isOr(rotationId, entry.rotationId, (wanted, id) => id === wanted) &&
    isOr(planHash, entry.planHash, (wanted, hash) => hash.startsWith(wanted)) &&
    isOr(actor, entry.actor, (wanted, name) => name === wanted) &&
    isOr(
      action,
      entry.action,
      (wanted, told) => told === wanted || told.startsWith(`${wanted}.`),
    ) &&
    (since === undefined || entry.at >= since) &&
    (until === undefined || entry.at < until)
  );
}

function isOr(
  wanted: string | undefined,
  value: string | null,
  same: (wanted: string, value: string) => boolean,
): boolean {
  return wanted === undefined || (value !== null && same(wanted, value));
}
