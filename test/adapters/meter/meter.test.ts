import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMeter, type Meter } from '../../../src/adapters/meter/meter.ts';
import type { Assessment } from '../../../src/domain/assessment.ts';
import { aCertificate, after, aListener, aPolicy, at, days, today } from '../../helpers/facts.ts';
import { parseExposition } from './exposition.ts';

function anAssessment(overrides: Partial<Assessment> = {}): Assessment {
  const certificate = aCertificate();
  return {
    listener: aListener(),
    seenAt: today,
    slot: 'default',
    certificateId: certificate.id,
    certificate,
    daysLeft: 90,
    severity: 'ok',
    policy: aPolicy(),
    quota: { used: 0, limit: 25 },
    findings: [],
    served: [],
    ...overrides,
  };
}

const families = async (meter: Meter) => parseExposition((await meter.expose()).text);

const notAfter = 'newleaf_cert_not_after_timestamp_seconds';

test('every metric is named, typed and explained as Prometheus wants it, before anything happened too', async () => {
  const meter = openMeter();

  assert.match((await meter.expose()).contentType, /^text\/plain; version=0\.0\.4/);
  const found = await families(meter);
  const types = [...found].map(([name, { type }]) => [name, type]);
  assert.deepEqual(Object.fromEntries(types), {
    newleaf_aliyun_api_requests_total: 'counter',
    newleaf_rotation_total: 'counter',
    newleaf_alert_delivery_total: 'counter',
    newleaf_last_scan_success_timestamp_seconds: 'gauge',
    [notAfter]: 'gauge',
  });
  for (const [name, { type, help }] of found) {
    assert.ok(help.endsWith('.'), name);
    assert.equal(name.endsWith('_total'), type === 'counter', name);
    assert.doesNotMatch(name, /days/);
  }
});

test('no scan so far is no sample: a zero would read as a scan in 1970', async () => {
  const meter = openMeter();
  const lastScan = async () =>
    (await families(meter)).get('newleaf_last_scan_success_timestamp_seconds')?.samples;
  assert.deepEqual(await lastScan(), []);

  meter.scanned(at('2026-11-22T08:00:00.500Z'));

  const [sample] = (await lastScan()) ?? [];
  assert.equal(sample?.value, 1_795_334_400.5);
});

test('calls, ends of rotations and answers of receivers are counted by what came of them', async () => {
  const meter = openMeter();
  const call = { account: 'main', region: 'cn-hangzhou', action: 'ListListeners' };

  meter.cloudCall({ ...call, code: null });
  meter.cloudCall({ ...call, code: null });
  meter.cloudCall({ ...call, code: 'Throttling.User' });
  meter.rotationEnded('committed');
  meter.delivered('team', 'accepted');
  meter.delivered('team', 'retry');

  const found = await families(meter);
  const counted = (name: string) =>
    found.get(name)?.samples.map(({ labels, value }) => [labels, value]);
  assert.deepEqual(counted('newleaf_aliyun_api_requests_total'), [
    [{ ...call, code: 'ok' }, 2],
    [{ ...call, code: 'Throttling.User' }, 1],
  ]);
  assert.deepEqual(counted('newleaf_rotation_total'), [[{ result: 'committed' }, 1]]);
  assert.deepEqual(counted('newleaf_alert_delivery_total'), [
    [{ channel: 'team', result: 'accepted' }, 1],
    [{ channel: 'team', result: 'retry' }, 1],
  ]);
});

test('each binding shows its end of validity in seconds, after it has expired too, and only while it is bound', async () => {
  const meter = openMeter();
  const expired = aCertificate({ id: '9-cn-hangzhou', notAfter: after(today, -days(3)) });
  const gone = anAssessment({
    certificateId: expired.id,
    certificate: expired,
    slot: 'additional',
  });
  meter.bindings([anAssessment(), gone]);
  meter.bindings([anAssessment(), gone]);

  const both = (await families(meter)).get(notAfter)?.samples ?? [];
  assert.deepEqual(
    both.map(({ labels, value }) => [labels['slot'], labels['cert_id'], value]),
    [
      ['default', '101-cn-hangzhou', after(today, days(90)).getTime() / 1000],
      ['additional', '9-cn-hangzhou', after(today, -days(3)).getTime() / 1000],
    ],
  );
  meter.bindings([anAssessment({ certificate: null })]);

  assert.deepEqual((await families(meter)).get(notAfter)?.samples, []);
});

test('names that would break the format do not', async () => {
  const meter = openMeter();
  const account = 'a"b\\c\nd{}';

  meter.bindings([anAssessment({ listener: aListener({ ref: { account } }) })]);

  const [sample] = (await families(meter)).get(notAfter)?.samples ?? [];
  assert.equal(sample?.labels['account'], account);
});
