import { z } from 'zod';
import { type Call, operation, type ReplyBody } from '../http/operation.ts';
import { text } from '../http/parameters.ts';
import { mentions, passes } from './filters.ts';
import type { CertificateOrder } from './order-book.ts';
import { orderStatus, orderStatuses } from './order-status.ts';
import { pageOf, pageParameters } from './paging.ts';
import { requireSite } from './require.ts';
import { certificateRow, orderRow } from './rows.ts';
import type { StoredCertificate } from './site.ts';
import { certificateStatus } from './times.ts';

const parameters = z.object({
  OrderType: z.enum(['CPACK', 'BUY', 'UPLOAD', 'CERT']).optional(),
  Status: z.enum(orderStatuses).optional(),
  Keyword: z.string().optional(),
  ResourceGroupId: text().optional(),
  ...pageParameters,
});

type Parameters = z.output<typeof parameters>;

/**
 * Two lists in one, newest first: certificates for CERT and UPLOAD, orders otherwise. Of the certificates only valid ones
 * are listed, or expired ones when Status asks for them; the statuses that only orders have find none. Orders of every
 * status are listed.
 */
export const listUserCertificateOrder = operation(
  'ListUserCertificateOrder',
  parameters,
  (params, call) => {
    const { rows, fields } = pageOf(found(params, call), params, call);
    return { CertificateOrderList: rows.map((row) => row()), ...fields };
  },
);

/** Rows are made for the page that is handed out only. */
function found(params: Parameters, call: Call): readonly (() => ReplyBody)[] {
  const type = params.OrderType ?? 'CPACK';
  const site = requireSite(call);
  const now = call.world.clock.now();
  switch (type) {
    case 'CERT':
    case 'UPLOAD':
      return site
        .all()
        .filter((each) => isListed(each, params, call))
        .toReversed()
        .map((each) => () => certificateRow(each, now));
    case 'CPACK':
    case 'BUY':
      return site.orders
        .all()
        .filter((each) => each.kind === type && isListedOrder(each, params, call))
        .toReversed()
        .map((each) => () => orderRow(each, site, now));
  }
}

/** Whether a certificate that was taken back is still listed is not documented; it is no longer valid, so it is not. */
function isListed(certificate: StoredCertificate, params: Parameters, call: Call): boolean {
  if (requireSite(call).isRevoked(certificate.id)) return false;
  if (params.OrderType === 'UPLOAD' && certificate.origin.kind !== 'uploaded') return false;
  const status = certificateStatus(certificate.facts.notAfter, call.world.clock.now());
  return (
    (params.Status === undefined ? status !== 'EXPIRED' : status === params.Status) &&
    passes(params.ResourceGroupId, certificate.resourceGroupId) &&
    mentions([certificate.instanceId, ...certificate.facts.names], params.Keyword)
  );
}

/** Orders say nothing of resource groups, so that filter leaves them alone. */
function isListedOrder(order: CertificateOrder, params: Parameters, call: Call): boolean {
  const status = orderStatus(order, requireSite(call), call.world.clock.now());
  return (
    passes(params.Status, status) && mentions([order.instanceId, ...order.names], params.Keyword)
  );
}
