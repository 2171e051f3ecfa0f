import { z } from 'zod';
import { operation, type ProductApi } from '../http/operation.ts';
import { text } from '../http/parameters.ts';
import { associateAdditional, disassociateAdditional } from './additional.ts';
import { nlbJobReads } from './job-reads.ts';
import { nlbLifecycle } from './lifecycle.ts';
import { nlbPostOnly } from './methods.ts';
import { nlbRates } from './rates.ts';
import { nlbReads } from './reads.ts';
import { nlbPolicies } from './system-policies.ts';
import { updateListenerAttribute } from './update.ts';

const localNames: Readonly<Record<string, string>> = {
  'cn-hangzhou': 'China (Hangzhou)',
  'ap-southeast-1': 'Singapore',
};

const describeRegions = operation(
  'DescribeRegions',
  z.object({
    AcceptLanguage: z.enum(['zh-CN', 'en-US', 'ja']).optional(),
    ServiceCode: text().optional(),
    ClientToken: text().optional(),
  }),
  (_params, call) => ({
    Regions: call.world.regions.map((region) => ({
      RegionId: region,
      LocalName: localNames[region] ?? region,
      RegionEndpoint: `nlb.${region}.aliyuncs.com`,
    })),
  }),
);

export const nlbApi: ProductApi = {
  product: 'nlb',
  version: '2022-04-30',
  hostId: (region) => `nlb.${region}.aliyuncs.com`,
  operations: [
    describeRegions,
    ...nlbReads,
    ...nlbJobReads,
    ...nlbPolicies,
    updateListenerAttribute,
    associateAdditional,
    disassociateAdditional,
    ...nlbLifecycle,
  ],
  errors: {},
  rates: nlbRates,
  postOnly: nlbPostOnly,
};
