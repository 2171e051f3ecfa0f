import type { ProductApi } from '../http/operation.ts';
import { casCertificates } from './certificates.ts';
import { casErrors } from './errors.ts';
import { describeCertificateState } from './order-state.ts';
import { listUserCertificateOrder } from './orders.ts';
import { casRates } from './rates.ts';
import { renewCertificateOrder } from './renewals.ts';
import { casRepository } from './repository.ts';

/** The host name of a site's endpoint, the same for certificates and private CAs. */
export function casHost(region: string): string {
  return region === 'cn-hangzhou' ? 'cas.aliyuncs.com' : `cas.${region}.aliyuncs.com`;
}

export const casApi: ProductApi = {
  product: 'cas',
  version: '2020-04-07',
  hostId: casHost,
  operations: [
    listUserCertificateOrder,
    ...casCertificates,
    ...casRepository,
    describeCertificateState,
    renewCertificateOrder,
  ],
  errors: casErrors,
  rates: casRates,
};
