import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import cms from '@alicloud/cms20190101';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { all, configFor, kindsOf, listIn } from '../certificate-clients.ts';
import { caller, codeOf, post, type Reply, smallSandbox, stateOfSandbox } from '../support.ts';

let sandbox: RunningSandbox;

function client(region = 'cn-hangzhou') {
  return new cms.default(configFor(sandbox, 'cms', region));
}

async function raw(action: string, fields: Reply, place: 'query' | 'body' = 'query') {
  const region = 'cn-hangzhou';
  return caller(sandbox, { product: 'cms', version: '2019-01-01', region })(action, fields, place);
}

async function report(sent: Record<string, unknown>[], region?: string) {
  const eventInfo = sent.map((each) => new cms.PutCustomEventRequestEventInfo(each));
  return (await client(region).putCustomEvent(new cms.PutCustomEventRequest({ eventInfo }))).body;
}

async function found(fields: Record<string, unknown> = {}, region?: string) {
  const request = new cms.DescribeCustomEventAttributeRequest(fields);
  return (await client(region).describeCustomEventAttribute(request)).body;
}

async function measure(metrics: Record<string, unknown>[]) {
  const metricList = metrics.map((each) => new cms.PutCustomMetricRequestMetricList(each));
  return (await client().putCustomMetric(new cms.PutCustomMetricRequest({ metricList }))).body;
}

/** So many minutes into a certain day, as milliseconds. */
function at(minute: number): string {
  return String(Date.parse('2026-01-01T00:00:00Z') + minute * 60_000);
}

function events(count: number) {
  return Array.from({ length: count }, () => ({ eventName: 'e', content: 'c' }));
}

/** Two events, together too long for a query, go in the form. */
async function large(bytes: number): Promise<Reply> {
  const sizes = [1024, bytes - 1024];
  const EventInfo = sizes.map((size) => ({ EventName: 'e', Content: 'x'.repeat(size) }));
  return raw('PutCustomEvent', { EventInfo }, 'body');
}

const metric = {
  metricName: 'days_left',
  groupId: '0',
  dimensions: '{"listener":"lsn-1@443"}',
  type: '0',
  values: '{"value":12.5}',
};

export function monitorCases(): void {
  before(async () => {
    sandbox = await smallSandbox({ rateLimits: 'off' });
  });

  beforeEach(async () => {
    await post(sandbox, '/reset', {});
  });

  after(() => sandbox.close());

  test('an event is answered with a code in text, and can be read and seen', async () => {
    const reply = await report([{ eventName: 'cert-expiring', content: 'lsn-1 & "quotes" 中文' }]);

    assert.equal(reply?.code, '200');
    assert.equal(reply?.message, 'success');
    const page = await raw('DescribeCustomEventAttribute', { Name: 'cert-expiring' });
    assert.deepEqual(kindsOf(page), {
      ...all('string', 'Code Message RequestId Success'),
      CustomEvents: 'object',
    });
    assert.equal(page['Success'], 'true');
    const [wrapped = {}] = listIn({ one: [page['CustomEvents']] }, 'one');
    const [event = {}] = listIn(wrapped, 'CustomEvent');
    assert.deepEqual(kindsOf(event), all('string', 'Id Name GroupId Content Time'));
    assert.equal(event['GroupId'], '0');
    assert.equal(event['Content'], 'lsn-1 & "quotes" 中文');
    const { monitor } = await stateOfSandbox(sandbox);
    assert.deepEqual(
      monitor.events.map((each) => each.name),
      ['cert-expiring'],
    );
  });

  test('times are taken in both forms', async () => {
    const base = { eventName: 'e', content: 'c' };

    await report([
      { ...base, time: '20171013T170923.456+0800' },
      { ...base, time: '1552199984000' },
    ]);

    const { monitor } = await stateOfSandbox(sandbox);
    assert.deepEqual(
      monitor.events.map((each) => each.time),
      [Date.parse('2017-10-13T09:09:23.456Z'), 1_552_199_984_000],
    );
    for (const time of ['yesterday', '2017-13-01', '20171313T170923.456+0800', '-5']) {
      assert.equal(await codeOf(report([{ ...base, time }])), 'ParameterInvalid', time);
    }
  });

  test('events are found by name, group, words and time, ten to a page', async () => {
    const dozen = Array.from({ length: 12 }, (_, index) => ({
      eventName: index % 2 === 0 ? 'even' : 'odd',
      content: `number ${index}`,
      groupId: index < 3 ? '7' : '0',
      time: at(index),
    }));
    await report(dozen);
    const contents = async (fields: Record<string, unknown>) =>
      (await found(fields))?.customEvents?.customEvent?.map((each) => each.content);

    assert.equal((await contents({}))?.length, 10);
    assert.deepEqual(await contents({ pageNumber: 2 }), ['number 1', 'number 0']);
    assert.deepEqual(await contents({ name: 'odd', groupId: '7' }), ['number 1']);
    assert.deepEqual(await contents({ startTime: at(3), endTime: at(4) }), [
      'number 4',
      'number 3',
    ]);
    assert.deepEqual(await contents({ searchKeywords: 'number and 11' }), ['number 11']);
    assert.deepEqual(await contents({ searchKeywords: '11 or 10' }), ['number 11', 'number 10']);
    const [first] = (await found({ pageSize: 1 }))?.customEvents?.customEvent ?? [];
    assert.deepEqual(await contents({ eventId: first?.id }), ['number 11']);
    assert.equal(await codeOf(found({ eventId: 'none' })), 'ResourceNotFound');
  });

  test('regions keep their events to themselves', async () => {
    await report([{ eventName: 'abroad', content: 'c' }], 'ap-southeast-1');

    assert.deepEqual((await found())?.customEvents?.customEvent, []);
    assert.equal((await found({}, 'ap-southeast-1'))?.customEvents?.customEvent?.length, 1);
  });

  test('a report has 1 to 50 events, each with a name and a content, and 500 KB at most', async () => {
    assert.equal((await report(events(50)))?.code, '200');
    assert.equal(await codeOf(report(events(51))), 'ParameterInvalid');
    assert.equal(await codeOf(report([])), 'MissingEventInfo');
    assert.equal(await codeOf(report([{ eventName: 'e' }])), 'ParameterInvalid');
    assert.equal(await codeOf(report([{ content: 'c' }])), 'ParameterInvalid');
    assert.equal((await large(500 * 1024))['Code'], '200');
    assert.equal(await codeOf(large(500 * 1024 + 1)), 'ParameterInvalid');
    const { monitor } = await stateOfSandbox(sandbox);
    assert.equal(monitor.events.length, 52);
  });

  test('a measurement is kept with its name and dimensions made fit', async () => {
    const long = 'k'.repeat(70);

    const reply = await measure([
      {
        ...metric,
        metricName: '1st-value',
        dimensions: JSON.stringify({ 'a=b': 'x&y,z', [long]: 5 }),
      },
      {
        ...metric,
        type: '1',
        period: '60',
        time: '20171012T132456.888+0800',
        values: '{"Sum":3,"Max":2}',
      },
    ]);

    assert.equal(reply?.code, '200');
    const { monitor } = await stateOfSandbox(sandbox);
    const [raw1, aggregated] = monitor.metrics;
    assert.equal(raw1?.name, 'Ast_value');
    assert.deepEqual(raw1?.dimensions, { a_b: 'x_y_z', ['k'.repeat(64)]: '5' });
    assert.equal(raw1?.period, null);
    assert.deepEqual(
      { ...aggregated, receivedAt: 0 },
      {
        region: 'cn-hangzhou',
        name: 'days_left',
        groupId: '0',
        dimensions: { listener: 'lsn-1@443' },
        kind: 'aggregated',
        period: 60,
        values: { Sum: 3, Max: 2 },
        time: Date.parse('2017-10-12T05:24:56.888Z'),
        receivedAt: 0,
      },
    );
  });

  test('measurements that cannot be read are refused, all of a report together', async () => {
    const cases: Record<string, unknown>[] = [
      { values: 'ten' },
      { values: '[1]' },
      { values: '{}' },
      { values: '{"value":"10"}' },
      { dimensions: 'a=b' },
      { dimensions: '{"a":{"b":1}}' },
      { type: '2' },
      { type: '1' },
      { type: '1', period: '61' },
      { time: 'now' },
      { metricName: undefined },
      { groupId: undefined },
    ];
    for (const wrong of cases) {
      const call = measure([metric, { ...metric, ...wrong }]);
      assert.equal(await codeOf(call), 'ParameterInvalid', JSON.stringify(wrong));
    }
    const hundred = Array.from({ length: 100 }, () => metric);
    assert.equal((await measure(hundred))?.code, '200');
    assert.equal(await codeOf(measure([...hundred, metric])), 'ParameterInvalid');
    assert.equal(await codeOf(measure([])), 'MissingMetricList');
    assert.equal((await stateOfSandbox(sandbox)).monitor.metrics.length, 100);
  });

  test('a failure can come inside a reply of status 200, and nothing is kept then', async () => {
    const order = { kind: 'refuse-inside-200', action: 'PutCustomEvent', times: 1 };
    assert.equal((await post(sandbox, '/faults', order)).status, 201);
    const event = { EventInfo: [{ EventName: 'e', Content: 'c' }] };

    const failed = await raw('PutCustomEvent', event);
    const kept = await raw('PutCustomEvent', event);

    assert.deepEqual(kindsOf(failed), all('string', 'Code Message RequestId'));
    assert.equal(failed['Code'], '500');
    assert.deepEqual(kindsOf(kept), all('string', 'Code Message RequestId'));
    assert.equal(kept['Code'], '200');
    assert.equal((await stateOfSandbox(sandbox)).monitor.events.length, 1);
  });

  test('a read that fails inside a reply of status 200 says in text that it did not succeed', async () => {
    const order = { kind: 'refuse-inside-200', action: 'DescribeCustomEventAttribute', times: 1 };
    assert.equal((await post(sandbox, '/faults', order)).status, 201);

    const failed = await raw('DescribeCustomEventAttribute', {});

    assert.deepEqual(kindsOf(failed), all('string', 'Code Message RequestId Success'));
    assert.equal(failed['Success'], 'false');
  });

  test('an error names the host of the region', async () => {
    const refused: unknown = await report([{ eventName: 'e' }], 'ap-southeast-1').catch(
      (error: unknown) => error,
    );

    assert.ok(refused instanceof Error && 'data' in refused);
    assert.match(JSON.stringify(refused.data), /"HostId":"metrics.ap-southeast-1.aliyuncs.com"/);
  });
}
