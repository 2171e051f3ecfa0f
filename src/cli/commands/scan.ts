import type { Command } from 'commander';
import { scanDocument } from '../../api/scan.ts';
import { machine, openWatch } from '../../compose.ts';
import { rulesFrom } from '../../config/rules.ts';
import type { Config } from '../../config/schema.ts';
import { takeStock } from '../../domain/assessment.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { limitsOf } from '../../usecases/assess.ts';
import { scan } from '../../usecases/scan/scan.ts';
import type { Context } from '../context.ts';
import { memoryBook } from '../memory-book.ts';
import { printJson } from '../io.ts';
import { openProgress } from '../progress.ts';
import { quietLog } from '../quiet-log.ts';
import { renderScan } from '../render/bindings.ts';

export interface ScanOptions {
  readonly region?: readonly string[];
  readonly account?: readonly string[];
  readonly probe: boolean;
  readonly json?: boolean;
}

/** Looks once, from here, without a daemon; needs no file with `--region`. */
export function addScanCommand(program: Command, context: Context): void {
  program
    .command('scan')
    .description('list every certificate bound to every TLS listener, and what is really served')
    .option(
      '--region <region...>',
      'only these regions; without a configuration file: which to scan',
    )
    .option('--account <name...>', 'only these accounts')
    .option('--no-probe', 'make no handshakes')
    .option('--json', 'print one JSON document')
    .action(async (options: ScanOptions) => {
      const config = withRegions(context.config(), options.region);
      const { inventory, watch } = await scanOnce(context, config, options);
      const document = scanDocument(
        takeStock(inventory, {
          now: machine.clock.now(),
          policies: rulesFrom(config).policies,
          planning: null,
          admission: { inFlight: [] },
          additionalLimit: limitsOf(watch.accounts),
        }),
      );
      if (options.json === true) printJson(context.io, document);
      else context.io.out(renderScan(context.io, document, machine.clock.now()));
      if (document.bindings.length === 0 && document.missing.length > 0) process.exitCode = 1;
    });
}

/** One scan from nothing, its progress on a terminal. */
export async function scanOnce(
  context: Context,
  config: Config,
  options: Pick<ScanOptions, 'account' | 'region' | 'probe'>,
) {
  const watch = openWatch(config, quietLog);
  const progress = openProgress(context.io);
  const book = memoryBook();
  const deps = { ...watch, ...machine, book, log: quietLog, secondLookAfter: config.verify.gap };
  const { account: accounts, region: regions, probe } = options;
  const request = { accounts, regions, probe, onProgress: progress.show };
  try {
    const found: { readonly inventory: Inventory } = await scan(deps, request, context.signal);
    return { inventory: found.inventory, watch };
  } finally {
    progress.end();
  }
}

/** Regions named on the command line are scanned even where the configuration names others. */
export function withRegions(config: Config, regions: readonly string[] | undefined): Config {
  if (regions === undefined) return config;
  const accounts = config.accounts.map((account) => ({ ...account, regions: [...regions] }));
  return { ...config, accounts };
}
