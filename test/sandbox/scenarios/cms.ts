import { type Scenarios, stageWith } from './scenario.ts';

/** How each error that CloudMonitor answers by itself is met. */
export const cmsScenarios: Scenarios = {
  'PutCustomEvent ParameterInvalid': (stage) =>
    stage.call('cms', 'PutCustomEvent', { EventInfo: [{ EventName: 'no-content' }] }),
  'PutCustomEvent AccessForbidden': async (stage) =>
    (await stageWith('readOnly', stage)).call('cms', 'PutCustomEvent', {
      EventInfo: [{ EventName: 'e', Content: 'c' }],
    }),
  'PutCustomMetric ParameterInvalid': (stage) =>
    stage.call('cms', 'PutCustomMetric', {
      MetricList: [
        { MetricName: 'days', GroupId: '0', Type: '0', Dimensions: '{}', Values: 'not JSON' },
      ],
    }),
  'PutCustomMetric AccessForbidden': async (stage) =>
    (await stageWith('readOnly', stage)).call('cms', 'PutCustomMetric', { MetricList: [] }),
  'DescribeCustomEventAttribute ParameterInvalid': (stage) =>
    stage.call('cms', 'DescribeCustomEventAttribute', { StartTime: 'yesterday' }),
  'DescribeCustomEventAttribute ResourceNotFound': (stage) =>
    stage.call('cms', 'DescribeCustomEventAttribute', { EventId: 'none' }),
  'DescribeCustomEventAttribute AccessForbidden': async (stage) =>
    (await stageWith('noRights', stage)).call('cms', 'DescribeCustomEventAttribute'),
};
