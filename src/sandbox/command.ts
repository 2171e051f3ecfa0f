import type { CommandIo } from './command-line.ts';
import { readSandboxOptions, sandboxUsage } from './command-options.ts';
import { runFaultCommand } from './fault-command.ts';
import { operationsMarkdown } from './operations.ts';
import type { SandboxOptions } from './options.ts';
import { type RunningSandbox, startSandbox } from './start.ts';
import { UsageError } from './usage-error.ts';

/**
 * `newleaf sandbox …`: runs a sandbox until the signal, or talks to one that runs. Returns the exit code: 0, 1 when it
 * could not start, 2 for a wrong command line.
 */
export async function runSandboxCommand(
  argv: readonly string[],
  io: CommandIo,
  signal: AbortSignal,
): Promise<number> {
  try {
    if (argv[0] === 'fault') return await runFaultCommand(argv.slice(1), io, signal);
    if (argv[0] === 'operations') {
      io.stdout(operationsMarkdown());
      return 0;
    }
    if (argv.includes('--help')) {
      io.stdout(sandboxUsage);
      return 0;
    }
    if (argv[0] !== undefined && !argv[0].startsWith('-')) {
      throw new UsageError(`nothing is known of ${argv[0]}; there are fault and operations`);
    }
    const { options, json } = readSandboxOptions(argv);
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
    `  name server  ${description.dns}`,
    `  access key  ${description.accessKeyId}  ${description.accessKeySecret}`,
    `  one that may only look  ${description.readOnly.accessKeyId}  ${description.readOnly.accessKeySecret}`,
    `  root certificate  ${description.rootCaFile}`,
    `Let it go wrong: newleaf sandbox fault --control ${description.control} …`,
    '',
  ].join('\n');
}
