import { type Command, InvalidArgumentError } from 'commander';
import { AuditCheckDocument, AuditDocument, KeptHead } from '../../api/audit.ts';
import type { Context } from '../context.ts';
import { exitWith } from '../exit.ts';
import { printJson } from '../io.ts';
import { before, type Moment, momentOf } from '../moment.ts';
import { renderAudit, renderAuditCheck } from '../render/audit.ts';

interface ListOptions {
  readonly listener?: string;
  readonly rotation?: string;
  readonly plan?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly since?: Moment;
  readonly until?: Moment;
  readonly limit?: string;
  readonly json?: boolean;
}

interface VerifyOptions {
  readonly head?: string;
  readonly json?: boolean;
}

/** The chain is not whole: somebody has changed, removed or moved a row. */
const brokenExit = 3;

/** `newleaf audit`: who decided and did what, and whether somebody has changed it since. */
export function addAuditCommand(program: Command, context: Context): void {
  const audit = program
    .command('audit')
    .description('every decision and every write, with who was behind it');
  addList(audit, context);
  audit
    .command('verify')
    .description('check that no row was changed, removed or moved: 0 whole, 3 broken')
    .option(
      '--head <entries:hash>',
      'an end that was kept: from a heartbeat, or printed here',
      kept,
    )
    .option('--json', 'print one JSON document')
    .action(async ({ head, json }: VerifyOptions) => {
      const query = head === undefined ? '' : `?${new URLSearchParams({ head }).toString()}`;
      const check = await context.daemon().get(`/audit/verify${query}`, AuditCheckDocument);
      if (json === true) printJson(context.io, check);
      else context.io.out(renderAuditCheck(context.io, check));
      if (!check.whole) exitWith(brokenExit);
    });
}

function addList(audit: Command, context: Context): void {
  audit
    .command('list', { isDefault: true })
    .description('the newest rows that fit, newest first')
    .option('--listener <listener>', 'about this listener, by id or key')
    .option('--rotation <rotation>', 'about this rotation')
    .option('--plan <hash>', 'about this plan, by its hash or the first characters of it')
    .option('--actor <name>', 'by this token or requester, or by schedule')
    .option('--action <action>', 'freeze.ordered …, or only freeze, rotation, request …')
    .option('--since <when>', 'an instant with its offset, or 7d, 12h … ago', momentOf)
    .option('--until <when>', 'before this instant, or 7d, 12h … ago', momentOf)
    .option('--limit <rows>', 'at most so many', '100')
    .option('--json', 'print one JSON document')
    .action(async (options: ListOptions) => {
      const path = `/audit?${queryOf(options).toString()}`;
      const document = await context.daemon().get(path, AuditDocument);
      if (options.json === true) return printJson(context.io, document);
      context.io.out(renderAudit(document));
    });
}

function queryOf({ json: _json, since, until, ...rest }: ListOptions): URLSearchParams {
  const now = new Date();
  const iso = (moment: Moment | undefined): string | undefined =>
    moment === undefined ? undefined : before(moment, now).toISOString();
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...rest, since: iso(since), until: iso(until) }))
    if (value !== undefined) query.set(name, value);
  return query;
}

function kept(text: string): string {
  const parsed = KeptHead.safeParse(text);
  if (parsed.success) return text;
  throw new InvalidArgumentError('write ENTRIES:HASH, as newleaf audit verify prints it.');
}
