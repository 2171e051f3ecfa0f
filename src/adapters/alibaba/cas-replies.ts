import { z } from 'zod';
import { maybeText, reader, rowsOf, text } from './replies.ts';

/**
 * Certificate rows of ListUserCertificateOrder. Rows about orders have no certificate id; they are not certificates and are left
 * out by the caller.
 */
const Row = z.object({
  certificateId: text.nullish().transform((id) => id ?? null),
  name: maybeText,
  commonName: maybeText,
  sans: maybeText,
  sha2: maybeText,
  issuer: maybeText,
  algorithm: maybeText,
  startDate: maybeText,
  endDate: maybeText,
  status: maybeText,
});
export type CertificateOrderRow = z.output<typeof Row>;

/** Only public fields are read. The reply has room for private keys, which `CertFilter` keeps out; nothing here names them. */
const Detail = z.object({
  certIdentifier: maybeText,
  name: maybeText,
  common: maybeText,
  sans: maybeText,
  sha2: maybeText,
  issuer: maybeText,
  algorithm: maybeText,
  startDate: maybeText,
  endDate: maybeText,
  notBefore: z.number().nullish().transform(instant),
  notAfter: z.number().nullish().transform(instant),
});
export type CertificateDetail = z.output<typeof Detail>;

export const readCertificateOrders = reader(
  z
    .object({
      // Absent only in the answer to a store without certificates.
      certificateOrderList: rowsOf(Row),
      totalCount: z.coerce.number(),
    })
    .transform(({ certificateOrderList, totalCount }) => ({
      ...(certificateOrderList ?? { rows: [], bad: [] }),
      total: totalCount,
    })),
);
export const readCertificateDetail = reader(Detail);

/** Milliseconds, as documented. 0 is how a date that is not known is sometimes written. */
function instant(millis: number | null | undefined): Date | null {
  return millis === null || millis === undefined || millis === 0 ? null : new Date(millis);
}
