import { Option, type Command } from 'commander';
import { AlertDocument, AlertsDocument, filterAlerts } from '../../api/alert.ts';
import { alertKinds } from '../../domain/alert-kinds.ts';
import type { Context } from '../context.ts';
import { addSinkTestCommand } from './sink-test.ts';
import { listed, listedFrom } from '../filters.ts';
import { printJson } from '../io.ts';
import { renderAcknowledged, renderAlerts } from '../render/alerts.ts';

interface AlertsOptions {
  readonly all?: boolean;
  readonly severity?: readonly string[];
  readonly kind?: readonly string[];
  readonly account?: readonly string[];
  readonly region?: readonly string[];
  readonly unacknowledged?: boolean;
  readonly json?: boolean;
}

const severities = ['info', 'warning', 'critical', 'expired'];

/** The commands about alerts. */
export function addAlertCommands(program: Command, context: Context): void {
  const alerts = program
    .command('alerts')
    .description('what fires now: the worst first, who was told, who has taken it on')
    .option('--all', 'what is over too, as long as it is remembered')
    .option('--severity <severity...>', 'only these severities', listedFrom(severities))
    .option('--kind <kind...>', 'only these kinds, as in docs/alerts.md', listedFrom(alertKinds))
    .option('--account <name...>', 'only what is about these accounts', listed)
    .option('--region <region...>', 'only what is about these regions', listed)
    .option('--unacknowledged', 'only what nobody has taken on')
    .option('--json', 'print one JSON document');
  addSinkTestCommand(alerts, context);
  alerts.action((options: AlertsOptions) => list(context, options));
  program
    .command('ack')
    .description('take an alert on: it is not repeated or escalated until it gets worse or ends')
    .argument('<alert>', 'its id or key as newleaf alerts shows them, or the beginning of one')
    .addOption(new Option('--note <text>', 'what you know or do about it, for the others'))
    .option('--json', 'print one JSON document')
    .action(
      async (
        alert: string,
        { note, json }: { readonly note?: string; readonly json?: boolean },
      ) => {
        const body = note === undefined ? { alert } : { alert, note };
        const document = await context.daemon().post('/alerts/ack', body, AlertDocument);
        if (json === true) return printJson(context.io, document);
        context.io.out(renderAcknowledged(document));
      },
    );
}

async function list(context: Context, options: AlertsOptions): Promise<void> {
  const which = options.all === true ? 'all' : 'firing';
  const all = await context.daemon().get(`/alerts?which=${which}`, AlertsDocument);
  const document = filterAlerts(all, {
    severities: options.severity ?? null,
    kinds: options.kind ?? null,
    accounts: options.account ?? null,
    regions: options.region ?? null,
    unacknowledged: options.unacknowledged === true,
  });
  if (options.json === true) return printJson(context.io, document);
  context.io.out(renderAlerts(context.io, document.alerts, whenEmpty(all, which)));
}

function whenEmpty({ alerts }: AlertsDocument, which: 'firing' | 'all'): string {
  if (alerts.length > 0) return `none of ${alerts.length} alerts is like that`;
  return which === 'all' ? 'no alert is remembered' : 'nothing fires';
}
