import { Command } from 'commander';
import { version } from '../version.ts';
import { addAlertCommands } from './commands/alerts.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addCheckCommand } from './commands/check.ts';
import { addConfigCommand } from './commands/config.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addFreezeCommand } from './commands/freeze.ts';
import { addOperatingCommands } from './commands/operating.ts';
import { addPlanCommand } from './commands/plan.ts';
import { addQuarantineCommand } from './commands/quarantine.ts';
import { addReadingCommands } from './commands/reading.ts';
import { addRollbackCommand } from './commands/rollback.ts';
import { addRotateCommand } from './commands/rotate.ts';
import { addRunCommand } from './commands/run.ts';
import { addSandboxCommand } from './commands/sandbox.ts';
import { addScanCommand } from './commands/scan.ts';
import { addStateCommand } from './commands/state.ts';
import { addVerifyCommand } from './commands/verify.ts';
import { createContext } from './context.ts';
import type { Io } from './io.ts';

/** The whole command line. */
export function createProgram(io: Io, signal: AbortSignal): Command {
  const program = new Command('newleaf')
    .description(
      'watches, announces and rotates the certificates of Alibaba Cloud load-balancer listeners',
    )
    .version(version)
    .enablePositionalOptions()
    .showHelpAfterError('(newleaf --help lists the commands)')
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
    .exitOverride();
  let file: string | null = null;
  const context = createContext(io, signal, () => file);
  addRunCommand(program, context);
  addScanCommand(program, context);
  addCheckCommand(program, context);
  addPlanCommand(program, context);
  addVerifyCommand(program, context);
  addDoctorCommand(program, context);
  addReadingCommands(program, context);
  addRotateCommand(program, context);
  addRollbackCommand(program, context);
  addOperatingCommands(program, context);
  addFreezeCommand(program, context);
  addQuarantineCommand(program, context);
  addAlertCommands(program, context);
  addAuditCommand(program, context);
  addStateCommand(program, context);
  addConfigCommand(program, context);
  addSandboxCommand(program, context);
  addDemoCommand(program, context);
  takeConfig(program, (given) => {
    file = given;
  });
  return program;
}

/** These bring a world of their own. */
const withoutConfig: readonly string[] = ['sandbox', 'demo'];

/** Takes the option before the command and behind it. */
function takeConfig(command: Command, take: (file: string) => void): void {
  if (withoutConfig.includes(command.name())) return;
  command
    .option(
      '-c, --config <file>',
      'configuration file (else NEWLEAF_CONFIG, else embedded defaults)',
    )
    .on('option:config', take);
  for (const child of command.commands) takeConfig(child, take);
}
