import { Counter, Gauge, Registry } from 'prom-client';
import type { Assessment } from '../../domain/assessment.ts';

/** One finished cloud call. `code` is null when it went well. */
interface CloudCall {
  readonly account: string;
  readonly region: string;
  readonly action: string;
  readonly code: string | null;
}

/** The daemon's metrics: timestamps in seconds, never days left; no names of certificates in labels. */
export interface Meter {
  cloudCall(call: CloudCall): void;
  /** One rotation has come to an end. */
  rotationEnded(result: string): void;
  /** A receiver has answered one delivery. */
  delivered(sink: string, result: string): void;
  scanned(at: Date): void;
  /** Replaces everything said about bindings. */
  bindings(assessments: readonly Assessment[]): void;
  /** In the text format that Prometheus scrapes. */
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
}

const bindingLabels = ['account', 'region', 'lb', 'listener', 'slot', 'cert_id'] as const;

export function openMeter(): Meter {
  const registry = new Registry();
  const series = register(registry);
  // Until a scan has ended there is nothing to say; a zero would look like a scan in 1970.
  series.lastScan.remove();
  return {
    cloudCall: ({ account, region, action, code }) =>
      series.calls.inc({ account, region, action, code: code ?? 'ok' }),
    rotationEnded: (result) => series.rotations.inc({ result }),
    delivered: (channel, result) => series.deliveries.inc({ channel, result }),
    scanned: (at) => series.lastScan.set(at.getTime() / 1000),
    bindings: (assessments) => {
      series.notAfter.reset();
      for (const assessment of assessments) setNotAfter(series.notAfter, assessment);
    },
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

function register(registry: Registry) {
  const registers = [registry];
  return {
    calls: new Counter({
      name: 'newleaf_aliyun_api_requests_total',
      help: 'Calls to the cloud by action and answer; code is ok for those that went well.',
      labelNames: ['account', 'region', 'action', 'code'],
      registers,
    }),
    rotations: new Counter({
      name: 'newleaf_rotation_total',
      help: 'Rotations ended by this process, by outcome.',
      labelNames: ['result'],
      registers,
    }),
    deliveries: new Counter({
      name: 'newleaf_alert_delivery_total',
      help: 'Deliveries of alerts by sink and what the receiver answered.',
      labelNames: ['channel', 'result'],
      registers,
    }),
    lastScan: new Gauge({
      name: 'newleaf_last_scan_success_timestamp_seconds',
      help: 'When the last scan ended, in seconds since 1970.',
      registers,
    }),
    notAfter: new Gauge({
      name: 'newleaf_cert_not_after_timestamp_seconds',
      help: 'End of validity of each bound certificate, in seconds since 1970.',
      labelNames: bindingLabels,
      registers,
    }),
  };
}

function setNotAfter(
  gauge: Gauge<(typeof bindingLabels)[number]>,
  { listener, slot, certificateId, certificate }: Assessment,
): void {
  if (certificate === null || certificate.notAfter === null) return;
  const { account, region, loadBalancerId, listenerId } = listener.ref;
  gauge.set(
    { account, region, lb: loadBalancerId, listener: listenerId, slot, cert_id: certificateId },
    certificate.notAfter.getTime() / 1000,
  );
}
