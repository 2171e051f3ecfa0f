import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { RequestDocument } from '../../api/requests.ts';
import type { Context } from '../context.ts';
import { answerWith, waitHelp } from '../request-answer.ts';

interface RollbackOptions {
  readonly ignoreWindow?: boolean;
  readonly reason: string;
  readonly wait?: boolean;
  readonly json?: boolean;
}

export function addRollbackCommand(program: Command, context: Context): void {
  program
    .command('rollback')
    .description('put back what a committed rotation has replaced, under the same policy and proof')
    .argument('<rotation>')
    .option('--ignore-window', 'start outside the windows, where the policy allows it')
    .option('--reason <text>', 'why, for the audit', 'asked for on the command line')
    .option('--wait', waitHelp)
    .option('--json', 'print one JSON document')
    .action(async (id: string, options: RollbackOptions) => {
      const { reason, ignoreWindow } = options;
      const path = `/rotations/${encodeURIComponent(id)}/rollback`;
      const body = { reason, ignoreWindow, requestedBy: userInfo().username };
      return answerWith(context, await context.daemon().post(path, body, RequestDocument), options);
    });
}
