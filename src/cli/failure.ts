import { CommanderError } from 'commander';
import { NewleafError } from '../domain/errors.ts';
import type { Io } from './io.ts';

/** How commands end that did not do what they were asked. */
const exits = { failed: 1, usage: 2, stopped: 130 } as const;

/** What commander ends with when a command line is wrong and the command has no code of its own for that. */
const usual = 1;

/** Says in one line what went wrong and what to do; returns the exit code. */
export function tell(io: Pick<Io, 'err'>, error: unknown, signal: AbortSignal): number {
  // Commander has already said what is wrong; help and version are no failures.
  if (error instanceof CommanderError)
    return error.exitCode === usual ? exits.usage : error.exitCode;
  if (signal.aborted) return exits.stopped;
  io.err(`newleaf: ${error instanceof NewleafError ? error.message : unexpected(error)}\n`);
  return exits.failed;
}

/** A fault of ours: whoever reports it needs to say where. */
function unexpected(error: unknown): string {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `something unexpected failed, please report it: ${trace}`;
}
