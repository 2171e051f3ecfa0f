import type { Millis } from '../domain/certificate.ts';
import type { AuditTrail } from '../ports/audit.ts';
import type { Journal } from '../ports/state.ts';
import { forgetAlerts } from './alert-admin.ts';
import type { AlertDeps } from './alerting.ts';

export interface RetentionDeps extends AlertDeps {
  readonly journal: Pick<Journal, 'forget'>;
  readonly audit: Pick<AuditTrail, 'forget'>;
  /** The store's own clock. */
  readonly storeNow: () => Promise<Date>;
  /** How long what is over stays readable, and the audit. Asked each time: the configuration may be read again. */
  readonly keep: () => { readonly journal: Millis; readonly audit: Millis };
}

/** It reads every record, so once an hour is often enough for an age of days. */
const pause: Millis = 3_600_000;

/**
 * Forgets finished rotations, resolved alerts and rows of the audit once they are older than the operator keeps them; nothing that still asks for
 * somebody, however old. May be called every minute: it does something at most once an hour. A run that failed is not counted.
 */
export function openRetention(deps: RetentionDeps): () => Promise<void> {
  let done: Millis | null = null;
  return async () => {
    const now = deps.clock.monotonic();
    if (done !== null && now - done < pause) return;
    // A clock of ours that runs ahead must not make everything old.
    const today = Math.min(deps.clock.now().getTime(), (await deps.storeNow()).getTime());
    const keep = deps.keep();
    const before = new Date(today - keep.journal);
    const rotations = await deps.journal.forget(before);
    if (rotations > 0)
      deps.log.info({ rotations, before: before.toISOString() }, 'old rotations forgotten');
    await forgetAlerts(deps, before);
    const rows = await deps.audit.forget(new Date(today - keep.audit), new Date(today));
    if (rows > 0) deps.log.info({ rows }, 'old rows of the audit forgotten');
    done = now;
  };
}
