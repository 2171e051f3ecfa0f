/** The known word that a mistyped one most likely meant; null when none is close. */
export function nearest(word: string, known: readonly string[]): string | null {
  const near = known
    .map((candidate) => ({
      candidate,
      steps: distance(word.toLowerCase(), candidate.toLowerCase()),
    }))
    .filter(({ candidate, steps }) => steps <= Math.max(1, Math.floor(candidate.length / 3)))
    .toSorted((a, b) => a.steps - b.steps);
  return near[0]?.candidate ?? null;
}

/** How many letters must be added, dropped, changed or exchanged with their neighbour. */
function distance(from: string, to: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let line = 0; line < from.length; line += 1) {
    const next = [line + 1];
    for (let column = 0; column < to.length; column += 1) {
      const changed = (row[column] ?? 0) + (from[line] === to[column] ? 0 : 1);
      const moved = areExchanged(from, to, line, column) ? (before[column - 1] ?? 0) + 1 : changed;
      next.push(Math.min(changed, moved, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row.at(-1) ?? 0;
}

function areExchanged(from: string, to: string, line: number, column: number): boolean {
  return line > 0 && column > 0 && from[line] === to[column - 1] && from[line - 1] === to[column];
}
