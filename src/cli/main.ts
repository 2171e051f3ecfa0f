#!/usr/bin/env node
import { CommanderError } from 'commander';
import { readEnvironment } from '../config/load.ts';
import { NewleafError } from '../domain/errors.ts';
import { createProgram } from './program.ts';

const usageExit = 2;

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => stopping.abort(new Error(`stopped by ${name}`)));
}
// A reader that goes away (newleaf scan | head) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const io = {
  out: (text: string): void => void process.stdout.write(text),
  err: (text: string): void => void process.stderr.write(text),
  interactive: process.stderr.isTTY,
  color: process.stdout.isTTY && !readEnvironment().noColor,
};

try {
  await createProgram(io, stopping.signal).parseAsync();
} catch (error) {
  process.exitCode = tell(error);
}

/** One line that says what to do; the exit code. */
function tell(error: unknown): number {
  // Commander has already said what is wrong; help and version are no failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExit;
  if (stopping.signal.aborted) return 130;
  if (error instanceof NewleafError) io.err(`newleaf: ${error.message}\n`);
  else
    io.err(`newleaf: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
