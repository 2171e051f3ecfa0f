import type { AuditCheckDocument, AuditDocument } from '../../api/audit.ts';
import { paint, type Io } from '../io.ts';
import { type Column, onOneLine, table } from './table.ts';

type Row = AuditDocument['entries'][number];

const columns: readonly Column<Row>[] = [
  { title: 'ROW', text: ({ sequence }) => String(sequence) },
  { title: 'AT', text: ({ at }) => at.replace(/\.\d+Z$/, 'Z') },
  { title: 'WHO', text: ({ actor }) => actor },
  { title: 'WHAT', text: ({ action }) => action },
  { title: 'LISTENER', text: ({ listener }) => listener?.split('/').at(-1) ?? '' },
  { title: 'ROTATION', text: ({ rotationId }) => rotationId ?? '' },
  { title: 'PLAN', text: ({ planHash }) => planHash?.slice(0, 12) ?? '' },
  { title: 'MORE', text: (row) => moreOf(row) },
];

/** The rows, the newest first. */
export function renderAudit({ entries }: AuditDocument): string {
  return entries.length === 0 ? 'no row of the audit fits\n' : table(columns, entries);
}

/** Whether the chain is whole, what is wrong with which row, and the end to keep for the next time. */
export function renderAuditCheck(io: Io, check: AuditCheckDocument): string {
  const { whole, checked, flaws, head, forgotten } = check;
  const verdict = whole ? paint(io, 'green', 'whole') : paint(io, 'red', 'broken');
  return [
    `the audit is ${verdict}: ${checked} rows checked`,
    ...(forgotten === null
      ? []
      : [`${forgotten.entries} rows before them were forgotten for their age`]),
    ...flaws.map(({ kind, sequence, detail }) => `row ${sequence} ${kind}: ${onOneLine(detail)}`),
    `ends at ${head.entries}:${head.hash}`,
    '',
  ].join('\n');
}

function moreOf({ facts, clientToken, cloudRequestId }: Row): string {
  const told = [
    ...Object.entries(facts),
    ['token', clientToken] as const,
    ['cloud', cloudRequestId] as const,
  ].filter(([, value]) => value !== null && value !== '');
  return told.map(([name, value]) => `${name}=${String(value)}`).join(' ');
}
