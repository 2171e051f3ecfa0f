import type { QuarantineDocument } from '../../api/quarantine.ts';
import { type Column, table } from './table.ts';

type Row = QuarantineDocument['quarantined'][number];

const columns: readonly Column<Row>[] = [
  {
    title: 'CERTIFICATE',
    text: ({ certificates, fingerprint256 }) =>
      certificates.join(', ') || fingerprint256.slice(0, 16),
  },
  { title: 'NOT TRIED ON', text: ({ listener }) => listener?.split('/').at(-1) ?? 'any listener' },
  { title: 'UNTIL', text: ({ until }) => `${until.slice(0, 16)}Z` },
  { title: 'AFTER ROTATION', text: ({ rotationId }) => rotationId },
  { title: 'WHY', text: ({ reason }) => reason },
];

/** What is not tried for a while, what ends first before the others. */
export function renderQuarantine({ quarantined }: QuarantineDocument): string {
  return quarantined.length === 0 ? 'no certificate is quarantined\n' : table(columns, quarantined);
}
