import { z } from 'zod';
import { operation } from '../http/operation.ts';
import { integer, list, text } from '../http/parameters.ts';
import { is, within } from './filters.ts';
import type { Listener } from './model.ts';
import { pageOf } from './paging.ts';
import { requireSeenListener, requireTls } from './require.ts';

/** Every certificate of a listener, whatever its slot. Its pages are half as long as those of other lists. */
export const listListenerCertificates = operation(
  'ListListenerCertificates',
  z.object({
    ListenerId: text(),
    RegionId: text().optional(),
    NextToken: text().optional(),
    MaxResults: integer(1, 50).optional(),
    CertType: z.enum(['Ca', 'Server']).optional(),
    CertificateIds: list(100).optional(),
  }),
  (params, call) => {
    const listener = requireSeenListener(params.ListenerId, call);
    requireTls(listener);
    const rows = certificateRows(listener).filter(
      (row) =>
        is(params.CertType, row.CertificateType) &&
        within(params.CertificateIds, row.CertificateId),
    );
    const page = pageOf(rows, (row) => `${row.CertificateType} ${row.CertificateId}`, params, call);
    return {
      CertificateIds: page.rows.map((row) => row.CertificateId),
      Certificates: page.rows,
      ...page.fields,
    };
  },
);

interface CertificateRow {
  readonly CertificateId: string;
  readonly CertificateType: 'Server' | 'Ca';
  readonly IsDefault: boolean;
  readonly Status: 'Associating' | 'Associated' | 'Diassociating';
}

function certificateRows(listener: Listener): readonly CertificateRow[] {
  const { certificateId, caCertificateId } = listener;
  const whole = { Status: 'Associated' } as const;
  return [
    ...(certificateId === null
      ? []
      : [
          {
            CertificateId: certificateId,
            CertificateType: 'Server',
            IsDefault: true,
            ...whole,
          } as const,
        ]),
    ...listener.additional.map(
      (row) =>
        ({
          CertificateId: row.certificateId,
          CertificateType: 'Server',
          IsDefault: false,
          Status: row.status,
        }) as const,
    ),
    ...(caCertificateId === null
      ? []
      : [
          {
            CertificateId: caCertificateId,
            CertificateType: 'Ca',
            IsDefault: true,
            ...whole,
          } as const,
        ]),
  ];
}
