import type { Command } from 'commander';
import { RotationDocument, RotationsDocument } from '../../api/rotation.ts';
import { CertificateDocument } from '../../api/certificate.ts';
import { FreezesDocument } from '../../api/freeze.ts';
import { filterScan } from '../../api/filter.ts';
import { ScanDocument } from '../../api/scan.ts';
import type { Context } from '../context.ts';
import { addFilters, filterFrom, type FilterOptions } from '../filters.ts';
import { printJson } from '../io.ts';
import { renderScan } from '../render/bindings.ts';
import { renderCertificates } from '../render/certificate.ts';
import { freezeNotes } from '../render/freeze.ts';
import { renderRotation, renderRotations } from '../render/rotation.ts';
import { HealthDocument } from '../../api/health.ts';
import { paint } from '../io.ts';

interface Format {
  readonly json?: boolean;
}

/** The commands that ask a running daemon and change nothing. */
export function addReadingCommands(program: Command, context: Context): void {
  addStatusCommand(program, context);
  program
    .command('certificate')
    .description('one certificate: its facts, every binding of it, what may replace it')
    .argument('<id>', 'id with or without the store site, or the beginning of the SHA-256')
    .option('--json', 'print one JSON document')
    .action(async (id: string, options: Format) => {
      const path = `/certificates/${encodeURIComponent(id)}`;
      const document = await context.daemon().get(path, CertificateDocument);
      if (options.json === true) return printJson(context.io, document);
      context.io.out(renderCertificates(context.io, document, new Date()));
    });
  program
    .command('rotations')
    .description('past and present rotations, newest first')
    .option('--json', 'print one JSON document')
    .action(async (options: Format) => {
      const document = await context.daemon().get('/rotations', RotationsDocument);
      if (options.json === true) return printJson(context.io, document);
      context.io.out(renderRotations(context.io, document.rotations));
    });
  program
    .command('show')
    .description('one rotation with its timeline')
    .argument('<rotation>')
    .option('--json', 'print one JSON document')
    .action(async (id: string, options: Format) => {
      const path = `/rotations/${encodeURIComponent(id)}`;
      const document = await context.daemon().get(path, RotationDocument);
      if (options.json === true) return printJson(context.io, document);
      context.io.out(renderRotation(context.io, document));
    });
}

interface StatusOptions extends FilterOptions, Format {
  readonly wide?: boolean;
}

function addStatusCommand(program: Command, context: Context): void {
  const command = program
    .command('status')
    .description('what the daemon knows: every binding, the most urgent first');
  addFilters(command, { region: 'only these regions' })
    .option('--wide', 'every name, tag, owner, policy, quota and console link')
    .option('--json', 'print one JSON document')
    .action(async (options: StatusOptions) => {
      const all = await context.daemon().get('/status', ScanDocument);
      const now = new Date();
      const document = filterScan(all, filterFrom(options), now);
      if (options.json === true) return printJson(context.io, document);
      const view = {
        document,
        total: all.bindings.length,
        wide: options.wide === true,
        whenEmpty: all.takenAt === null ? notYet : nothingKnown,
      };
      context.io.out(renderScan(context.io, view, now));
      await printHealth(context);
      await printFreezes(context);
    });
}

/** What a daemon says that knows nothing yet. */
export const notYet =
  'no scan has ended yet: the first one starts with the daemon, ask again in a minute';

const nothingKnown =
  'the daemon knows no TLS listener: newleaf doctor shows which accounts and regions it reads';

async function printFreezes(context: Context): Promise<void> {
  const { freezes } = await context.daemon().get('/freezes', FreezesDocument);
  context.io.out(freezeNotes(context.io, freezes));
}

async function printHealth(context: Context): Promise<void> {
  const { io } = context;
  const health = await context.daemon().get('/health', HealthDocument);
  for (const { name, ok, detail } of health.checks) {
    if (!ok) io.out(`${paint(io, 'red', name)}: ${detail}\n`);
  }
}
