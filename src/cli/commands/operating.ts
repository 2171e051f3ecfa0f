import { Option, type Command } from 'commander';
import { PlanDocument } from '../../api/plan.ts';
import { RotationDocument } from '../../api/rotation.ts';
import type { Context } from '../context.ts';
import { printJson } from '../io.ts';
import { renderPlan } from '../render/plan.ts';
import { renderRotation } from '../render/rotation.ts';

interface ResolveOptions {
  readonly as: string;
  readonly note: string;
  readonly json?: boolean;
}

/** The commands by which a person decides: approving a plan, answering for a listener on hold. */
export function addOperatingCommands(program: Command, context: Context): void {
  program
    .command('approve')
    .description('consent to one plan, by its hash or the first characters of it')
    .argument('<hash>')
    .option('--json', 'print one JSON document')
    .action(async (hash: string, options: { readonly json?: boolean }) => {
      const document = await context.daemon().post('/approve', { hash }, PlanDocument);
      if (options.json === true) return printJson(context.io, document);
      context.io.out(renderPlan(context.io, document));
    });
  program
    .command('resolve')
    .description('say what is bound on a listener that needs an operator, and release it')
    .argument('<rotation>')
    .addOption(
      new Option('--as <what>', 'what is bound and served now')
        .choices(['old', 'new', 'other'])
        .makeOptionMandatory(),
    )
    .requiredOption('--note <text>', 'what you saw, for the audit')
    .option('--json', 'print one JSON document')
    .action(async (id: string, { as, note, json }: ResolveOptions) => {
      const path = `/rotations/${encodeURIComponent(id)}/resolve`;
      const document = await context.daemon().post(path, { as, note }, RotationDocument);
      if (json === true) return printJson(context.io, document);
      context.io.out(renderRotation(context.io, document));
    });
}
