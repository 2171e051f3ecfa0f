import { CallLog } from './calls.ts';
import { emptySites, type Sites } from './cas/site.ts';
import { type SandboxClock, skewedClock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import { Monitor } from './cms/monitor.ts';
import { FaultBook } from './faults/book.ts';
import { RateLimits } from './http/rate-limits.ts';
import { ClientTokens } from './nlb/client-tokens.ts';
import { Jobs } from './nlb/jobs.ts';
import { LoadBalancing } from './nlb/load-balancing.ts';
import type { Settings } from './options.ts';
import type { Trust } from './x509/trust.ts';

/** Everything one sandbox account holds. A reset throws it away and seeds a new one. */
export interface World {
  readonly clock: SandboxClock;
  readonly settings: Settings;
  readonly trust: Trust;
  readonly credentials: Credentials;
  readonly regions: readonly string[];
  readonly sites: Sites;
  readonly balancing: LoadBalancing;
  readonly jobs: Jobs;
  readonly tokens: ClientTokens;
  readonly faults: FaultBook;
  readonly calls: CallLog;
  readonly rates: RateLimits;
  readonly monitor: Monitor;
  /** Request nonces seen, by access key, with the time each may be forgotten, by `performance.now()`. */
  readonly nonces: Map<string, number>;
}

export type WorldBase = Pick<World, 'clock' | 'settings' | 'trust' | 'credentials' | 'regions'>;

export function emptyWorld(base: WorldBase): World {
  const faults = new FaultBook();
  return {
    ...base,
    clock: skewedClock(base.clock, faults),
    sites: emptySites(),
    balancing: new LoadBalancing(base.settings.readLagMillis),
    jobs: new Jobs(faults, base.settings.jobMillis),
    tokens: new ClientTokens(),
    faults,
    calls: new CallLog(),
    rates: new RateLimits(),
    monitor: new Monitor(),
    nonces: new Map(),
  };
}
