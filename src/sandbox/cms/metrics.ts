import { z } from 'zod';
import type { Call, Operation } from '../http/operation.ts';
import { text } from '../http/parameters.ts';
import { refusalOf } from '../http/refusals.ts';
import { badParameter } from './errors.ts';
import type { CustomMetric } from './monitor.ts';
import { done, monitorOperation } from './operations.ts';
import { dimensionsOf, metricName, timeOf, valuesOf } from './values.ts';

const mostAtOnce = 100;
const largestReport = 256 * 1024;

const reported = z.object({
  MetricName: text(),
  GroupId: text(),
  Dimensions: text(),
  Type: z.enum(['0', '1']),
  Values: text(),
  Time: text().optional(),
  Period: z.enum(['60', '300']).optional(),
});

type Reported = z.output<typeof reported>;

const putCustomMetric = monitorOperation(
  'PutCustomMetric',
  z.object({
    MetricList: z.array(reported).min(1).max(mostAtOnce),
    RegionId: text().optional(),
  }),
  ({ MetricList }, call) => {
    if (Buffer.byteLength(JSON.stringify(MetricList)) > largestReport)
      throw refusalOf(badParameter);
    call.world.monitor.addMetrics(MetricList.map((each) => metricOf(each, call)));
    return done;
  },
);

export const monitorMetrics: readonly Operation[] = [putCustomMetric];

/** Aggregated values say over which period; raw ones need not, and if they do it means nothing. */
function metricOf(each: Reported, { world, region }: Call): CustomMetric {
  if (each.Type === '1' && each.Period === undefined) throw refusalOf(badParameter);
  const now = world.clock.now();
  return {
    region,
    name: metricName(each.MetricName),
    groupId: each.GroupId,
    dimensions: dimensionsOf(each.Dimensions),
    kind: each.Type === '0' ? 'raw' : 'aggregated',
    period: each.Type === '0' ? null : Number(each.Period),
    values: valuesOf(each.Values),
    time: timeOf(each.Time, now),
    receivedAt: now,
  };
}
