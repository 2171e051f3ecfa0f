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
  /** The worst known difference of clocks, theirs minus ours; null when none is known. */
  readonly skewMs: () => Promise<Millis | null>;
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
    scanEverySeconds: Math.round(parts.scanEvery() / 1000),
    skewSeconds: await skewOf(parts),
    checks,
  };
}

/** A clock that cannot be asked tells nothing: that the store is away has a check of its own. */
async function skewOf({ skewMs }: HealthParts): Promise<number | null> {
  const skew = await skewMs().catch(() => null);
  return skew === null ? null : Math.round(skew / 1000);
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
