import { type Command, Option } from 'commander';
import { SinkTestDocument } from '../../api/sink-test.ts';
import type { Context } from '../context.ts';
import { exitWith } from '../exit.ts';
import { printJson } from '../io.ts';
import { onOneLine } from '../render/table.ts';

interface TestOptions {
  readonly severity?: string;
  readonly end?: boolean;
  readonly json?: boolean;
}

const severities = ['info', 'warning', 'critical', 'expired'];

/** `alerts test`: whether a sink is heard is better known before it matters. */
export function addSinkTestCommand(alerts: Command, context: Context): void {
  alerts
    .command('test')
    .description('send a test alert through one sink and say what came of it; 1: not accepted')
    .argument('<sink>', 'its name in the configuration')
    .addOption(
      new Option('--severity <severity>', 'how severe it says it is')
        .choices(severities)
        .default('info'),
    )
    .option('--end', 'send the end of the test alert, where one was left open')
    .option('--json', 'print one JSON document')
    .action(async (sink: string, own: TestOptions, command: Command) => {
      // The command above has a --severity and a --json too, and takes those that come first.
      const options = { ...command.optsWithGlobals<TestOptions>(), ...own };
      const { severity, end = false, json } = options;
      const body = { sink, severity, end };
      const document = await context.daemon().post('/alerts/test', body, SinkTestDocument);
      if (document.result !== 'accepted') exitWith(1);
      if (json === true) return printJson(context.io, document);
      context.io.out(sentence(document));
    });
}

function sentence({ sink, kind, result, reason, open }: SinkTestDocument): string {
  const name = `${sink} (${kind})`;
  if (result === 'accepted') {
    const left = open ? ` It stays open: newleaf alerts test ${sink} --end` : '';
    return `${name} accepted the test alert.${left}\n`;
  }
  const then = result === 'retry' ? 'an alert would be tried again' : 'mend this first';
  return onOneLine(`${name} did not accept the test alert: ${reason ?? ''}; ${then}`).concat('\n');
}
