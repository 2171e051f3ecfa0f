import { Option, type Command } from 'commander';
import { userInfo } from 'node:os';
import { RequestDocument } from '../../api/requests.ts';
import type { Context } from '../context.ts';
import { answerWith, waitHelp } from '../request-answer.ts';

interface RotateOptions {
  readonly slot?: string;
  readonly from?: string;
  readonly to?: string;
  readonly ignoreWindow?: boolean;
  readonly reason?: string;
  readonly wait?: boolean;
  readonly json?: boolean;
}

export function addRotateCommand(program: Command, context: Context): void {
  program
    .command('rotate')
    .description('ask the daemon to rotate one listener now, as far as its policy allows')
    .argument('<listener>', 'listener id, or account/region/product/load balancer/listener')
    .addOption(
      new Option('--slot <slot>', 'which slot; default when left out').choices([
        'default',
        'additional',
        'ca',
      ]),
    )
    .option('--from <certificate>', 'refuse unless this certificate is still bound')
    .option('--to <certificate>', 'the only certificate to consider')
    .option('--ignore-window', 'start outside the windows, where the policy allows it')
    .option('--reason <text>', 'why, for the audit', 'asked for on the command line')
    .option('--wait', waitHelp)
    .option('--json', 'print one JSON document')
    .action(async (listener: string, options: RotateOptions) => {
      const asked = await context
        .daemon()
        .post('/rotate', bodyOf(listener, options), RequestDocument);
      return answerWith(context, asked, options);
    });
}

function bodyOf(listener: string, options: RotateOptions): Readonly<Record<string, unknown>> {
  const { slot, from, to, ignoreWindow, reason } = options;
  return { listener, slot, from, to, ignoreWindow, reason, requestedBy: userInfo().username };
}
