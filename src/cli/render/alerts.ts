import type { AlertDocument } from '../../api/alert.ts';
import { paint, type Io, type Paint } from '../io.ts';
import { onOneLine, table } from './table.ts';

const tints: Readonly<Record<AlertDocument['severity'], Paint | null>> = {
  ok: null,
  info: null,
  warning: 'yellow',
  critical: 'red',
  expired: 'red',
};

/** The alerts as a person reads them, the worst first, and how to take one on. */
export function renderAlerts(io: Io, alerts: readonly AlertDocument[], whenEmpty: string): string {
  if (alerts.length === 0) return `${whenEmpty}\n`;
  const rows = table<AlertDocument>(
    [
      { title: 'ID', text: ({ id }) => id },
      {
        title: 'SEVERITY',
        text: ({ severity }) => severity,
        tint: (row, text) => tinted(io, row, text),
      },
      { title: 'SINCE', text: ({ since }) => minute(since) },
      { title: 'STATE', text: stateOf },
      { title: 'WHAT', text: ({ title }) => title },
      { title: 'KEY', text: ({ key }) => key },
    ],
    alerts,
  );
  const open = alerts.filter(
    ({ status, acknowledged }) => status === 'firing' && acknowledged === null,
  );
  return open.length === 0
    ? rows
    : `${rows}\n${countOf(open.length)} not acknowledged: newleaf ack ID\n`;
}

/** One alert that somebody has just taken on. */
export function renderAcknowledged({ id, title, acknowledged }: AlertDocument): string {
  const by = acknowledged === null ? '' : ` by ${acknowledged.by}`;
  return onOneLine(
    `${id} acknowledged${by}: ${title}. It is not repeated until it gets worse or ends.`,
  ).concat('\n');
}

function stateOf({ status, acknowledged, announced }: AlertDocument): string {
  if (status === 'resolved') return 'resolved';
  if (status === 'notice') return 'told';
  if (acknowledged !== null) return `acknowledged by ${acknowledged.by}`;
  return announced ? 'announced' : 'not announced yet';
}

function tinted(io: Io, { severity, status }: AlertDocument, text: string): string {
  const tint = status === 'firing' ? tints[severity] : null;
  return tint === null ? text : paint(io, tint, text);
}

function countOf(count: number): string {
  return count === 1 ? '1 alert is' : `${count} alerts are`;
}

function minute(at: string): string {
  return `${at.slice(0, 16)}Z`;
}
