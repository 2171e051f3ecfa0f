import { parseArgs } from 'node:util';
import { runFaultCommand } from './fault-command.ts';
import { type SandboxOptions, type SeedName, seedNames } from './options.ts';
import { type RunningSandbox, startSandbox } from './start.ts';
import { UsageError } from './usage-error.ts';

export interface CommandIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

const usage = `usage: newleaf sandbox [options]
  --seed small|demo           what is in it (small)
  --json                      print one line of JSON when ready
  --dir DIR                   where the root certificate goes (a temporary folder)
  --port PRODUCT/REGION=PORT  a fixed port for one endpoint; may be repeated
  --control-port PORT         a fixed port for the control server
  --job-millis N              how long an asynchronous job takes (300)
  --propagation-millis N      how long a zone takes to serve what is bound (100)
  --clock-offset-millis N     the sandbox's clock minus the machine's (0)
  --ca-enabled-omitted keeps|resets
                              what an update without CaEnabled does (keeps)
  --loopback-only             bind 127.0.0.1 only and print where zones are
       newleaf sandbox fault --help
`;

/**
 * \`newleaf sandbox …\`: runs a sandbox until the signal, or talks to one that runs. Returns the exit code: 0, 1 when it
 * could not start, 2 for a wrong command line.
 */
export async function runSandboxCommand(
  argv: readonly string[],
  io: CommandIo,
  signal: AbortSignal,
): Promise<number> {
  try {
    if (argv[0] === 'fault') return await runFaultCommand(argv.slice(1), io, signal);
    if (argv.includes('--help')) {
      io.stdout(usage);
      return 0;
    }
    const { options, json } = readOptions(argv);
    await runUntil(signal, options, (sandbox) =>
      io.stdout(json ? oneLine(sandbox) : summary(sandbox)),
    );
    return 0;
  } catch (error) {
    io.stderr(`newleaf sandbox: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function runUntil(
  signal: AbortSignal,
  options: SandboxOptions,
  ready: (sandbox: RunningSandbox) => void,
): Promise<void> {
  const sandbox = await startSandbox(options);
  try {
    ready(sandbox);
    await aborted(signal);
  } finally {
    await sandbox.close();
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}

function readOptions(argv: readonly string[]): { options: SandboxOptions; json: boolean } {
  const values = parsed(argv);
  return {
    json: values.json ?? false,
    options: {
      seed: seedOf(values.seed ?? 'small'),
      ports: portsOf(values.port ?? []),
      controlPort: numberOf('--control-port', values['control-port']) ?? 0,
      ...(values.dir === undefined ? {} : { dir: values.dir }),
      ...optional('jobMillis', numberOf('--job-millis', values['job-millis'])),
      ...optional(
        'propagationMillis',
        numberOf('--propagation-millis', values['propagation-millis']),
      ),
      ...optional(
        'clockOffsetMillis',
        numberOf('--clock-offset-millis', values['clock-offset-millis']),
      ),
      caEnabledOmitted: omittedOf(values['ca-enabled-omitted'] ?? 'keeps'),
      loopbackOnly: values['loopback-only'] ?? false,
    },
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        seed: { type: 'string' },
        json: { type: 'boolean' },
        dir: { type: 'string' },
        port: { type: 'string', multiple: true },
        'control-port': { type: 'string' },
        'job-millis': { type: 'string' },
        'propagation-millis': { type: 'string' },
        'clock-offset-millis': { type: 'string' },
        'ca-enabled-omitted': { type: 'string' },
        'loopback-only': { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function optional<K extends string>(key: K, value: number | undefined): Partial<Record<K, number>>;
function optional(key: string, value: number | undefined): Partial<Record<string, number>> {
  return value === undefined ? {} : { [key]: value };
}

function seedOf(value: string): SeedName {
  const found = seedNames.find((name) => name === value);
  if (found !== undefined) return found;
  throw new UsageError(`--seed must be one of ${seedNames.join(', ')}`);
}

function omittedOf(value: string): 'keeps' | 'resets' {
  if (value === 'keeps' || value === 'resets') return value;
  throw new UsageError('--ca-enabled-omitted must be keeps or resets');
}

function numberOf(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^-?\d{1,12}$/.test(value)) return Number(value);
  throw new UsageError(`${option} must be a whole number, not ${value}`);
}

function portsOf(values: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    values.map((value) => {
      const match = /^([a-z]+\/[a-z0-9-]+)=(\d{1,5})$/.exec(value);
      if (match === null)
        throw new UsageError(`--port must look like nlb/cn-hangzhou=18080, not ${value}`);
      return [match[1] ?? '', Number(match[2])];
    }),
  );
}

function oneLine(sandbox: RunningSandbox): string {
  return `${JSON.stringify(sandbox.description)}\n`;
}

function summary({ description }: RunningSandbox): string {
  const endpoints = Object.entries(description.endpoints).flatMap(([product, regions]) =>
    Object.entries(regions).map(([region, address]) => `  ${product} ${region}  http://${address}`),
  );
  return [
    'The sandbox is ready. Stop it with Ctrl-C.',
    ...endpoints,
    `  control  ${description.control}`,
    `  access key  ${description.accessKeyId}  ${description.accessKeySecret}`,
    `  root certificate  ${description.rootCaFile}`,
    '',
  ].join('\n');
}
