import type { HealthDocument } from '../api/health.ts';
import type { Millis } from '../domain/certificate.ts';
import { NewleafError } from '../domain/errors.ts';
import { mostSkew } from '../usecases/clock-check.ts';

export interface HealthParts {
  readonly version: string;
  readonly startedAt: Date;
  readonly now: () => Date;
  /** The store's own clock: rejects while it is away. */
  readonly storeNow: () => Promise<Date>;
  /** Rejects with `store.unreadable` when a newer release, or something else, has written what this one cannot read. */
  readonly readable: () => Promise<void>;
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
    check('release', 'what the store holds is not known', async () => {
      await parts.readable();
      return null;
    }),
    check('clock', 'the clocks cannot be compared', async () => skewed(await parts.skewMs())),
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

function skewed(skewMs: Millis | null): string | null {
  const apart = Math.abs(skewMs ?? 0);
  return apart > mostSkew
    ? `this clock and another one differ by ${Math.round(apart / 1000)} s: no rotation starts and no threshold moves`
    : null;
}

/** A daemon that has just started gets one interval for its first scan. */
async function staleness(parts: HealthParts): Promise<string | null> {
  const last = (await parts.lastScan()) ?? parts.startedAt;
  const age = parts.now().getTime() - Math.max(last.getTime(), parts.startedAt.getTime());
  if (age <= 2 * parts.scanEvery()) return null;
  return `the last scan ended at ${last.toISOString()}`;
}

async function check(
  name: string,
  whenUnknown: string,
  ask: () => Promise<string | null>,
): Promise<Check> {
  try {
    const complaint = await ask();
    return { name, ok: complaint === null, detail: complaint ?? '' };
  } catch (error) {
    // What the store cannot be read for is ours to word: it holds a key and a release, no secret.
    const unreadable = error instanceof NewleafError && error.code === 'store.unreadable';
    return { name, ok: false, detail: unreadable ? error.message : whenUnknown };
  }
}

/** The same in words, one line a check, for whoever asks for plain text. */
export function healthText({ ready, checks }: HealthDocument): string {
  const lines = checks.map(({ name, ok, detail }) => `${name}: ${ok ? 'ok' : detail}`);
  return `${[ready ? 'ready' : 'not ready', ...lines].join('\n')}\n`;
}
