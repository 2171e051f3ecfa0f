import { type Logger, type ScheduledTask, schedule, type TaskContext } from 'node-cron';
import type { Log } from '../src/ports/log.ts';

/** What the clock starts. Every replica ticks. */
export interface ScheduleOptions {
  /** When scans are due: a cron expression of five fields, or six with seconds, in an IANA time zone. */
  readonly scan: { readonly expression: string; readonly timezone: string };
  /** Called at each scan tick with its instant, which is the same on every replica. */
  readonly onScan: (at: Date) => Promise<void>;
  /** Called every minute for assess, admit and reconcile; skipped while the last one still runs. */
  readonly onMinute: (at: Date, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
  /** Another rhythm than every minute. */
  readonly minute?: string;
}

export interface Schedule {
  /** Starts no more ticks, aborts the running one and waits until it has ended. */
  stop(): Promise<void>;
}

/** Starts ticking. A tick that fails is logged; the next one comes all the same. */
export function startSchedule(options: ScheduleOptions): Schedule {
  const { scan, onScan, onMinute, log, minute = '* * * * *' } = options;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const tick = (name: string, run: (at: Date) => Promise<void>) => async (context: TaskContext) => {
    const ticking = attempt(name, () => run(instantOf(context)), { log, signal: stopping.signal });
    running.add(ticking);
    await ticking;
    running.delete(ticking);
  };
  const common = { logger: cronLogger(log), suppressMissedWarning: true };
  const tasks: readonly ScheduledTask[] = [
    schedule(scan.expression, tick('scan', onScan), { ...common, timezone: scan.timezone }),
    schedule(
      minute,
      tick('minute', (at) => onMinute(at, stopping.signal)),
      { ...common, timezone: 'Etc/UTC', noOverlap: true },
    ),
  ];
  return {
    stop: async () => {
      for (const task of tasks) await task.destroy();
      stopping.abort();
      await Promise.all(running);
    },
  };
}

/** The instant that was due, to the second, not the moment the timer fired. */
function instantOf({ date }: TaskContext): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}

async function attempt(
  name: string,
  run: () => Promise<void>,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (signal.aborted) return;
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ tick: name, reason }, 'tick failed');
  }
}

/** The package would write to the console. */
function cronLogger(log: Log): Logger {
  return {
    debug: (said) => log.debug({ cron: textOf(said) }, 'cron'),
    info: (said) => log.debug({ cron: said }, 'cron'),
    warn: (said) => log.debug({ cron: said }, 'cron'),
    error: (said) => log.warn({ cron: textOf(said) }, 'cron'),
  };
}

function textOf(said: string | Error): string {
  return said instanceof Error ? said.message : said;
}
