import type { Rate, RateTable } from '../http/rate.ts';

const read: Rate = { calls: 20, millis: 1000 };
const write: Rate = { calls: 200, millis: 60_000 };

/** From the page on API quotas; ListLoadBalancers and ListAsynJobs are not on it and are taken for reads like the others. */
export const nlbRates: RateTable = {
  ListLoadBalancers: read,
  GetLoadBalancerAttribute: read,
  ListListeners: read,
  GetListenerAttribute: read,
  ListListenerCertificates: read,
  ListSecurityPolicy: read,
  ListSystemSecurityPolicy: read,
  GetJobStatus: read,
  ListAsynJobs: read,
  DescribeRegions: read,
  GetListenerHealthStatus: { calls: 10, millis: 1000 },
  UpdateListenerAttribute: write,
  AssociateAdditionalCertificatesWithListener: write,
  DisassociateAdditionalCertificatesWithListener: write,
  CreateListener: write,
  StartListener: write,
  StopListener: write,
  DeleteListener: write,
};
