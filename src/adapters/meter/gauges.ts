import { Gauge, type Registry } from 'prom-client';

const listener = ['account', 'region', 'lb', 'listener'] as const;
const quota = ['account', 'region', 'lb', 'quota'] as const;

/** What is true for the whole installation: every replica reads it from the store and says the same. */
export function openGauges(registry: Registry) {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge<L>({
      name: `newleaf_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [registry],
    });
  return { ...ofListeners(gauge), ...ofInstallation(gauge), ...ofAlerts(gauge) };
}

type Make = <L extends string>(name: string, help: string, labelNames: readonly L[]) => Gauge<L>;

function ofListeners(gauge: Make) {
  return {
    notAfter: gauge(
      'cert_not_after_timestamp_seconds',
      'End of validity of each bound certificate, in seconds since 1970; still told after it has passed.',
      [...listener, 'slot', 'cert_id'],
    ),
    bindings: gauge('bindings', 'Bound certificates by how urgent their end is.', ['severity']),
    probed: gauge(
      'probe_success',
      'Whether the last look at this address of a listener ended with a certificate.',
      [...listener, 'zone', 'vip'],
    ),
    matched: gauge(
      'served_match',
      'Whether this address of a listener serves what is bound; absent where nothing was served.',
      [...listener, 'zone', 'vip'],
    ),
    quotaUsed: gauge('quota_used', 'How much of a quota of a load balancer is in use.', quota),
    quotaLimit: gauge('quota_limit', 'What a load balancer may hold.', quota),
  };
}

function ofInstallation(gauge: Make) {
  return {
    lastScan: gauge(
      'last_scan_success_timestamp_seconds',
      'When the last scan ended, in seconds since 1970; what it could not read is in newleaf_scan_missing.',
      [],
    ),
    scanEvery: gauge('scan_interval_seconds', 'How often a scan is due.', []),
    missing: gauge('scan_missing', 'Readings that failed in the last scan.', ['account', 'region']),
    inProgress: gauge('rotation_in_progress', 'Rotations under way.', []),
    held: gauge('listeners_on_hold', 'Listeners that wait for an operator after a rotation.', []),
    quarantined: gauge(
      'candidates_quarantined',
      'Certificates that no listener tries for a while, as one rotation to them failed.',
      [],
    ),
    skew: gauge(
      'clock_skew_seconds',
      "The worst difference between another clock (the store's or the cloud's) and this machine's.",
      [],
    ),
  };
}

function ofAlerts(gauge: Make) {
  return {
    alerts: gauge('alerts_firing', 'Alerts that fire now.', ['kind', 'severity']),
    sinkWorks: gauge('sink_working', 'Whether a sink takes our messages.', ['sink']),
    sinkAccepted: gauge(
      'sink_last_accepted_timestamp_seconds',
      'When a sink last accepted a message, in seconds since 1970; absent before the first.',
      ['sink'],
    ),
  };
}

export type Gauges = ReturnType<typeof openGauges>;
