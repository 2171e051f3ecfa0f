import { readFileSync, writeSync } from 'node:fs';
import { openAccount } from './adapters/alibaba/account.ts';
import type { CallRecord } from './adapters/alibaba/call.ts';
import { openMonitor } from './adapters/alibaba/monitor.ts';
import { sha256, systemClock, systemEntropy } from './adapters/clock.ts';
import { lookAtEmbedded } from './adapters/postgres/embedded-look.ts';
import { openHeartbeat } from './adapters/sinks/heartbeat.ts';
import { openSinks } from './adapters/sinks/open.ts';
import { openAdmission } from './adapters/state/admission.ts';
import { openAuditTrail } from './adapters/state/audit/open.ts';
import { openAlertLedger } from './adapters/state/alerts.ts';
import { openInventory } from './adapters/state/inventory.ts';
import { openJournal } from './adapters/state/journal.ts';
import { openLeases } from './adapters/state/leases.ts';
import { openOperatorState } from './adapters/state/operator.ts';
import { openProber } from './adapters/tls/prober.ts';
import { openLog } from './adapters/log.ts';
import { openMeter, type Meter } from './adapters/meter/meter.ts';
import { rulesFrom } from './config/rules.ts';
import type { Config } from './config/schema.ts';
import { credentialSource } from './credential-source.ts';
import type { Millis } from './domain/certificate.ts';
import { NewleafError } from './domain/errors.ts';
import { openStore } from './open-store.ts';
import type { AlertLedger } from './ports/alert-ledger.ts';
import type { AuditTrail } from './ports/audit.ts';
import type { Clock, Entropy } from './ports/clock.ts';
import type { CloudAccount } from './ports/listeners.ts';
import type { Log } from './ports/log.ts';
import type { OperatorBook } from './ports/operator-state.ts';
import type { Monitor } from './ports/monitor.ts';
import type { Prober } from './ports/prober.ts';
import type { QueueConnection } from './ports/queue.ts';
import type { Heartbeat, Sink } from './ports/sink.ts';
import type { AdmissionBook, InventoryBook, Journal, Leases } from './ports/state.ts';
import type { Store } from './ports/store.ts';
import { version } from './version.ts';
import {
  daysLeftMonitors,
  heartbeatOptions,
  type MonitorFor,
  sinkOptions,
} from './sink-options.ts';

export { lookAtEmbedded };

/** What only the operating system can give. */
export const machine = { clock: systemClock, entropy: systemEntropy, sha256 } as const;

/** The daemon's log on standard output, written at once: the last lines before a crash are the ones that matter. */
export function createDaemonLog(level: 'debug' | 'info'): Log {
  return openLog(level, { write: (line) => void writeSync(1, line) });
}

/** The cloud and its endpoints: enough to look, nothing to remember. */
export interface Watch {
  readonly accounts: readonly CloudAccount[];
  readonly prober: Prober;
}

/** Where the daemon remembers and how it reaches people. */
export interface Infra extends Watch {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly store: Store;
  readonly queue: QueueConnection;
  readonly journal: Journal;
  readonly admission: AdmissionBook;
  readonly inventory: InventoryBook;
  readonly operator: OperatorBook;
  readonly ledger: AlertLedger;
  readonly leases: Leases;
  readonly audit: AuditTrail;
  readonly sinks: readonly Sink[];
  /** Where the days left of each certificate are reported. */
  readonly monitors: readonly Monitor[];
  /** Null when no URL is configured. */
  readonly heartbeat: Heartbeat | null;
  readonly meter: Meter;
  close(): Promise<void>;
}

/** How long calls may take, all from the one time-out that the operator set. In milliseconds. */
export function callTimes(config: Config): {
  readonly attempt: Millis;
  readonly total: Millis;
  readonly lease: Millis;
} {
  const attempt = config.cloud.timeouts.read;
  return { attempt, total: 2 * attempt, lease: 3 * attempt };
}

/** Opens the cloud accounts and the prober. Nothing is called yet. */
export function openWatch(config: Config, log: Log, meter: Meter = openMeter(version)): Watch {
  return {
    accounts: config.accounts.map((account) => openConfigured(config, account, { log, meter })),
    prober: openProber({
      vantage: config.probe.vantage,
      dial: config.cloud.dial,
      roots: config.probe.roots.map(readRoot),
      identities: new Map(
        config.clientIdentities.map(({ name, certificate, key }) => [
          name,
          { certificate: certificate.reveal(), key: key.reveal() },
        ]),
      ),
      timeoutMs: config.probe.timeout,
      concurrency: config.probe.concurrency,
      perLoadBalancerPerSecond: config.probe.perLoadBalancer,
      clock: systemClock,
    }),
  };
}

/** Opens everything the daemon works with. Rejects with `data-dir.locked` or `config.invalid`; a store that is away is waited for. */
export async function openInfra(config: Config, log: Log): Promise<Infra> {
  const opened = await openStore(config, log);
  const { store, queue } = opened;
  const meter = openMeter(version);
  const parts = { store, clock: systemClock, entropy: systemEntropy };
  const ttl = callTimes(config).lease;
  const heartbeat = heartbeatOptions(config);
  const monitorFor = monitorsOf(config, meter);
  return {
    ...openWatch(config, log, meter),
    ...parts,
    queue,
    journal: openJournal(parts),
    admission: openAdmission(store),
    inventory: openInventory(store),
    operator: openOperatorState(store),
    ledger: openAlertLedger(store),
    audit: openAuditTrail({ store, sha256 }),
    leases: openLeases({ ...parts, ttl, callTimeout: storeCallTimeout }),
    sinks: openSinks(sinkOptions(config, monitorFor), { log, clock: systemClock }),
    monitors: daysLeftMonitors(config, monitorFor),
    heartbeat: heartbeat && openHeartbeat(heartbeat, systemClock),
    meter,
    close: () => opened.close(),
  };
}

/** The longest one call to the store may take. */
const storeCallTimeout: Millis = 8000;

function openConfigured(
  config: Config,
  account: Config['accounts'][number],
  { log, meter }: { readonly log: Log; readonly meter: Meter },
): CloudAccount {
  const { name, credentials, regions } = account;
  const { attempt, total } = callTimes(config);
  return openAccount(
    {
      name,
      credentials: credentialSource(credentials),
      regions: regions === 'all' ? null : regions,
      endpoints: config.cloud.endpoints,
      timeouts: { attemptMs: attempt, totalMs: total },
      rateShare: config.cloud.rateShare,
      ownerTags: config.cloud.ownerTags,
      // Whoever only observes must not be asked for a permission that can hand out private keys.
      useDetail: rulesFrom(config).policies.some(({ mode }) => mode !== 'observe'),
    },
    { clock: systemClock, entropy: systemEntropy, log, onCall: (call) => meter.cloudCall(call) },
  );
}

function monitorsOf(config: Config, meter: Meter): MonitorFor {
  const { endpoints, rateShare } = config.cloud;
  const { attempt, total } = callTimes(config);
  const timeouts = { attemptMs: attempt, totalMs: total };
  const onCall = (call: CallRecord): void => meter.cloudCall(call);
  const deps = { clock: systemClock, entropy: systemEntropy, onCall };
  return ({ account, region }) => {
    const owner = config.accounts.find(({ name }) => name === (account ?? name));
    const credentials = credentialSource(owner?.credentials ?? null);
    const place = { account: owner?.name ?? '', region, endpoints };
    return openMonitor({ ...place, credentials, timeouts, rateShare }, deps);
  };
}

function readRoot(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new NewleafError('config.unreadable', `cannot read the trust root ${path}`, {
      cause: error,
    });
  }
}
