import { ApiError } from '../http/api-error.ts';
import type { Call } from '../http/operation.ts';
import { refusalOf } from '../http/refusals.ts';
import { noCertificate, noOrder } from './errors.ts';
import type { CertificateOrder } from './order-book.ts';
import { type CertificateSite, siteNames, type StoredCertificate } from './site.ts';

/** The store behind this endpoint. */
export function requireSite(call: Call): CertificateSite {
  const name = siteNames.find((site) => site === call.region);
  if (name !== undefined) return call.world.sites[name];
  throw new ApiError('InvalidRegion', `There is no certificate store in ${call.region}.`, {
    status: 404,
  });
}

export function requireCertificate(id: number, call: Call): StoredCertificate {
  const found = requireSite(call).get(id);
  if (found !== null) return found;
  throw refusalOf(noCertificate);
}

export function requireOrder(id: number, call: Call): CertificateOrder {
  const found = requireSite(call).orders.get(id);
  if (found !== null) return found;
  throw refusalOf(noOrder);
}
