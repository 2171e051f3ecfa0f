import type { Millis } from '../domain/certificate.ts';
import type { Journal } from '../ports/state.ts';
import { forgetAlerts } from './alert-admin.ts';
import type { AlertDeps } from './alerting.ts';

export interface RetentionDeps extends AlertDeps {
  readonly journal: Pick<Journal, 'forget'>;
  /** The store's own clock. */
  readonly storeNow: () => Promise<Date>;
  /** How long what is over stays readable. Asked each time: the configuration may be read again. */
  readonly keep: () => Millis;
}

/** It reads every record, so once an hour is often enough for an age of days. */
const pause: Millis = 3_600_000;

/**
 * Forgets finished rotations and resolved alerts once they are older than the operator keeps them; nothing that still asks for
 * somebody, however old. May be called every minute: it does something at most once an hour. A run that failed is not counted.
 */
export function openRetention(deps: RetentionDeps): () => Promise<void> {
  let done: Millis | null = null;
  return async () => {
    const now = deps.clock.monotonic();
    if (done !== null && now - done < pause) return;
    // A clock of ours that runs ahead must not make everything old.
    const today = Math.min(deps.clock.now().getTime(), (await deps.storeNow()).getTime());
    const before = new Date(today - deps.keep());
    const rotations = await deps.journal.forget(before);
    if (rotations > 0)
      deps.log.info({ rotations, before: before.toISOString() }, 'old rotations forgotten');
    await forgetAlerts(deps, before);
    done = now;
  };
}
