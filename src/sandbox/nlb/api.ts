import type { ProductApi } from '../http/operation.ts';
import { associateAdditional, disassociateAdditional } from './additional.ts';
import { createListener } from './create-listener.ts';
import { nlbErrors } from './errors.ts';
import { nlbJobReads } from './job-reads.ts';
import { nlbLifecycle } from './lifecycle.ts';
import { nlbPostOnly } from './methods.ts';
import { nlbPolicies } from './policy-reads.ts';
import { nlbRates } from './rates.ts';
import { nlbReads } from './reads.ts';
import { describeRegions } from './regions.ts';
import { updateListenerAttribute } from './update.ts';
import { illegalParam, worded } from './worded.ts';

export const nlbApi: ProductApi = {
  product: 'nlb',
  version: '2022-04-30',
  hostId: (region) => `nlb.${region}.aliyuncs.com`,
  operations: [
    describeRegions,
    ...nlbReads,
    ...nlbJobReads,
    ...nlbPolicies,
    createListener,
    updateListenerAttribute,
    associateAdditional,
    disassociateAdditional,
    ...nlbLifecycle,
  ].map(worded),
  errors: nlbErrors,
  rates: nlbRates,
  postOnly: nlbPostOnly,
  illegal: illegalParam,
};
