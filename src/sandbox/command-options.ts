import { type SandboxOptions, seedNames } from './options.ts';
import { readCommandLine } from './command-line.ts';
import { UsageError } from './usage-error.ts';

const omitted = ['keeps', 'resets'] as const;
const limits = ['documented', 'off'] as const;
const overlaps = ['oldest', 'newest'] as const;
const cases = ['capital', 'lower'] as const;

export const sandboxUsage = `usage: newleaf sandbox [options]
  --seed ${seedNames.join('|').padEnd(20)} what is in it (small)
  --json                      print one line of JSON when ready
  --dir DIR                   where the root certificate goes (a temporary folder)
  --port PRODUCT/REGION=PORT  a fixed port for one endpoint; may be repeated
  --control-port PORT         a fixed port for the control server
  --job-millis N              how long an asynchronous job takes (300)
  --propagation-millis N      how long a zone takes to serve what is bound (100)
  --propagation-millis ZONE=N the same for one zone; may be repeated
  --read-lag-millis N         how long reads still show what was before a write (0)
  --second-node-millis N      give every address a second node that is so much later (one node)
  --overlap ${overlaps.join('|')}     which of two certificates that fit a name equally well is served (oldest)
  --job-status-case ${cases.join('|')}
                              whether GetJobStatus says Processing or processing (capital)
  --rate-limits ${limits.join('|')}
                              whether actions have their documented rate limits (documented)
  --clock-offset-millis N     the sandbox's clock minus the machine's (0)
  --ca-enabled-omitted ${omitted.join('|')}
                              what an update without CaEnabled does (keeps)
  --loopback-only             bind 127.0.0.1 only and print where zones are
       newleaf sandbox fault --help    orders what shall go wrong
       newleaf sandbox operations      prints every operation and error it knows, as Markdown
`;

const declared = {
  seed: { type: 'string' },
  json: { type: 'boolean' },
  dir: { type: 'string' },
  port: { type: 'string', multiple: true },
  'control-port': { type: 'string' },
  'job-millis': { type: 'string' },
  'propagation-millis': { type: 'string', multiple: true },
  'read-lag-millis': { type: 'string' },
  'second-node-millis': { type: 'string' },
  overlap: { type: 'string' },
  'job-status-case': { type: 'string' },
  'rate-limits': { type: 'string' },
  'clock-offset-millis': { type: 'string' },
  'ca-enabled-omitted': { type: 'string' },
  'loopback-only': { type: 'boolean' },
} as const;

/** What a command line asks for. Throws a UsageError that says what is allowed. */
export function readSandboxOptions(argv: readonly string[]): {
  readonly options: SandboxOptions;
  readonly json: boolean;
} {
  const { values } = readCommandLine(argv, { options: declared });
  return {
    json: values.json ?? false,
    options: {
      seed: oneOf('--seed', values.seed, seedNames) ?? 'small',
      ports: portsOf(values.port ?? []),
      loopbackOnly: values['loopback-only'] ?? false,
      ...given('dir', values.dir),
      ...given('controlPort', portOf('--control-port', values['control-port'])),
      ...given('propagationMillis', propagationOf(values['propagation-millis'])),
      ...given('jobMillis', millis('--job-millis', values['job-millis'])),
      ...given('readLagMillis', millis('--read-lag-millis', values['read-lag-millis'])),
      ...given('secondNodeMillis', millis('--second-node-millis', values['second-node-millis'])),
      ...given('clockOffsetMillis', offset('--clock-offset-millis', values['clock-offset-millis'])),
      ...given('overlap', oneOf('--overlap', values.overlap, overlaps)),
      ...given('jobStatusCase', oneOf('--job-status-case', values['job-status-case'], cases)),
      ...given('rateLimits', oneOf('--rate-limits', values['rate-limits'], limits)),
      ...given(
        'caEnabledOmitted',
        oneOf('--ca-enabled-omitted', values['ca-enabled-omitted'], omitted),
      ),
    },
  };
}

/** The option, unless it was left out. */
function given<K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>>;
function given(key: string, value: unknown): Partial<Record<string, unknown>> {
  return value === undefined ? {} : { [key]: value };
}

function oneOf<T extends string>(
  option: string,
  value: string | undefined,
  allowed: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  throw new UsageError(`${option} must be one of ${allowed.join(', ')}, not ${value}`);
}

function millis(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new UsageError(`${option} must be a whole number of milliseconds, not ${value}`);
}

function offset(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^-?\d{1,13}$/.test(value)) return Number(value);
  throw new UsageError(
    `${option} must be a whole number of milliseconds, ahead or behind (-), not ${value}`,
  );
}

function portOf(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw new UsageError(`${option} must be a port from 0 to 65535, not ${value}`);
}

function portsOf(values: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    values.map((value) => {
      const [endpoint = '', port] = value.split('=');
      if (!/^[a-z]+\/[a-z0-9-]+$/.test(endpoint) || port === undefined)
        throw new UsageError(`--port must look like nlb/cn-hangzhou=18080, not ${value}`);
      return [endpoint, portOf(`--port ${endpoint}`, port) ?? 0];
    }),
  );
}

/** A plain number is for every zone that is not named. */
function propagationOf(
  values: readonly string[] | undefined,
): Readonly<Record<string, number>> | undefined {
  if (values === undefined) return undefined;
  return Object.fromEntries(
    values.map((value) => {
      const [, zone = '*', number = ''] = /^(?:([a-z0-9-]+)=)?(\d{1,9})$/.exec(value) ?? [];
      if (number === '')
        throw new UsageError(
          `--propagation-millis must look like 100 or cn-hangzhou-a=100, not ${value}`,
        );
      return [zone, Number(number)];
    }),
  );
}
