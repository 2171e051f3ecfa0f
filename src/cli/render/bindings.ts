import type { ScanDocument } from '../../api/scan.ts';
import { paint, type Io, type Paint } from '../io.ts';
import { table } from './table.ts';

type Binding = ScanDocument['bindings'][number];

const tints: Readonly<Record<Binding['severity'], Paint | null>> = {
  ok: null,
  info: null,
  warning: 'yellow',
  critical: 'red',
  expired: 'red',
};

const shownNames = 2;

/** Every binding, the most urgent first, then what could not be read. */
export function renderScan(io: Io, document: ScanDocument): string {
  const { bindings, missing } = document;
  const lines = missing.map(
    ({ account, region, action, code }) =>
      `${paint(io, 'red', 'missing')}: ${action} in ${region} of ${account} answered ${code}; what was known there is kept\n`,
  );
  if (bindings.length === 0) return `no TLS listener found\n${lines.join('')}`;
  return `${bindingTable(io, bindings)}${lines.join('')}`;
}

function bindingTable(io: Io, bindings: readonly Binding[]): string {
  return table<Binding>(
    [
      { title: 'LEFT', text: left, tint: (row, text) => tinted(io, row, text) },
      {
        title: 'SEVERITY',
        text: (row) => row.severity,
        tint: (row, text) => tinted(io, row, text),
      },
      { title: 'NAMES', text: names },
      { title: 'LOAD BALANCER', text: (row) => row.loadBalancerName || row.loadBalancerId },
      { title: 'LISTENER', text: (row) => row.listenerId },
      { title: 'REGION', text: (row) => row.region },
      { title: 'SLOT', text: (row) => row.slot },
      { title: 'CERTIFICATE', text: (row) => row.certificateId },
      { title: 'FINDINGS', text: findings },
    ],
    bindings,
  );
}

/** Whole days, and how long ago it ended. */
function left({ daysLeft }: Binding): string {
  if (daysLeft === null) return 'unknown';
  return daysLeft < 0 ? 'expired' : `${daysLeft} d`;
}

function names(binding: Binding): string {
  const more = binding.names.length - shownNames;
  const shown = binding.names.slice(0, shownNames).join(', ');
  return more > 0 ? `${shown} +${more}` : shown;
}

function findings(binding: Binding): string {
  return [...new Set(binding.findings.map(({ kind }) => kind))].join(', ');
}

function tinted(io: Io, { severity }: Binding, text: string): string {
  const tint = tints[severity];
  return tint === null ? text : paint(io, tint, text);
}
