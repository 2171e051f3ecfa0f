import type { ProductApi } from '../http/operation.ts';
import { cmsErrors } from './errors.ts';
import { monitorEvents } from './events.ts';
import { monitorMetrics } from './metrics.ts';
import { cmsRates } from './rates.ts';

/** CloudMonitor, as far as events and metrics of one's own go. */
export const cmsApi: ProductApi = {
  product: 'cms',
  version: '2019-01-01',
  hostId: (region) => `metrics.${region}.aliyuncs.com`,
  operations: [...monitorEvents, ...monitorMetrics],
  errors: cmsErrors,
  rates: cmsRates,
};
