import type { ProductApi } from '../http/operation.ts';
import { casCertificates } from './certificates.ts';
import { listUserCertificateOrder } from './orders.ts';
import { casRates } from './rates.ts';
import { casRepository } from './repository.ts';

export const casApi: ProductApi = {
  product: 'cas',
  version: '2020-04-07',
  hostId: (region) =>
    region === 'cn-hangzhou' ? 'cas.aliyuncs.com' : `cas.${region}.aliyuncs.com`,
  operations: [listUserCertificateOrder, ...casCertificates, ...casRepository],
  errors: {},
  rates: casRates,
};
