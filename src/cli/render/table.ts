/** One column: its title and what it shows of a row. Plain text; `tint` may add colour after the width is known. */
export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly tint?: (row: Row, text: string) => string;
}

const gap = '  ';

/**
 * Rows in aligned columns under their titles, one line each, without trailing spaces. `headingOf` puts a line above each run of
 * rows that share a heading.
 */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  headingOf: (row: Row) => string | null = () => null,
): string {
  const cells = rows.map((row) => columns.map((column) => onOneLine(column.text(row))));
  const widths = columns.map(({ title }, index) =>
    cells.reduce((most, line) => Math.max(most, widthOf(line[index] ?? '')), title.length),
  );
  const head = columns.map(({ title }, index) => pad(title, widths[index] ?? 0)).join(gap);
  const headings = rows.map(headingOf);
  const lines = rows.flatMap((row, at) => {
    const line = columns
      .map((column, index) => {
        const padded = pad(cells[at]?.[index] ?? '', widths[index] ?? 0);
        return column.tint === undefined ? padded : column.tint(row, padded);
      })
      .join(gap);
    const heading = headings[at] ?? null;
    return heading === null || heading === headings[at - 1] ? [line] : [heading, line];
  });
  return `${[head, ...lines].map((line) => line.trimEnd()).join('\n')}\n`;
}

/** Names are chosen by others: a line break would fake a row, an escape sequence would reach the terminal. */
export function onOneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Columns of a terminal. Chinese, Japanese and Korean characters take two. */
function widthOf(text: string): number {
  const wide = text.match(
    /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/g,
  );
  return text.length + (wide?.length ?? 0);
}
