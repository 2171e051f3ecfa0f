import { createHash } from 'node:crypto';
import { openAuditTrail } from '../../src/adapters/state/audit/open.ts';
import { type AuditNote, auditNote } from '../../src/domain/audit.ts';
import type { AuditTrail } from '../../src/ports/audit.ts';
import type { Store } from '../../src/ports/store.ts';
import { after, today } from './facts.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The audit of one replica over this store, in short parts. */
export function aTrail(store: Store, rowsPerPart = 5): AuditTrail {
  return openAuditTrail({ store, sha256, rowsPerPart });
}

/** Note number `n`: a freeze ordered by kim in minute `n`. */
export function noteNo(n: number, overrides: Partial<AuditNote> = {}): AuditNote {
  return auditNote({
    at: after(today, n * 60_000),
    actor: 'kim',
    action: 'freeze.ordered',
    facts: { freeze: `f${n}`, reason: 'sale' },
    source: `freeze/f${n}`,
    ...overrides,
  });
}

/** Notes number 0 to `count` - 1. */
export function notesUpTo(count: number): readonly AuditNote[] {
  return Array.from({ length: count }, (_, n) => noteNo(n));
}
