import { casHost } from '../cas/api.ts';
import type { ProductApi } from '../http/operation.ts';
import { pcaAuthorities } from './authorities.ts';
import { pcaCertificates } from './certificates.ts';
import { pcaErrors } from './errors.ts';
import { pcaRates } from './rates.ts';

/** Another version of the certificate service under the same host name, here with endpoints of its own. */
export const pcaApi: ProductApi = {
  product: 'pca',
  version: '2020-06-30',
  hostId: casHost,
  operations: [...pcaAuthorities, ...pcaCertificates],
  errors: pcaErrors,
  rates: pcaRates,
};
