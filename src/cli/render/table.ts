/** One column: its title and what it shows of a row. Plain text; `tint` may add colour after the width is known. */
export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly tint?: (row: Row, text: string) => string;
}

const gap = '  ';

/** Rows in aligned columns under their titles, one line each, without trailing spaces. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => column.text(row)));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const head = columns.map(({ title }, index) => title.padEnd(widths[index] ?? 0)).join(gap);
  const lines = rows.map((row, at) =>
    columns
      .map((column, index) => {
        const padded = (cells[at]?.[index] ?? '').padEnd(widths[index] ?? 0);
        return column.tint === undefined ? padded : column.tint(row, padded);
      })
      .join(gap),
  );
  return `${[head, ...lines].map((line) => line.trimEnd()).join('\n')}\n`;
}
