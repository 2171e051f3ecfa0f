import type { RateTable } from '../http/rate.ts';

/** Of the pages on reporting events and metrics (the limit of the large mainland regions); reading events has none documented. */
export const cmsRates: RateTable = {
  PutCustomEvent: { calls: 20, millis: 1000 },
  PutCustomMetric: { calls: 200, millis: 1000 },
  DescribeCustomEventAttribute: null,
};
