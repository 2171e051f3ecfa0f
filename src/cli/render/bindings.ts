import type { ScanDocument } from '../../api/scan.ts';
import { timeLeft } from '../../messages/left.ts';
import { paint, type Io, type Paint } from '../io.ts';
import { findingLines, missingLines, silentLines } from './attention.ts';
import { type Column, onOneLine, table } from './table.ts';

type Binding = ScanDocument['bindings'][number];

/** What to print of a document that may have been filtered. */
export interface ScanView {
  readonly document: ScanDocument;
  /** How many bindings there were before. */
  readonly total: number;
  /** Every name, tag and link instead of what fits a terminal. */
  readonly wide: boolean;
  /** What to say, and what to do, when nothing at all is known. */
  readonly whenEmpty: string;
}

const tints: Readonly<Record<Binding['severity'], Paint | null>> = {
  ok: null,
  info: null,
  warning: 'yellow',
  critical: 'red',
  expired: 'red',
};

const shownNames = 2;
const shortFingerprint = 16;

/**
 * The bindings by account and region, the place with the earliest end first and the earliest end first in each; below them
 * what to do about the findings, then which addresses are silent and what could not be read. Time left is counted from `now`.
 */
export function renderScan(io: Pick<Io, 'color'>, view: ScanView, now: Date): string {
  const { document, total, wide } = view;
  const { bindings, missing } = document;
  if (bindings.length === 0) return [...whenEmpty(view), ...missingLines(io, missing)].join('');
  const columns = wide ? wideColumns(io, now) : usualColumns(io, now);
  const rows = byPlace(bindings);
  const left = bindings.length < total ? [`${bindings.length} of ${total} bindings shown\n`] : [];
  return [
    table(columns, rows, (row) => paint(io, 'bold', placeOf(row))),
    ...left,
    ...findingLines(bindings),
    ...silentLines(io, bindings),
    ...missingLines(io, missing),
  ].join('');
}

/** Keeps the order of the document, which is by time left, within each place. */
function byPlace(bindings: readonly Binding[]): readonly Binding[] {
  const places = new Map<string, Binding[]>();
  for (const binding of bindings) {
    const place = placeOf(binding);
    const rows = places.get(place) ?? [];
    rows.push(binding);
    places.set(place, rows);
  }
  return [...places.values()].flat();
}

function whenEmpty({ document, total, whenEmpty: sentence }: ScanView): readonly string[] {
  if (total > 0) return [`none of the ${total} bindings matches: leave a filter out to see more\n`];
  const gap = document.missing.length > 0;
  return [
    gap
      ? 'no TLS listener found, but not everything could be read: newleaf doctor shows why\n'
      : `${sentence}\n`,
  ];
}

function placeOf({ account, region }: Binding): string {
  return onOneLine(`${account} / ${region}`);
}

function usualColumns(io: Pick<Io, 'color'>, now: Date): readonly Column<Binding>[] {
  return [
    ...urgencyColumns(io, now),
    { title: 'NAMES', text: names },
    { title: 'LOAD BALANCER', text: (row) => row.loadBalancerName || row.loadBalancerId },
    { title: 'LISTENER', text: (row) => row.listenerId },
    { title: 'SLOT', text: (row) => row.slot },
    { title: 'CERTIFICATE', text: (row) => row.certificateId },
    { title: 'FINDINGS', text: findings },
  ];
}

function wideColumns(io: Pick<Io, 'color'>, now: Date): readonly Column<Binding>[] {
  return [
    ...urgencyColumns(io, now),
    { title: 'UNTIL', text: (row) => row.notAfter ?? 'unknown' },
    { title: 'NAMES', text: (row) => row.names.join(', ') },
    { title: 'LOAD BALANCER', text: (row) => named(row.loadBalancerId, row.loadBalancerName) },
    { title: 'LISTENER', text: (row) => named(row.listenerId, row.listenerDescription) },
    { title: 'STATUS', text: (row) => row.status },
    { title: 'SLOT', text: (row) => row.slot },
    { title: 'CERTIFICATE', text: (row) => named(row.certificateId, row.certificateLabel) },
    { title: 'SHA-256', text: (row) => row.fingerprint256?.slice(0, shortFingerprint) ?? '-' },
    { title: 'OWNER', text: (row) => row.ownedBy ?? row.owner },
    { title: 'POLICY', text: (row) => row.policy },
    { title: 'TLS POLICY', text: (row) => row.tlsPolicy },
    { title: 'ADDITIONAL', text: additional },
    { title: 'TAGS', text: tags },
    { title: 'SEEN', text: (row) => row.seenAt },
    { title: 'FINDINGS', text: findings },
    { title: 'CONSOLE', text: (row) => row.consoleUrl },
  ];
}

function urgencyColumns(io: Pick<Io, 'color'>, now: Date): readonly Column<Binding>[] {
  const tint = ({ severity }: Binding, text: string): string => {
    const how = tints[severity];
    return how === null ? text : paint(io, how, text);
  };
  return [
    { title: 'LEFT', text: (row) => timeLeft(row.notAfter, now), tint },
    { title: 'SEVERITY', text: howSevere, tint },
  ];
}

/** Where nobody knows the end nothing is ok, and nothing else either. */
function howSevere(binding: Binding): string {
  return binding.notAfter === null ? '-' : binding.severity;
}

function names(binding: Binding): string {
  // A CA answers for no name; its label says which one it is.
  if (binding.names.length === 0 && binding.slot === 'ca') return binding.certificateLabel;
  const more = binding.names.length - shownNames;
  const shown = binding.names.slice(0, shownNames).join(', ');
  return more > 0 ? `${shown} +${more}` : shown;
}

/** How many additional certificates the load balancer holds, of how many. */
function additional({ additionalCertificates: { used, limit } }: Binding): string {
  return limit === null ? String(used) : `${used}/${limit}`;
}

function findings(binding: Binding): string {
  return [...new Set(binding.findings.map(({ kind }) => kind))].join(', ');
}

function tags(binding: Binding): string {
  const pairs = Object.entries(binding.tags).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '-' : pairs.join(',');
}

function named(id: string, name: string): string {
  return name === '' ? id : `${id} (${name})`;
}
