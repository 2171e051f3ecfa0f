import type { Command } from 'commander';
import type { Context } from '../context.ts';

/** Hands everything after `sandbox` to the sandbox, which knows its own options. */
export function addSandboxCommand(program: Command, { io, signal }: Context): void {
  const streams = {
    stdout: (text: string): void => io.out(text),
    stderr: (text: string): void => io.err(text),
  };
  program
    .command('sandbox')
    .description(
      'run a local Alibaba Cloud with live TLS listeners, or order faults in one that runs',
    )
    .argument('[options...]', 'see newleaf sandbox --help')
    .allowUnknownOption()
    .helpOption(false)
    .passThroughOptions()
    .action(async (_options: readonly string[], _flags: unknown, command: Command) => {
      // Loaded only here: nobody else needs it.
      const { runSandboxCommand } = await import('../../sandbox/command.ts');
      process.exitCode = await runSandboxCommand(command.args, streams, signal);
    });
}
