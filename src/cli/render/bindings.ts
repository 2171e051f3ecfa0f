import type { ScanDocument } from '../../api/scan.ts';
import { paint, type Io, type Paint } from '../io.ts';
import { timeLeft } from '../../messages/left.ts';
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

/** Every binding, the most urgent first, then what could not be read. Time left is counted from `now`. */
export function renderScan(io: Io, document: ScanDocument, now: Date): string {
  const { bindings, missing } = document;
  const lines = missing.map(
    ({ account, region, action, code }) =>
      `${paint(io, 'red', 'missing')}: ${action} in ${region} of ${account} answered ${code}\n`,
  );
  if (bindings.length === 0) {
    const but = missing.length === 0 ? '' : ', but not everything could be read';
    return `no TLS listener found${but}\n${lines.join('')}`;
  }
  return `${bindingTable(io, bindings, now)}${lines.join('')}`;
}

function bindingTable(io: Io, bindings: readonly Binding[], now: Date): string {
  return table<Binding>(
    [
      {
        title: 'LEFT',
        text: (row) => timeLeft(row.notAfter, now),
        tint: (row, text) => tinted(io, row, text),
      },
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
