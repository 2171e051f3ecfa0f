import type { Scenarios } from './scenario.ts';

/** How each error that CloudMonitor answers by itself is met. */
export const cmsScenarios: Scenarios = {
  'PutCustomEvent ParameterInvalid': (stage) =>
    stage.call('cms', 'PutCustomEvent', { EventInfo: [{ EventName: 'no-content' }] }),
  'PutCustomMetric ParameterInvalid': (stage) =>
    stage.call('cms', 'PutCustomMetric', {
      MetricList: [
        { MetricName: 'days', GroupId: '0', Type: '0', Dimensions: '{}', Values: 'not JSON' },
      ],
    }),
  'DescribeCustomEventAttribute ParameterInvalid': (stage) =>
    stage.call('cms', 'DescribeCustomEventAttribute', { StartTime: 'yesterday' }),
  'DescribeCustomEventAttribute ResourceNotFound': (stage) =>
    stage.call('cms', 'DescribeCustomEventAttribute', { EventId: 'none' }),
};
