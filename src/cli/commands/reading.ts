import type { Command } from 'commander';
import { RotationDocument, RotationsDocument } from '../../api/rotation.ts';
import { ScanDocument } from '../../api/scan.ts';
import type { Context } from '../context.ts';
import { printJson } from '../io.ts';
import { renderScan } from '../render/bindings.ts';
import { renderRotation, renderRotations } from '../render/rotation.ts';
import { HealthDocument } from '../../api/health.ts';
import { paint } from '../io.ts';

interface Format {
  readonly json?: boolean;
}

/** The commands that ask a running daemon and change nothing. */
export function addReadingCommands(program: Command, context: Context): void {
  program
    .command('status')
    .description('what the daemon knows: every binding, the most urgent first')
    .option('--json', 'print one JSON document')
    .action(async (options: Format) => {
      const document = await context.daemon().get('/status', ScanDocument);
      if (options.json === true) return printJson(context.io, document);
      context.io.out(renderScan(context.io, document, new Date()));
      await printHealth(context);
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

async function printHealth(context: Context): Promise<void> {
  const { io } = context;
  const health = await context.daemon().get('/health', HealthDocument);
  for (const { name, ok, detail } of health.checks) {
    if (!ok) io.out(`${paint(io, 'red', name)}: ${detail}\n`);
  }
}
