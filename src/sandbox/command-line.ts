import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './usage-error.ts';

/** What a command of the sandbox prints to. */
export interface CommandIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/** Reads a command line; a wrong one becomes a UsageError. A value may be a negative number. */
export function readCommandLine<T extends ParseArgsConfig>(argv: readonly string[], config: T) {
  try {
    return parseArgs<T>({ ...config, args: withNegatives(argv) });
  } catch (error) {
    throw new UsageError(error instanceof Error ? firstSentence(error.message) : String(error));
  }
}

/** The parser goes on with advice about words that start with a hyphen; there are none here. */
function firstSentence(message: string): string {
  return message.replace(/\.\s.*$/s, '');
}

/** `--offset -5` is ambiguous to the parser, `--offset=-5` is not. */
function withNegatives(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of argv) {
    const before = joined.at(-1);
    if (before !== undefined && /^--[a-z-]+$/.test(before) && /^-\d/.test(word)) {
      joined[joined.length - 1] = `${before}=${word}`;
    } else joined.push(word);
  }
  return joined;
}
