import type { DocumentedError } from './http/documented.ts';
import { gatewayErrors } from './http/gateway-errors.ts';
import type { ProductApi } from './http/operation.ts';
import type { Rate } from './http/rate.ts';
import { products } from './products.ts';

/** What the sandbox answers, as Markdown: every operation with its rate and errors, then what brings each error about. */
export function operationsMarkdown(): string {
  const gateway = [
    '### Every endpoint',
    '',
    'The gateway in front of all products answers these before an operation is asked.',
    '',
    ...errorTable(gatewayErrors.map((error) => ({ error, actions: ['*'] }))),
  ];
  return `${[...products.flatMap(({ api }) => productLines(api)), ...gateway].join('\n')}\n`;
}

function productLines(api: ProductApi): readonly string[] {
  const errors = errorTable(grouped(api));
  return [
    `### ${api.product} ${api.version}`,
    '',
    ...table(
      ['operation', 'rate', 'errors by itself', 'errors on order'],
      api.operations.map(({ action }) => {
        const own = api.errors[action] ?? [];
        return [code(action), rate(api.rates[action]), codes(own, 'state'), codes(own, 'order')];
      }),
    ),
    '',
    ...errors,
    ...(errors.length === 0 ? [] : ['']),
  ];
}

interface ErrorOfActions {
  readonly error: DocumentedError;
  readonly actions: readonly string[];
}

/** The same error for the same reason, from several operations, is one row. */
function grouped(api: ProductApi): readonly ErrorOfActions[] {
  const rows = new Map<string, ErrorOfActions>();
  for (const { action } of api.operations) {
    for (const error of api.errors[action] ?? []) {
      const key = JSON.stringify([error.code, error.status, error.arises, error.when]);
      const actions = [...(rows.get(key)?.actions ?? []), action];
      rows.set(key, { error, actions });
    }
  }
  return [...rows.values()].toSorted((left, right) => compare(left.error.code, right.error.code));
}

/** Nothing for a product whose errors are not documented. */
function errorTable(rows: readonly ErrorOfActions[]): readonly string[] {
  if (rows.length === 0) return [];
  return table(
    ['code', 'HTTP', 'arises', 'when, or why not', 'operations'],
    rows.map(({ error, actions }) => [
      code(error.code),
      String(error.status),
      error.arises === 'state' ? 'by itself' : 'on order',
      error.when,
      actions.map((action) => (action === '*' ? 'all' : code(action))).join(' '),
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [tableRow(head), `|${'---|'.repeat(head.length)}`, ...rows.map(tableRow)];
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function codes(errors: readonly DocumentedError[], arises: DocumentedError['arises']): string {
  const found = errors.filter((error) => error.arises === arises);
  if (errors.length === 0) return 'none documented';
  return found.length === 0 ? 'none' : found.map((error) => code(error.code)).join(' ');
}

function rate(allowed: Rate | null | undefined): string {
  if (allowed === null || allowed === undefined) return 'none known';
  return `${allowed.calls} per ${allowed.millis / 1000} s`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
