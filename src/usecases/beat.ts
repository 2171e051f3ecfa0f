import type { AuditTrail } from '../ports/audit.ts';
import type { Heartbeat } from '../ports/sink.ts';
import { sinkHealth } from './alert-admin.ts';
import type { AlertDeps } from './alerting.ts';

export interface BeatDeps extends AlertDeps {
  readonly heartbeat: Heartbeat;
  readonly audit: Pick<AuditTrail, 'head'>;
  /** Whether the last successful scan is recent enough. */
  readonly scansAreFresh: () => Promise<boolean>;
}

export type Beat =
  | { readonly kind: 'beaten' }
  /** On purpose: somebody outside shall notice. */
  | { readonly kind: 'withheld'; readonly reason: 'scans-stale' | 'no-sink-works' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Tells the outside that newleaf watches and can be heard. Silence is the alarm. */
export async function beat(deps: BeatDeps, signal: AbortSignal): Promise<Beat> {
  const reason = await whyNot(deps);
  if (reason !== null) {
    deps.log.warn({ reason }, 'heartbeat withheld');
    return { kind: 'withheld', reason };
  }
  const result = await deps.heartbeat.beat(await deps.audit.head(), signal);
  if (result.kind === 'accepted') return { kind: 'beaten' };
  deps.log.warn({ reason: result.reason }, 'heartbeat failed');
  return { kind: 'failed', reason: result.reason };
}

async function whyNot(deps: BeatDeps): Promise<'scans-stale' | 'no-sink-works' | null> {
  if (!(await deps.scansAreFresh())) return 'scans-stale';
  const { anyWorks } = await sinkHealth(deps);
  return anyWorks ? null : 'no-sink-works';
}
