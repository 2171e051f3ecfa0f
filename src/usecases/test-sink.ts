import type { Announcement } from '../domain/alert.ts';
import type { Severity } from '../domain/policy.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeliveryResult, Sink } from '../ports/sink.ts';

export interface SinkTestDeps {
  readonly sinks: readonly Sink[];
  readonly clock: Clock;
}

export interface SinkTest {
  readonly sink: string;
  readonly by: string;
  readonly severity: Exclude<Severity, 'ok'>;
  /** Sends the end of a test alert instead, for sinks that hold what was opened. */
  readonly end: boolean;
}

export type SinkTested =
  | { readonly kind: 'unknown'; readonly known: readonly string[] }
  | { readonly kind: 'sent'; readonly sink: Sink; readonly result: DeliveryResult };

/**
 * Sends a test alert through one sink, in the way alerts go, and says what came of it. It is kept nowhere: whether it arrives
 * changes nothing about how the sink is thought to be doing. Rejects only with the signal's reason.
 */
export async function testSink(
  { sinks, clock }: SinkTestDeps,
  test: SinkTest,
  signal: AbortSignal,
): Promise<SinkTested> {
  const sink = sinks.find(({ name }) => name === test.sink);
  if (sink === undefined) return { kind: 'unknown', known: sinks.map(({ name }) => name) };
  const at = clock.now();
  const announcements = [announcementOf(test, at)];
  const result = await sink.deliver({ reason: 'changes', at, announcements }, signal);
  return { kind: 'sent', sink, result };
}

function announcementOf({ sink, by, severity, end }: SinkTest, at: Date): Announcement {
  const key = `test/${sink}`;
  const status = end ? 'resolved' : 'firing';
  return {
    id: `${key}/1@${at.toISOString()}/${end ? status : severity}`,
    key,
    kind: 'test',
    status,
    episode: 1,
    severity,
    since: at,
    raisedAt: at,
    resolvedAt: end ? at : null,
    acknowledged: null,
    facts: { kind: 'test', sink, by },
  };
}
