#!/usr/bin/env node
import { readEnvironment } from '../config/load.ts';
import { tell } from './failure.ts';
import { createProgram } from './program.ts';

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => stopping.abort(new Error(`stopped by ${name}`)));
}
// A reader that goes away (newleaf scan | head) is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

const io = {
  out: (text: string): void => void process.stdout.write(text),
  err: (text: string): void => void process.stderr.write(text),
  interactive: process.stderr.isTTY,
  color: process.stdout.isTTY && !readEnvironment().noColor,
};

try {
  await createProgram(io, stopping.signal).parseAsync();
} catch (error) {
  process.exitCode = tell(io, error, stopping.signal);
}
