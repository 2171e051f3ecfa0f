import { type Command, CommanderError } from 'commander';
import { filterScan, placesOf, type ScanFilter } from '../../api/filter.ts';
import { HealthDocument } from '../../api/health.ts';
import { ScanDocument } from '../../api/scan.ts';
import type { CheckDocument } from '../../api/check.ts';
import { machine } from '../../compose.ts';
import { formatDuration } from '../../config/duration.ts';
import type { Millis } from '../../domain/certificate.ts';
import { NewleafError } from '../../domain/errors.ts';
import { mostSkew } from '../../usecases/clock-check.ts';
import { type CheckResult, judge, undecided } from '../check/judge.ts';
import { codes, nagios, summary } from '../check/nagios.ts';
import type { Context } from '../context.ts';
import { exitWith } from '../exit.ts';
import { addFilters, filterFrom, type FilterOptions, lengthOf } from '../filters.ts';
import { type Io, printJson } from '../io.ts';
import { scanHere } from './scan.ts';

interface CheckOptions extends FilterOptions {
  readonly warning?: Millis;
  readonly critical?: Millis;
  readonly timeout: Millis;
  readonly probe: boolean;
  readonly daemon?: boolean;
  readonly json?: boolean;
}

/** What was found out about, and what speaks against believing it. `skewed`: not even the dates can be judged. */
interface Look {
  readonly document: ScanDocument;
  readonly doubts: readonly string[];
  readonly skewMs: Millis | null;
}

const defaultTimeout: Millis = 60_000;

/** An inventory is old when the last scan ended longer ago than this many intervals. */
const staleAfterIntervals = 2;

/** A Nagios plugin: looks once and ends with 0, 1, 2 or 3. It says OK only of what it has seen. */
export function addCheckCommand(program: Command, context: Context): void {
  const command = program
    .command('check')
    .description('a Nagios plugin: 0 when nothing ends soon, 1 warning, 2 critical, 3 unknown');
  addFilters(command, {
    region: 'only these regions; without a configuration file: which to scan',
  })
    .option('--warning <duration>', 'when less is left (else as the policies say)', lengthOf)
    .option('--critical <duration>', 'when less is left (else as the policies say)', lengthOf)
    .option('--timeout <duration>', 'give up, as UNKNOWN', lengthOf, defaultTimeout)
    .option('--no-probe', 'make no handshakes')
    .option('--daemon', 'ask the running daemon instead of the cloud')
    .option('--json', 'print one JSON document')
    .exitOverride((error) => refuse(context.io, error))
    .action(async (options: CheckOptions) => {
      const result = await check(context, options);
      if (options.json === true) printJson(context.io, documentOf(result));
      else context.io.out(nagios(result));
      exitWith(codes[result.state]);
    });
}

/** A wrong command line proves nothing either: 3, where other commands end with 2, which is CRITICAL to Nagios. */
function refuse(io: Io, error: CommanderError): never {
  if (error.exitCode === 0) throw error;
  io.out(nagios(undecided(error.message.replace(/^error: /, ''))));
  throw new CommanderError(codes.unknown, error.code, error.message);
}

async function check(context: Context, options: CheckOptions): Promise<CheckResult> {
  const timeout = AbortSignal.timeout(options.timeout);
  const stop = AbortSignal.any([context.signal, timeout]);
  try {
    const look =
      options.daemon === true ? askDaemon(context, stop) : lookHere(context, options, stop);
    return judgeLook(await look, options);
  } catch (error) {
    if (context.signal.aborted) return undecided('stopped before everything was seen');
    if (timeout.aborted)
      return undecided(`not everything was seen within ${formatDuration(options.timeout)}`);
    if (error instanceof NewleafError) return undecided(error.message);
    return undecided(`something unexpected failed: ${String(error)}`);
  }
}

function judgeLook({ document, doubts, skewMs }: Look, options: CheckOptions): CheckResult {
  if (skewMs !== null && Math.abs(skewMs) > mostSkew)
    return undecided(
      `the clocks differ by ${Math.round(Math.abs(skewMs) / 1000)} s: no end can be judged`,
    );
  const now = machine.clock.now();
  const filter = filterFrom(options);
  const isSeen = (places: ScanFilter): boolean =>
    filterScan(document, placesOf(places), now).bindings.length > 0;
  const anything = isSeen(filter);
  const unseen = (filter.listeners ?? []).filter(
    (listener) => !isSeen({ ...filter, listeners: [listener] }),
  );
  return judge({
    document: filterScan(document, filter, now),
    anything,
    warning: options.warning ?? null,
    critical: options.critical ?? null,
    doubts: anything
      ? [...doubts, ...unseen.map((listener) => `no binding of ${listener} was seen`)]
      : doubts,
    now,
  });
}

async function lookHere(
  context: Context,
  options: CheckOptions,
  signal: AbortSignal,
): Promise<Look> {
  const { document, watch } = await scanHere({ ...context, signal }, options);
  const skews = watch.accounts.flatMap(({ listeners }) => listeners.skewMs() ?? []);
  return { document, doubts: [], skewMs: worst(skews) };
}

async function askDaemon(context: Context, signal: AbortSignal): Promise<Look> {
  const daemon = context.daemon(signal);
  const document = await daemon.get('/status', ScanDocument);
  const { scanEverySeconds, skewSeconds } = await daemon.get('/health', HealthDocument);
  const now = machine.clock.now().getTime();
  const taken = document.takenAt === null ? null : new Date(document.takenAt).getTime();
  const ahead = taken === null ? 0 : Math.max(0, taken - now);
  const skewMs = worst([ahead, (skewSeconds ?? 0) * 1000]);
  if (taken === null) return { document, skewMs, doubts: ['the daemon has not ended a scan yet'] };
  const isStale = now - taken > staleAfterIntervals * scanEverySeconds * 1000;
  const doubt = `the daemon's last scan ended at ${document.takenAt}, more than ${staleAfterIntervals} intervals ago`;
  return { document, skewMs, doubts: isStale ? [doubt] : [] };
}

function worst(skews: readonly Millis[]): Millis | null {
  const [first = null] = skews.toSorted((a, b) => Math.abs(b) - Math.abs(a));
  return first;
}

function documentOf(result: CheckResult): CheckDocument {
  const { state, bindings, listeners, lines, measured } = result;
  return {
    state,
    exitCode: codes[state],
    summary: summary(result),
    bindings,
    listeners,
    lines: lines.map((line) => ({ state: line.state, text: line.text })),
    measured: measured.map((each) => ({ ...each })),
  };
}
