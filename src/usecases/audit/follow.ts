import { auditOfRotation } from '../../domain/audit-rotation.ts';
import type { AuditTrail } from '../../ports/audit.ts';
import type { Journal } from '../../ports/state.ts';

export interface FollowJournalDeps {
  readonly audit: Pick<AuditTrail, 'append' | 'followed' | 'setFollowed' | 'unfollow'>;
  readonly journal: Pick<Journal, 'open' | 'read'>;
}

/**
 * Copies into the audit what the Journals of open rotations hold and it does not. A crash between a Journal's entry and its row
 * loses nothing, because the Journal is read again; a rotation whose Journal cannot be read holds up no other.
 */
export async function followJournals(deps: FollowJournalDeps): Promise<void> {
  const failures: unknown[] = [];
  for (const id of await deps.journal.open())
    await followOne(deps, id).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/** The Journal, in which no rotation is settled before all of it stands in the audit. */
export function auditedJournal(journal: Journal, audit: FollowJournalDeps['audit']): Journal {
  return {
    ...journal,
    settle: async (rotationId) => {
      await followOne({ journal, audit }, rotationId);
      await journal.settle(rotationId);
      await audit.unfollow(rotationId);
    },
  };
}

async function followOne({ audit, journal }: FollowJournalDeps, rotationId: string): Promise<void> {
  const stored = await journal.read(rotationId);
  if (stored === null) return;
  const rows = auditOfRotation(stored.record, stored.entries);
  const known = await audit.followed(rotationId);
  if (known >= rows.length) return;
  await audit.append(rows.slice(known));
  await audit.setFollowed(rotationId, rows.length);
}
