import { z } from 'zod';
import type { AuditEntry, AuditHead } from '../domain/audit.ts';
import type { ChainCheck, Checkpoint } from '../domain/audit-chain.ts';

const HeadDocument = z.strictObject({ entries: z.int(), hash: z.string() });

const RowDocument = z.strictObject({
  sequence: z.int(),
  at: z.iso.datetime(),
  actor: z.string(),
  action: z.string(),
  listener: z.string().nullable(),
  rotationId: z.string().nullable(),
  planHash: z.string().nullable(),
  clientToken: z.string().nullable(),
  cloudRequestId: z.string().nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  source: z.string(),
  previous: z.string(),
  hash: z.string(),
});

/** What `audit --json` prints: the newest rows that fit, newest first, and where the chain ends. */
export const AuditDocument = z.strictObject({ entries: z.array(RowDocument), head: HeadDocument });
export type AuditDocument = z.infer<typeof AuditDocument>;

/** What `audit verify --json` prints. */
export const AuditCheckDocument = z.strictObject({
  whole: z.boolean(),
  /** How many rows were checked. */
  checked: z.int(),
  head: HeadDocument,
  /** Up to where rows were forgotten for their age; null when none were. */
  forgotten: HeadDocument.nullable(),
  flaws: z.array(z.strictObject({ kind: z.string(), sequence: z.int(), detail: z.string() })),
});
export type AuditCheckDocument = z.infer<typeof AuditCheckDocument>;

const rowLimit = 10_000;

/** What the listing may be asked for. */
export const AuditQuery = z.strictObject({
  listener: z.string().optional(),
  rotation: z.string().optional(),
  plan: z.string().optional(),
  actor: z.string().optional(),
  action: z.string().optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  limit: z.coerce.number().int().min(1).max(rowLimit).default(100),
});
export type AuditQuery = z.infer<typeof AuditQuery>;

/** An end of the chain that somebody has kept: `ENTRIES:HASH`, as `audit verify` prints it and the heartbeat carries it. */
export const KeptHead = z
  .string()
  .regex(/^\d{1,15}:[0-9a-f]{64}$/, 'must be ENTRIES:HASH, as newleaf audit verify prints it')
  .transform((text): AuditHead => {
    const [entries = '', hash = ''] = text.split(':');
    return { entries: Number(entries), hash };
  });

export function auditDocument(
  rows: readonly (AuditEntry & { readonly hash: string })[],
  head: AuditHead,
): AuditDocument {
  return { entries: rows.map((row) => ({ ...row, at: row.at.toISOString() })), head };
}

export function auditCheckDocument(
  check: ChainCheck & { readonly checkpoint: Checkpoint | null },
): AuditCheckDocument {
  return {
    whole: check.flaws.length === 0,
    checked: check.rows,
    head: check.head,
    forgotten: check.checkpoint,
    flaws: check.flaws.map((flaw) => ({ ...flaw })),
  };
}
