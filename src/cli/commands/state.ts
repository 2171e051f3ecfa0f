import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Command } from 'commander';
import { NewleafError } from '../../domain/errors.ts';
import { exportFrom, importInto } from '../../move-state.ts';
import type { Context } from '../context.ts';
import { printJson } from '../io.ts';
import { quietLog } from '../quiet-log.ts';

/** `newleaf state`: moves everything that newleaf remembers from one store to another. */
export function addStateCommand(program: Command, context: Context): void {
  const state = program
    .command('state')
    .description(
      'move everything that newleaf remembers to another store; with every daemon stopped',
    );
  state
    .command('export')
    .description('write the whole state of the configured store into a new file')
    .argument('<file>', 'a file that does not exist yet')
    .action(async (file: string) => {
      const lines = await exported(context, file);
      context.io.out(`${lines} lines written to ${file}\n`);
    });
  state
    .command('import')
    .description('read an exported state into the configured store, which must be empty')
    .argument('<file>')
    .option('--json', 'print one JSON document')
    .action(async (file: string, { json }: { readonly json?: boolean }) => {
      const moved = await importInto(context.config(), quietLog, readText(file));
      if (json === true) return printJson(context.io, moved);
      const { values, entries } = moved;
      context.io.out(`${values} values and ${entries} entries imported\n`);
    });
}

/** How many lines were written. */
async function exported(context: Context, file: string): Promise<number> {
  const config = context.config();
  const target = inFile(file, () => openSync(file, 'wx', 0o600));
  let lines = 0;
  try {
    await exportFrom(config, quietLog, (line) => {
      writeSync(target, line);
      lines += 1;
    });
  } finally {
    closeSync(target);
  }
  return lines;
}

function readText(file: string): string {
  return inFile(file, () => readFileSync(file, 'utf8'));
}

function inFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new NewleafError('request.invalid', `cannot use ${file} (${code})`, { cause: error });
  }
}
