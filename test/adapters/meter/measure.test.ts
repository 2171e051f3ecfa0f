import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Meter } from '../../../src/adapters/meter/meter.ts';
import { newSink, refusing, working } from '../../../src/domain/sink-state.ts';
import type { Assessment } from '../../../src/domain/assessment.ts';
import { alertKinds } from '../../../src/domain/alert-kinds.ts';
import { observe } from '../../../src/domain/alert.ts';
import type { Finding } from '../../../src/domain/findings.ts';
import type { ServedAt } from '../../../src/domain/inventory.ts';
import type { FailureReason } from '../../../src/domain/observation.ts';
import { expiring } from '../../helpers/alerts.ts';
import {
  aCertificate,
  after,
  days,
  failed,
  hours,
  served,
  servedAt,
  today,
} from '../../helpers/facts.ts';

import { anAssessment, families, measured, notAfter, place, stockOf, told } from './readings.ts';
test('each binding shows its end in seconds, at 23 h, 5 h, 0 h, -5 h and -3 d alike, and only while it is bound', async () => {
  for (const left of [hours(23), hours(5), 0, -hours(5), -days(3)]) {
    const certificate = aCertificate({ notAfter: after(today, left) });
    const assessment = anAssessment({ certificate });

    const meter = measured(stockOf(assessment));

    const expected = after(today, left).getTime() / 1000;
    assert.deepEqual(await told(meter, notAfter), {
      [`${place} default 101-cn-hangzhou`]: expected,
    });
  }
  assert.deepEqual(await told(measured({}, stockOf()), notAfter), {});
  assert.deepEqual(
    await told(measured({}, stockOf(anAssessment({ certificate: null }))), notAfter),
    {},
  );
});

const spot = { zone: 'cn-hangzhou-a', address: '203.0.113.1', port: 443, serverName: null };

function looking(reason: FailureReason | null, serverName: string | null = null): ServedAt {
  const observation = reason === null ? served() : failed(reason);
  return servedAt({ zone: spot.zone, address: spot.address, serverName, observation });
}

test('an address answers when every look did, and matches while no binding of its listener finds drift there', async () => {
  const drift: Finding = { kind: 'drift', ...spot, bound: null, served: 'ff', servedUntil: today };
  const cases: readonly (readonly [string, readonly Partial<Assessment>[], object, object])[] = [
    ['well', [{ served: [looking(null)] }], { probed: 1 }, { matched: 1 }],
    [
      'one name fails',
      [{ served: [looking(null), looking('timeout', 'b.test')] }],
      { probed: 0 },
      { matched: 1 },
    ],
    ['silence', [{ served: [looking('refused')] }], { probed: 0 }, {}],
    [
      'a name that is turned away still is an answer',
      [{ served: [looking(null), looking('name-rejected')] }],
      { probed: 1 },
      { matched: 1 },
    ],
    ['out of sight', [{ served: [looking('outside-vantage')] }], {}, {}],
    [
      'drift of another slot',
      [
        { served: [looking(null)], slot: 'additional', findings: [drift] },
        { served: [looking(null)] },
      ],
      { probed: 1 },
      { matched: 0 },
    ],
  ];

  for (const [name, bindings, probed, matched] of cases) {
    const meter = measured(stockOf(...bindings.map(anAssessment)));
    const label = `${place} ${spot.zone} ${spot.address}`;
    const samples = {
      probed: await told(meter, 'probe_success'),
      matched: await told(meter, 'served_match'),
    };
    const expected = (wanted: object) =>
      Object.fromEntries(Object.values(wanted).map((value: number) => [label, value]));
    assert.deepEqual(samples, { probed: expected(probed), matched: expected(matched) }, name);
  }
});

test('what a scan could not read is counted by region, and a region read well says 0', async () => {
  const unread = { account: 'main', action: 'ListListeners', code: 'cloud.denied', listener: null };
  const missing = [
    { ...unread, region: 'cn-beijing' },
    { ...unread, region: 'cn-beijing' },
  ];

  const meter = measured({ stock: { takenAt: today, bindings: [anAssessment()], missing } });

  assert.deepEqual(await told(meter, 'scan_missing'), {
    'main cn-hangzhou': 0,
    'main cn-beijing': 2,
  });
});

test('rotations under way, held listeners, quarantined candidates and quotas are told', async () => {
  const flight = {
    rotationId: 'r1',
    listener: 'a',
    loadBalancer: 'lb',
    candidate: 'ff',
    policy: 'p',
    since: today,
  };
  const blamed = {
    kind: 'quarantined',
    since: today,
    until: after(today, 1),
    rotationId: 'r0',
    reason: 'stale',
  } as const;
  const admission = {
    inFlight: [flight, { ...flight, rotationId: 'r2', listener: 'b' }],
    holds: { b: { rotationId: 'r2', since: today, reason: 'restore-failed' } },
    candidates: { ff: blamed, 'ff@a': blamed, ee: { ...blamed, until: today } },
  };

  const meter = measured({
    admission,
    ...stockOf(anAssessment({ quota: { used: 3, limit: 25 } })),
  });

  assert.deepEqual(await told(meter, 'rotation_in_progress'), { '': 1 });
  assert.deepEqual(await told(meter, 'listeners_on_hold'), { '': 1 });
  assert.deepEqual(await told(meter, 'candidates_quarantined'), { '': 1 });
  const quota = 'main cn-hangzhou nlb-1 additional_certificates';
  assert.deepEqual(await told(meter, 'quota_used'), { [quota]: 3 });
  assert.deepEqual(await told(meter, 'quota_limit'), { [quota]: 25 });
});

test('firing alerts are counted by kind and severity, and what is over is not', async () => {
  const firing = observe(null, expiring('critical'), today);
  assert.ok(firing);
  const over = observe({ ...firing, key: 'other' }, null, today);
  assert.ok(over);

  const alerts = await told(measured({ alerts: [firing, over] }), 'alerts_firing');

  assert.equal(alerts['expiring critical'], 1);
  assert.equal(
    Object.values(alerts).reduce((sum, n) => sum + n, 0),
    1,
  );
  assert.equal(Object.keys(alerts).length, alertKinds.length * 4);
});

test('a sink that is refused shows it, and when it last took a message', async () => {
  const sinks = [
    working(newSink('team'), today),
    refusing(newSink('oncall'), 'the receiver answered 401', today),
  ];

  const meter = measured({ sinks });

  assert.deepEqual(await told(meter, 'sink_working'), { team: 1, oncall: 0 });
  assert.deepEqual(await told(meter, 'sink_last_accepted_timestamp_seconds'), {
    team: today.getTime() / 1000,
  });
});

async function withoutProcess(meter: Meter) {
  return [...(await families(meter))].filter(([name]) => !name.startsWith('process_'));
}

test('two replicas that read the same store say the same', async () => {
  const reading = { ...stockOf(anAssessment({ served: [looking(null)] })), skewMs: -1500 };

  const [one, other] = [measured(reading), measured({}, reading)];

  assert.deepEqual(await withoutProcess(one), await withoutProcess(other));
});
