import type { Command } from 'commander';
import { filterScan } from '../../api/filter.ts';
import { type ScanDocument, scanDocument } from '../../api/scan.ts';
import { machine, openWatch, type Watch } from '../../compose.ts';
import { rulesFrom } from '../../config/rules.ts';
import type { Config } from '../../config/schema.ts';
import { takeStock } from '../../domain/assessment.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { limitsOf } from '../../usecases/assess.ts';
import { scan } from '../../usecases/scan/scan.ts';
import type { Context } from '../context.ts';
import { exitWith } from '../exit.ts';
import { addFilters, filterFrom, type FilterOptions } from '../filters.ts';
import { memoryBook } from '../memory-book.ts';
import { printJson } from '../io.ts';
import { openProgress } from '../progress.ts';
import { quietLog } from '../quiet-log.ts';
import { renderScan } from '../render/bindings.ts';

export interface ScanOptions extends FilterOptions {
  readonly probe: boolean;
  readonly wide?: boolean;
  readonly json?: boolean;
}

const nothingThere =
  'no TLS listener found: newleaf looks for TCPSSL listeners in the configured accounts and regions; --region names others';

/** Looks once, from here, without a daemon; needs no file with `--region`. */
export function addScanCommand(program: Command, context: Context): void {
  const command = program
    .command('scan')
    .description('list every certificate bound to every TLS listener, and what is really served');
  addFilters(command, {
    region: 'only these regions; without a configuration file: which to scan',
  })
    .option('--no-probe', 'make no handshakes')
    .option('--wide', 'every name, tag, owner, policy, quota and console link')
    .option('--json', 'print one JSON document')
    .action(async (options: ScanOptions) => {
      const { document: all } = await scanHere(context, options);
      const now = machine.clock.now();
      const document = filterScan(all, filterFrom(options), now);
      const wide = options.wide === true;
      const view = { document, total: all.bindings.length, wide, whenEmpty: nothingThere };
      if (options.json === true) printJson(context.io, document);
      else context.io.out(renderScan(context.io, view, now));
      if (all.bindings.length === 0 && all.missing.length > 0) exitWith(1);
    });
}

/** One scan from nothing as a document, everything that was found in it. */
export async function scanHere(
  context: Pick<Context, 'config' | 'io' | 'signal'>,
  options: Pick<ScanOptions, 'account' | 'region' | 'probe'>,
): Promise<{ readonly document: ScanDocument; readonly watch: Watch }> {
  const config = withRegions(context.config(), options.region);
  const { inventory, watch } = await scanOnce(context, config, options);
  const stock = takeStock(inventory, {
    now: machine.clock.now(),
    policies: rulesFrom(config).policies,
    planning: null,
    admission: { inFlight: [] },
    additionalLimit: limitsOf(watch.accounts),
  });
  return { document: scanDocument(stock), watch };
}

/** One scan from nothing, its progress on a terminal. */
export async function scanOnce(
  context: Pick<Context, 'io' | 'signal'>,
  config: Config,
  options: Pick<ScanOptions, 'account' | 'region' | 'probe'>,
) {
  const watch = openWatch(config, quietLog);
  const progress = openProgress(context.io);
  const book = memoryBook();
  const { namesPerListener } = config.probe;
  const looking = {
    secondLookAfter: config.verify.gap,
    namesPerListener,
    caReplacements: () => config.caReplacements,
  };
  const deps = { ...watch, ...machine, ...looking, book, log: quietLog };
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
