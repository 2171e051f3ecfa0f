import type { Command } from 'commander';
import { QuarantineDocument } from '../../api/quarantine.ts';
import type { Context } from '../context.ts';
import { printJson } from '../io.ts';
import { renderQuarantine } from '../render/quarantine.ts';

interface LiftOptions {
  readonly listener?: string;
  readonly reason: string;
  readonly json?: boolean;
}

/** `newleaf quarantine`: which certificates failed and are not tried again yet. */
export function addQuarantineCommand(program: Command, context: Context): void {
  const quarantine = program
    .command('quarantine')
    .description('certificates that failed and are not tried again yet: list, lift');
  const print = (document: QuarantineDocument, json: boolean): void => {
    if (json) printJson(context.io, document);
    else context.io.out(renderQuarantine(document));
  };
  quarantine
    .command('list', { isDefault: true })
    .description('every quarantine that has not ended')
    .option('--json', 'print one JSON document')
    .action(async ({ json }: { readonly json?: boolean }) =>
      print(await context.daemon().get('/quarantine', QuarantineDocument), json === true),
    );
  quarantine
    .command('lift')
    .description('let a certificate be tried again, because what failed is mended')
    .argument('<certificate>', 'its id, or eight or more digits of its SHA-256')
    .option('--listener <listener>', 'only on this listener, by id or key')
    .requiredOption('--reason <text>', 'what was mended, for the audit')
    .option('--json', 'print one JSON document')
    .action(async (certificate: string, { listener, reason, json }: LiftOptions) => {
      const body = { certificate, listener, reason };
      const document = await context.daemon().post('/quarantine/lift', body, QuarantineDocument);
      print(document, json === true);
    });
}
