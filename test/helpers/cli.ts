import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { tell } from '../../src/cli/failure.ts';
import { createProgram } from '../../src/cli/program.ts';
import type { Ran } from './processes.ts';

/** Runs one command line in this process, as `newleaf` does: what it printed and its exit code. */
export async function runCli(
  args: readonly string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<Ran> {
  let out = '';
  let err = '';
  const io = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    interactive: false,
    color: false,
  };
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await createProgram(io, signal).parseAsync(['node', 'newleaf', ...args]);
    return { code: exitCode(), out, err };
  } catch (error) {
    // What `tell` says goes to `err`, so it comes first.
    const code = tell(io, error, signal);
    return { code, out, err };
  } finally {
    process.exitCode = before;
  }
}

/** The compiler believes that nobody else sets it. */
function exitCode(): number {
  return Number(process.exitCode ?? 0);
}

export interface Folder extends AsyncDisposable {
  readonly dir: string;
  /** Writes a configuration file there and returns its path. */
  config(settings: Readonly<Record<string, unknown>> | string): Promise<string>;
}

/** A folder of its own for one test. */
export async function openFolder(): Promise<Folder> {
  const dir = await mkdtemp(join(tmpdir(), 'newleaf-cli-'));
  return {
    dir,
    config: async (settings) => {
      const file = join(dir, 'newleaf.yaml');
      await writeFile(file, typeof settings === 'string' ? settings : stringify(settings));
      return file;
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}
