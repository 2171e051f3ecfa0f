import { Counter, Gauge, Histogram, type Metric, type Registry } from 'prom-client';

/** From a change that nothing holds up to a cloud that takes half an hour over a job. */
const durations = [10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200];

/** What this process did since it started: a total over all replicas is their sum. */
export function openCounters(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter<L>({ name: `newleaf_${name}`, help, labelNames: [...labelNames], registers });
  return {
    calls: counter(
      'aliyun_api_requests_total',
      'Calls to the cloud by action and answer; code is ok for those that went well.',
      ['account', 'region', 'action', 'code'],
    ),
    rotations: counter('rotation_total', 'Rotations ended by this process, by outcome.', [
      'result',
    ]),
    rollbacks: counter(
      'rollback_total',
      'Rollbacks ended by this process: restored, or failed and now waiting for an operator.',
      ['result'],
    ),
    durations: new Histogram({
      name: 'newleaf_rotation_duration_seconds',
      help: 'From the first write of a rotation to its end.',
      labelNames: ['result'],
      buckets: durations,
      registers,
    }),
    deliveries: counter(
      'alert_delivery_total',
      'Deliveries of alerts by sink and what the receiver answered.',
      ['sink', 'result'],
    ),
  };
}

/** What is true of this process alone. Returns the gauge of its readiness. */
export function openProcess(registry: Registry, version: string): Gauge<'check'> {
  const registers = [registry];
  const build = { version, node: process.version };
  const info = new Gauge({
    name: 'newleaf_build_info',
    help: 'Which release runs here; always 1.',
    labelNames: ['version', 'node'],
    registers,
  });
  info.set(build, 1);
  for (const metric of machineMetrics) registry.registerMetric(metric());
  return new Gauge({
    name: 'newleaf_ready',
    help: 'What /readyz looks at, one by one.',
    labelNames: ['check'],
    registers,
  });
}

/** The names under which every dashboard of processes looks for them; read at the moment of the scrape. */
const machineMetrics: readonly (() => Metric)[] = [
  () =>
    new Gauge({
      name: 'process_start_time_seconds',
      help: 'When this process started, in seconds since 1970.',
      registers: [],
      collect() {
        this.set(startedAt);
      },
    }),
  () =>
    new Gauge({
      name: 'process_resident_memory_bytes',
      help: 'Memory of this process.',
      registers: [],
      collect() {
        this.set(process.memoryUsage.rss());
      },
    }),
  () =>
    new Counter({
      name: 'process_cpu_seconds_total',
      help: 'Processor time that this process has used.',
      registers: [],
      collect() {
        const { user, system } = process.cpuUsage();
        this.reset();
        this.inc((user + system) / 1e6);
      },
    }),
];

const startedAt = Math.round(Date.now() / 1000 - process.uptime());
