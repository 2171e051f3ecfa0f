import { z } from 'zod';
import type { StoreSite } from '../../domain/certificate.ts';
import type { Clock, Entropy } from '../../ports/clock.ts';
import type { CloudAccount } from '../../ports/listeners.ts';
import type { Log } from '../../ports/log.ts';
import { Caller, type CallRecord, type CallTimeouts } from './call.ts';
import { CasStore } from './certificates.ts';
import { Clients, type Endpoints } from './clients.ts';
import type { CredentialSource } from './credentials.ts';
import { NlbListeners } from './listeners.ts';
import { NlbReader } from './nlb-reader.ts';
import { RateLimits } from './rates.ts';
import { reader, text } from './replies.ts';
import { tryActions } from './trials.ts';
import { NlbWriter } from './writer.ts';

export interface AccountOptions {
  readonly name: string;
  readonly credentials: CredentialSource;
  /** Null means all that the account can use. */
  readonly regions: readonly string[] | null;
  readonly endpoints: Endpoints;
  readonly timeouts: CallTimeouts;
  /** Share of the documented rates that this process may use: above 0, at most 1. Null keeps no rate; never against the real cloud. */
  readonly rateShare: number | null;
  /** Tags, `key` or `key=value`, that mark listeners somebody else manages. */
  readonly ownerTags: readonly string[];
  /** Whether certificates are asked for their exact dates. RAM cannot keep private keys out of that reply. */
  readonly useDetail: boolean;
}

export interface AccountDeps {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly onCall: (record: CallRecord) => void;
}

/** One configured account. Nothing is called before the first use. */
export function openAccount(options: AccountOptions, deps: AccountDeps): CloudAccount {
  const { name, regions, endpoints, timeouts, useDetail } = options;
  const { clock, entropy, log, onCall } = deps;
  const rates = new RateLimits(clock, options.rateShare, (slowed) =>
    log.warn({ account: name, ...slowed }, 'the cloud throttles these calls, making them slower'),
  );
  const caller = new Caller({ account: name, clock, entropy, rates, timeouts, onCall });
  const { attemptMs } = timeouts;
  const clients = new Clients({ credentials: options.credentials, endpoints, attemptMs });
  const storeOf = (site: StoreSite): CasStore =>
    new CasStore({
      account: name,
      site,
      client: clients.cas(site),
      pca: clients.pca(site),
      caller,
      clock,
      log,
      useDetail,
    });
  const stores = {
    'cn-hangzhou': storeOf('cn-hangzhou'),
    'ap-southeast-1': storeOf('ap-southeast-1'),
  };
  return {
    name,
    regions,
    listeners: new NlbListeners({
      account: name,
      nlb: new NlbReader(clients, caller),
      ownerTags: options.ownerTags,
      homeRegion: regions?.[0] ?? Object.keys(endpoints['nlb'] ?? {})[0] ?? 'cn-hangzhou',
      skewMs: () => caller.skewMs(),
    }),
    writer: new NlbWriter(clients, caller),
    stores: (site) => stores[site],
    identity: (signal) => identityOf(clients, caller, signal),
    tryActions: (asked, signal) => tryActions({ clients, caller }, asked, signal),
  };
}

const readIdentity = reader(
  z.object({ accountId: text, arn: text }).transform(({ accountId, arn }) => ({ accountId, arn })),
);

async function identityOf(
  clients: Clients,
  caller: Caller,
  signal: AbortSignal,
): Promise<{ readonly accountId: string; readonly arn: string }> {
  const sts = clients.sts();
  return caller.call(
    {
      kind: 'read',
      action: 'GetCallerIdentity',
      region: 'global',
      send: () => sts.getCallerIdentity(),
      read: readIdentity,
    },
    signal,
  );
}
