import type { Assessment, Stock } from '../domain/assessment.ts';
import type { Millis } from '../domain/certificate.ts';
import { codeOf } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Monitor, MonitorValue } from '../ports/monitor.ts';

export interface ReportDaysDeps {
  readonly monitors: readonly Monitor[];
  readonly stock: () => Promise<Stock>;
  readonly clock: Clock;
  readonly log: Log;
}

const DAY: Millis = 86_400_000;

/**
 * Makes the chore that tells the monitoring services of the cloud how many days each bound certificate has left, once a period.
 * Every replica does, with the same values. What fails is told in the log and comes with the next period.
 */
export function openDaysReport(deps: ReportDaysDeps): (signal: AbortSignal) => Promise<void> {
  const due = new Map<Monitor, number>();
  return async (signal) => {
    const now = deps.clock.monotonic();
    const waiting = deps.monitors.filter((monitor) => (due.get(monitor) ?? now) <= now);
    if (waiting.length === 0) return;
    const values = daysLeft(await deps.stock(), deps.clock.now());
    for (const monitor of waiting) {
      due.set(monitor, now + monitor.limits.period);
      await report(deps, monitor, values, signal);
    }
  };
}

/** A call that fails ends the report: the others would wait as long for the same answer. */
async function report(
  { log }: ReportDaysDeps,
  monitor: Monitor,
  values: readonly MonitorValue[],
  signal: AbortSignal,
): Promise<void> {
  const { valuesPerCall } = monitor.limits;
  try {
    for (let from = 0; from < values.length; from += valuesPerCall)
      await monitor.putValues(values.slice(from, from + valuesPerCall), signal);
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ code: codeOf(error) }, 'the days left could not be reported to CloudMonitor');
  }
}

/** One value a certificate, however many listeners it is bound to. */
function daysLeft({ bindings }: Stock, at: Date): readonly MonitorValue[] {
  const certificates = new Map(bindings.map((binding) => [keyOf(binding), binding]));
  return [...certificates.values()].flatMap(({ listener, certificate }) => {
    const notAfter = certificate?.notAfter ?? null;
    if (certificate === null || notAfter === null) return [];
    const days = (notAfter.getTime() - at.getTime()) / DAY;
    const dimensions = {
      account: listener.ref.account,
      certificate: certificate.id,
      name: certificate.names[0] ?? certificate.label,
    };
    return [{ name: 'newleaf_days_left', dimensions, value: Math.round(days * 100) / 100, at }];
  });
}

function keyOf({ listener, certificate }: Assessment): string {
  return `${listener.ref.account} ${certificate?.id ?? ''}`;
}
