import type { Command } from 'commander';
import { FreezesDocument } from '../../api/freeze.ts';
import type { Context } from '../context.ts';
import { printJson } from '../io.ts';
import { after, type Moment, momentOf } from '../moment.ts';
import { renderFreezes } from '../render/freeze.ts';

interface Format {
  readonly json?: boolean;
}

interface OrderOptions extends Format {
  readonly from?: Moment;
  readonly until: Moment;
  readonly reason: string;
  readonly allowEmergency?: boolean;
}

/** `newleaf freeze`: when nothing may start, whatever the windows say. */
export function addFreezeCommand(program: Command, context: Context): void {
  const freeze = program
    .command('freeze')
    .description('when no rotation may start, whatever the windows say: order, list, lift');
  freeze
    .command('order')
    .description('order a freeze, in place of an earlier one of the same name')
    .argument('<name>')
    .requiredOption(
      '--until <when>',
      'an instant with its offset, or 4h, 3d … after its start',
      momentOf,
    )
    .option('--from <when>', 'an instant with its offset, or 4h, 3d … from now; else now', momentOf)
    .requiredOption('--reason <text>', 'why, for the audit and for whoever waits')
    .option('--allow-emergency', 'let a rotation start whose certificate would end meanwhile')
    .option('--json', 'print one JSON document')
    .action((name: string, options: OrderOptions) =>
      answer(context, '/freezes', bodyOf(name, options), options),
    );
  freeze
    .command('lift')
    .description('end an ordered freeze')
    .argument('<name>')
    .option('--json', 'print one JSON document')
    .action((name: string, options: Format) =>
      answer(context, `/freezes/${encodeURIComponent(name)}/lift`, {}, options),
    );
  freeze
    .command('list', { isDefault: true })
    .description('every freeze that is in force or coming')
    .option('--json', 'print one JSON document')
    .action(async (options: Format) =>
      print(context, await context.daemon().get('/freezes', FreezesDocument), options),
    );
}

async function answer(
  context: Context,
  path: string,
  body: unknown,
  options: Format,
): Promise<void> {
  print(context, await context.daemon().post(path, body, FreezesDocument), options);
}

function print({ io }: Context, document: FreezesDocument, { json }: Format): void {
  if (json === true) return printJson(io, document);
  io.out(renderFreezes(document.freezes));
}

function bodyOf(
  name: string,
  { from, until, reason, allowEmergency = false }: OrderOptions,
): Readonly<Record<string, unknown>> {
  const start = from === undefined ? null : after(from, new Date());
  return {
    name,
    ...(start === null ? {} : { from: start.toISOString() }),
    until: after(until, start ?? new Date()).toISOString(),
    reason,
    allowEmergency,
  };
}
