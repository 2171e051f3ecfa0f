import { type Io, type Paint, paint } from '../io.ts';

/** Tells a story line by line, at most a hundred columns wide. */
export interface Teller {
  /**
   * A sentence, with the seconds since the program was started. `who` speaks: a part of the demo, or the listener that
   * something happens to.
   */
  say(who: string, text: string, how?: Paint): void;
  /** Lines that belong to the sentence before, as they are. */
  add(lines: readonly string[]): void;
  /** Lines to be copied into a terminal: further left, for they cannot be broken. */
  command(lines: readonly string[]): void;
  /** A line, or several, outside of the story. */
  print(text: string): void;
}

const width = 100;
const margin = 18;

/** Says nothing: a JSON document at the end has the stage for itself. */
export const silent: Teller = {
  say: () => {},
  add: () => {},
  command: () => {},
  print: () => {},
};

export function tellerOn(io: Io): Teller {
  return {
    say: (who, text, how) => {
      const seconds = `${(performance.now() / 1000).toFixed(1)} s`.padStart(6);
      const [first = '', ...others] = wrap(text, width - margin);
      io.out(
        `${paint(io, 'dim', seconds)}  ${paint(io, 'bold', who.padEnd(8))}  ${tinted(io, first, how)}\n`,
      );
      for (const line of others) io.out(`${' '.repeat(margin)}${tinted(io, line, how)}\n`);
    },
    add: (lines) => {
      for (const line of lines) io.out(`${' '.repeat(margin)}${line}\n`);
    },
    command: (lines) => {
      for (const line of lines) io.out(`    ${paint(io, 'dim', line)}\n`);
    },
    print: (text) => io.out(`${text}\n`),
  };
}

/** Breaks between words; a word that is longer than a line stays whole. */
export function wrap(text: string, most: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > most) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function tinted(io: Io, text: string, how: Paint | undefined): string {
  return how === undefined ? text : paint(io, how, text);
}
