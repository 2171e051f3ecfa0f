import { Registry } from 'prom-client';
import { openCounters, openProcess } from './counters.ts';
import { openGauges } from './gauges.ts';
import { forget, measure, type Reading } from './measure.ts';

/** One finished cloud call. `code` is null when it went well. */
interface CloudCall {
  readonly account: string;
  readonly region: string;
  readonly action: string;
  readonly code: string | null;
}

/** How one rotation has come to an end. */
interface RotationEnd {
  readonly result: RotationResult;
  /** From the first write to the end; null when nothing was written or nobody knows. */
  readonly seconds: number | null;
  /** Set when it took the change back, or tried to. */
  readonly rollback: RollbackResult | null;
}

/** The events by which a rotation ends. */
export const rotationResults = [
  'committed',
  'rolled-back',
  'refused',
  'needs-operator',
  'deferred',
] as const;
export type RotationResult = (typeof rotationResults)[number];

const rollbackResults = ['restored', 'failed'] as const;
type RollbackResult = (typeof rollbackResults)[number];

/** One thing that `/readyz` looks at. */
interface ReadyCheck {
  readonly name: string;
  readonly ok: boolean;
}

/** The daemon's metrics: timestamps in seconds, never days left; no names of certificates in labels. */
export interface Meter {
  cloudCall(call: CloudCall): void;
  /** One rotation has come to an end. */
  rotationEnded(end: RotationEnd): void;
  /** A receiver has answered one delivery. */
  delivered(sink: string, result: string): void;
  /** Replaces everything said about what the store holds. */
  measure(reading: Reading): void;
  /** Replaces what is said about this process's readiness. */
  ready(checks: readonly ReadyCheck[]): void;
  /** In the text format that Prometheus scrapes. */
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export function openMeter(version: string): Meter {
  const registry = new Registry();
  const gauges = openGauges(registry);
  const counters = openCounters(registry);
  const ready = openProcess(registry, version);
  forget(gauges);
  // A counter that first appears at 1 has no rise that anybody could alert on.
  for (const result of rotationResults) counters.rotations.inc({ result }, 0);
  for (const result of rollbackResults) counters.rollbacks.inc({ result }, 0);
  return {
    cloudCall: ({ account, region, action, code }) =>
      counters.calls.inc({ account, region, action, code: codeLabel(code) }),
    rotationEnded: ({ result, seconds, rollback }) => {
      counters.rotations.inc({ result });
      if (rollback !== null) counters.rollbacks.inc({ result: rollback });
      if (seconds !== null) counters.durations.observe({ result }, seconds);
    },
    delivered: (sink, result) => counters.deliveries.inc({ sink, result }),
    measure: (reading) => measure(gauges, reading),
    ready: (checks) => {
      for (const { name, ok } of checks) ready.set({ check: name }, ok ? 1 : 0);
    },
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

/** Codes come from the other side: whatever does not look like one shares a label. */
function codeLabel(code: string | null): string {
  if (code === null) return 'ok';
  return /^[A-Za-z][\w.-]{0,79}$/.test(code) ? code : 'other';
}
