import type { Millis } from '../domain/certificate.ts';
import type { Problem } from '../domain/problem.ts';
import type { Clock } from '../ports/clock.ts';
import type { CloudAccount } from '../ports/listeners.ts';

/** More than this apart and nobody knows what is due: no rotation starts, no threshold changes. */
export const mostSkew: Millis = 60_000;

export interface ClockDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly accounts: readonly Pick<CloudAccount, 'listeners'>[];
  /** The store's own clock. */
  readonly storeNow: () => Promise<Date>;
}

interface Skew {
  /** Theirs minus ours. */
  readonly skewMs: Millis;
  readonly against: 'store' | 'cloud';
}

/**
 * The worst difference between our clock and the store's, the cloud's, and what the store remembers: an Inventory taken in
 * the future means that our clock went back. Rejects with the store's error.
 */
export async function checkClock(deps: ClockDeps, takenAt: Date | null): Promise<Skew> {
  const before = deps.clock.now().getTime();
  const theirs = (await deps.storeNow()).getTime();
  const now = deps.clock.now().getTime();
  const againstStore = theirs - (before + now) / 2;
  const ahead = takenAt === null ? 0 : Math.max(0, takenAt.getTime() - now);
  const skews: readonly Skew[] = [
    { skewMs: Math.round(againstStore), against: 'store' },
    { skewMs: ahead, against: 'store' },
    ...deps.accounts.map(({ listeners }) => ({
      skewMs: listeners.skewMs() ?? 0,
      against: 'cloud' as const,
    })),
  ];
  return skews.reduce((worst, skew) =>
    Math.abs(skew.skewMs) > Math.abs(worst.skewMs) ? skew : worst,
  );
}

/** Null while the clocks agree well enough. */
export function skewProblem(skew: Skew): Problem | null {
  if (Math.abs(skew.skewMs) <= mostSkew) return null;
  return { key: 'clock-skew', severity: 'critical', facts: { kind: 'clock-skew', ...skew } };
}
