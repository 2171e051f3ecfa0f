/** The terminal as commands see it. Documents go to `out`; progress, warnings and errors to `err`. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Whether a person watches `err`, so that a line may be drawn over. */
  readonly interactive: boolean;
  /** Whether `out` may be coloured. */
  readonly color: boolean;
}

export type Paint = 'red' | 'yellow' | 'green' | 'dim' | 'bold';

const codes: Readonly<Record<Paint, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };

/** The text in a colour, on a terminal that shows colours; unchanged elsewhere. */
export function paint(io: Pick<Io, 'color'>, how: Paint, text: string): string {
  return io.color ? `\u001B[${codes[how]}m${text}\u001B[0m` : text;
}

/** One JSON document, the only thing on standard output. */
export function printJson(io: Io, document: unknown): void {
  io.out(`${JSON.stringify(document, null, 2)}\n`);
}
