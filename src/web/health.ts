import type { HealthDocument } from '../api/health.ts';
import type { Millis } from '../domain/certificate.ts';

export interface HealthParts {
  readonly version: string;
  readonly startedAt: Date;
  readonly now: () => Date;
  /** The store's own clock: rejects while it is away. */
  readonly storeNow: () => Promise<Date>;
  readonly lastScan: () => Promise<Date | null>;
  readonly scanEvery: () => Millis;
  readonly anySinkWorks: () => Promise<boolean>;
}

type Check = HealthDocument['checks'][number];

/** Whether this daemon does its duty, in checks that each say what is wrong. Never rejects: what cannot be asked has failed. */
export async function healthOf(parts: HealthParts): Promise<HealthDocument> {
  const checks = await Promise.all([
    check('store', 'the store cannot be reached', async () => {
      await parts.storeNow();
      return null;
    }),
    check('scan', 'the last scan is not known', () => staleness(parts)),
    check('sinks', 'the sinks are not known', async () =>
      (await parts.anySinkWorks())
        ? null
        : 'no sink accepts alerts: nobody would hear of a problem',
    ),
  ]);
  return {
    ready: checks.every(({ ok }) => ok),
    version: parts.version,
    startedAt: parts.startedAt.toISOString(),
    checks,
  };
}

/** A daemon that has just started gets one interval for its first scan. */
async function staleness(parts: HealthParts): Promise<string | null> {
  const last = (await parts.lastScan()) ?? parts.startedAt;
  const age = parts.now().getTime() - Math.max(last.getTime(), parts.startedAt.getTime());
  return age > 2 * parts.scanEvery() ? `the last scan ended at ${last.toISOString()}` : null;
}

async function check(
  name: string,
  whenUnknown: string,
  ask: () => Promise<string | null>,
): Promise<Check> {
  try {
    const complaint = await ask();
    return { name, ok: complaint === null, detail: complaint ?? '' };
  } catch {
    return { name, ok: false, detail: whenUnknown };
  }
}
