import { type Command, InvalidArgumentError } from 'commander';
import { FreezesDocument } from '../../api/freeze.ts';
import { parseDuration } from '../../config/duration.ts';
import type { Context } from '../context.ts';
import { printJson } from '../io.ts';
import { renderFreezes } from '../render/freeze.ts';

interface Format {
  readonly json?: boolean;
}

/** An instant as it was written: fixed, or a length of time after something else. */
type Moment = { readonly at: Date } | { readonly after: number };

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
  const start = from === undefined ? null : instantOf(from, new Date());
  return {
    name,
    ...(start === null ? {} : { from: start.toISOString() }),
    until: instantOf(until, start ?? new Date()).toISOString(),
    reason,
    allowEmergency,
  };
}

function instantOf(moment: Moment, start: Date): Date {
  return 'at' in moment ? moment.at : new Date(start.getTime() + moment.after);
}

function momentOf(text: string): Moment {
  const after = parseDuration(text);
  if (after !== null) return { after };
  const at = new Date(text);
  // Without its offset it would mean one thing here and another on the daemon's machine.
  if (/T.*(Z|[+-]\d\d:?\d\d)$/.test(text) && !Number.isNaN(at.getTime())) return { at };
  throw new InvalidArgumentError(
    'write an instant with its offset such as 2027-02-01T00:00+08:00, or a length of time such as 3d.',
  );
}
