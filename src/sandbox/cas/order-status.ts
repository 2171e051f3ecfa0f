import type { CertificateOrder } from './order-book.ts';
import type { CertificateSite } from './site.ts';
import { certificateStatus } from './times.ts';

/** Every status a list of orders can be asked for. */
export const orderStatuses = [
  'PAYED',
  'CHECKING',
  'CHECKED_FAIL',
  'ISSUED',
  'WILLEXPIRED',
  'EXPIRED',
  'NOTACTIVATED',
  'REVOKED',
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** What the list says of an order; that one in an unknown state counts as not activated is a choice. */
export function orderStatus(
  order: CertificateOrder,
  site: CertificateSite,
  now: number,
): OrderStatus {
  const { stage } = order;
  switch (stage.kind) {
    case 'payed':
      return 'PAYED';
    case 'process':
    case 'domain-verify':
      return 'CHECKING';
    case 'verify-fail':
      return 'CHECKED_FAIL';
    case 'unknown':
      return 'NOTACTIVATED';
    case 'issued':
      if (site.isRevoked(stage.certificate.id)) return 'REVOKED';
      return certificateStatus(stage.certificate.facts.notAfter, now);
  }
}
