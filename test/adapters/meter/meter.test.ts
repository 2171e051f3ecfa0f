import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMeter } from '../../../src/adapters/meter/meter.ts';
import { aListener, at } from '../../helpers/facts.ts';

import { anAssessment, families, measured, notAfter, stockOf, told } from './readings.ts';
test('every metric is named, typed and explained as Prometheus wants it, before anything happened too', async () => {
  for (const meter of [openMeter('0.1.0'), measured({})]) {
    assert.match((await meter.expose()).contentType, /^text\/plain; version=0\.0\.4/);
    for (const [name, { type, help }] of await families(meter)) {
      assert.ok(help.endsWith('.'), name);
      assert.match(name, /^(newleaf|process)_[a-z_]+$/);
      assert.equal(name.endsWith('_total'), type === 'counter', name);
      assert.doesNotMatch(name, /days/);
    }
  }
});

test('before the store was read nothing is told of what it holds: a zero would read as 1970, or as all well', async () => {
  const meter = openMeter('0.1.0');

  for (const name of [
    notAfter,
    'last_scan_success_timestamp_seconds',
    'alerts_firing',
    'clock_skew_seconds',
    'sink_working',
  ])
    assert.deepEqual(await told(meter, name), {}, name);
});

test('no scan so far is no sample, and its end is told in seconds', async () => {
  const none = measured({ stock: { takenAt: null, bindings: [], missing: [] } });
  const some = measured({
    stock: { takenAt: at('2026-11-22T08:00:00.500Z'), bindings: [], missing: [] },
  });

  assert.deepEqual(await told(none, 'last_scan_success_timestamp_seconds'), {});
  assert.deepEqual(await told(some, 'last_scan_success_timestamp_seconds'), {
    '': 1_795_334_400.5,
  });
});

test('calls, ends of rotations and answers of receivers are counted by what came of them', async () => {
  const meter = openMeter('0.1.0');
  const call = { account: 'main', region: 'cn-hangzhou', action: 'ListListeners' };

  meter.cloudCall({ ...call, code: null });
  meter.cloudCall({ ...call, code: null });
  meter.cloudCall({ ...call, code: 'Throttling.User' });
  meter.cloudCall({ ...call, code: '<html> 502' });
  meter.rotationEnded({ result: 'committed', seconds: 42, rollback: null });
  meter.rotationEnded({ result: 'needs-operator', seconds: null, rollback: 'failed' });
  meter.delivered('team', 'accepted');
  meter.delivered('team', 'retry');

  assert.deepEqual(await told(meter, 'aliyun_api_requests_total'), {
    'main cn-hangzhou ListListeners ok': 2,
    'main cn-hangzhou ListListeners Throttling.User': 1,
    'main cn-hangzhou ListListeners other': 1,
  });
  assert.deepEqual(await told(meter, 'rotation_total'), {
    committed: 1,
    'rolled-back': 0,
    refused: 0,
    'needs-operator': 1,
    deferred: 0,
  });
  assert.deepEqual(await told(meter, 'rollback_total'), { restored: 0, failed: 1 });
  assert.deepEqual(await told(meter, 'alert_delivery_total'), {
    'team accepted': 1,
    'team retry': 1,
  });
});

function bucketOf(le: string): string {
  return `newleaf_rotation_duration_seconds_bucket{le="${le}",result="committed"}`;
}

test('how long a rotation took goes into the buckets of its outcome', async () => {
  const meter = openMeter('0.1.0');

  meter.rotationEnded({ result: 'committed', seconds: 42, rollback: null });

  const { text } = await meter.expose();
  assert.ok(text.includes(`${bucketOf('30')} 0\n`));
  assert.ok(text.includes(`${bucketOf('60')} 1\n`));
  assert.ok(text.includes('newleaf_rotation_duration_seconds_sum{result="committed"} 42\n'));
});

test('the checks of readiness are told one by one', async () => {
  const meter = openMeter('0.1.0');

  meter.ready([
    { name: 'store', ok: true },
    { name: 'sinks', ok: false },
  ]);

  assert.deepEqual(await told(meter, 'ready'), { store: 1, sinks: 0 });
  assert.deepEqual(Object.keys(await told(meter, 'build_info')), [`0.1.0 ${process.version}`]);
});

test('names that would break the format do not', async () => {
  const account = 'a"b\\c\nd{}';

  const meter = measured(stockOf(anAssessment({ listener: aListener({ ref: { account } }) })));

  const [sample] = (await families(meter)).get(`newleaf_${notAfter}`)?.samples ?? [];
  assert.equal(sample?.labels['account'], account);
});
