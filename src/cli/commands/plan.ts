import type { Command } from 'commander';
import { PlanDocument, planDocument } from '../../api/plan.ts';
import { ScanDocument } from '../../api/scan.ts';
import { machine } from '../../compose.ts';
import { rulesFrom } from '../../config/rules.ts';
import { limitsOf } from '../../usecases/assess.ts';
import { emptyAdmission } from '../../domain/admission.ts';
import { emptyOperatorState } from '../../domain/operator.ts';
import { knownFreezes } from '../../domain/freezes.ts';
import { planRotations } from '../../domain/planner.ts';
import type { Context } from '../context.ts';
import { exitWith } from '../exit.ts';
import { printJson } from '../io.ts';
import { renderPlan } from '../render/plan.ts';
import { notYet } from './reading.ts';
import { scanOnce } from './scan.ts';

interface PlanOptions {
  readonly local?: boolean;
  readonly json?: boolean;
}

export function addPlanCommand(program: Command, context: Context): void {
  program
    .command('plan')
    .description('what would be rotated, to what, and what it waits for; what cannot be, and why')
    .option(
      '--local',
      'look and plan here, without a daemon: knows no approvals, holds or quarantine',
    )
    .option('--json', 'print one JSON document')
    .action(async ({ local, json }: PlanOptions) => {
      const document =
        local === true
          ? await planHere(context)
          : await context.daemon().get('/plan', PlanDocument);
      if (json === true) return printJson(context.io, document);
      const early = local !== true && isEmpty(document) && (await knowsNothingYet(context));
      context.io.out(renderPlan(context.io, document, early ? notYet : undefined));
    });
}

function isEmpty({ plans, refused, missing }: PlanDocument): boolean {
  return plans.length + refused.length + missing.length === 0;
}

/** An empty plan means something only once a scan has ended. */
async function knowsNothingYet(context: Context): Promise<boolean> {
  const { takenAt } = await context.daemon().get('/status', ScanDocument);
  return takenAt === null;
}

async function planHere(context: Context): Promise<PlanDocument> {
  const config = context.config();
  const { inventory, watch } = await scanOnce(context, config, { probe: false });
  const rules = rulesFrom(config);
  const now = machine.clock.now();
  const planning = planRotations({
    inventory,
    rules,
    admission: emptyAdmission,
    operator: emptyOperatorState,
    additionalLimit: limitsOf(watch.accounts),
    now,
    sha256: machine.sha256,
    skewMs: null,
  });
  // As of a scan: where nothing at all could be read, nothing is due as far as anybody knows.
  if (inventory.listeners.length === 0 && inventory.missing.length > 0) exitWith(1);
  return planDocument(planning, inventory, knownFreezes(rules.freezes, [], now));
}
