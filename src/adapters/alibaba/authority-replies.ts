import { z } from 'zod';
import { maybeText, reader, rowsOf, text } from './replies.ts';

/** Milliseconds, as documented; some products send them as text. 0 stands for a date that is not known. */
const instant = z.coerce
  .number()
  .nullish()
  .transform((millis) =>
    millis === null || millis === undefined || Number.isNaN(millis) || millis === 0
      ? null
      : new Date(millis),
  );

/** A CA certificate as either list shows it. The list of private CAs tells more than that of repositories. */
const Row = z.object({
  identifier: text.refine((identifier) => identifier !== ''),
  commonName: maybeText,
  subjectDN: maybeText,
  issuer: maybeText,
  algorithm: maybeText,
  keySize: z.coerce.number().nullish(),
  sha2: maybeText,
  x509Certificate: maybeText,
  status: maybeText,
  beforeDate: instant,
  afterDate: instant,
});
export type AuthorityRow = z.output<typeof Row>;

const totalCount = z.coerce.number();

export const readPrivateAuthorities = reader(
  z
    .object({ certificateList: rowsOf(Row), totalCount })
    .transform((reply) => ({ ...(reply.certificateList ?? none), total: reply.totalCount })),
);
export const readRepositoryAuthorities = reader(
  z
    .object({ certList: rowsOf(Row), totalCount })
    .transform((reply) => ({ ...(reply.certList ?? none), total: reply.totalCount })),
);

/** Absent only in the answer of a site without CA certificates. */
const none = { rows: [], bad: [] };
