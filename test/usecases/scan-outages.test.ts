import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { CallRecord } from '../../src/adapters/alibaba/call.ts';
import { systemClock } from '../../src/adapters/clock.ts';
import { emptyAdmission } from '../../src/domain/admission.ts';
import type { AlertState } from '../../src/domain/alert.ts';
import { siteOfRegion } from '../../src/domain/certificate.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { Problem } from '../../src/domain/problem.ts';
import type { Alerts } from '../../src/ports/alerts.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { createAlerts } from '../../src/usecases/announce.ts';
import { assess } from '../../src/usecases/assess.ts';
import { alertWorld } from '../helpers/alerts.ts';
import { aPolicy, days, hours } from '../helpers/facts.ts';
import { openSandboxProcess, type SandboxProcess } from '../helpers/sandbox-process.ts';
import { scannerOf } from '../helpers/sandbox-scan.ts';
import { ScanWorld } from '../helpers/scan-world.ts';

const whole = 'cn-hangzhou';
const denied = 'cn-shanghai';
const garbled = 'ap-southeast-1';
const downSite = 'cn-hangzhou';
const regions = [whole, denied, garbled];

const outageAlerts = [
  `missing/main/${garbled}/cloud.unreadable`,
  `missing/main/${downSite}/cloud.unavailable`,
  `missing/main/${denied}/Forbidden.NoPermission`,
];

const outages = [
  { product: 'nlb', region: denied, code: 'Forbidden.NoPermission', status: 403 },
  { product: 'nlb', region: garbled, body: 'html-502' },
  { product: 'cas', region: downSite, body: 'reset' },
  { product: 'pca', region: downSite, body: 'reset' },
];

/** The machine's clock, moved on from one scan to the next. */
function openClock(): Clock & { pass(ms: number): void } {
  let passed = 0;
  return {
    now: () => new Date(systemClock.now().getTime() + passed),
    monotonic: () => systemClock.monotonic() + passed,
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
    pass: (ms) => {
      passed += ms;
    },
  };
}

/** What the minute tick makes of an Inventory at some time. */
async function problemsAt(
  inventory: Inventory,
  now: Date,
  alerts: Pick<Alerts, 'update'> = { update: async () => {} },
): Promise<readonly Problem[]> {
  const { accounts, log } = new ScanWorld({ regions }).deps();
  return assess(
    {
      accounts,
      log,
      alerts,
      clock: { now: () => now },
      storeNow: async () => now,
      inventory: { read: async () => inventory },
      admission: { read: async () => emptyAdmission },
      rules: () => ({ policies: [aPolicy()], scanEvery: hours(6) }),
      planning: () => ({ plans: [], refused: [] }),
      startedAt: new Date(0),
    },
    new AbortController().signal,
  );
}

function inRegion({ listeners }: Inventory, region: string): Inventory['listeners'] {
  return listeners.filter(({ state }) => state.ref.region === region);
}

function ofSite({ certificates }: Inventory, site: string): Inventory['certificates'] {
  return certificates.filter(({ certificate }) => certificate.site === site);
}

function keysOf(states: readonly AlertState[], status: AlertState['status']): readonly string[] {
  return states.filter((state) => state.status === status).map(({ key }) => key);
}

function severe(told: readonly string[], region: string): number {
  return told.filter((line) => line.startsWith(region) && /(critical|expired)$/.test(line)).length;
}

describe('after a good scan one region answers 403, one a page of a proxy, and one certificate store is down', () => {
  const clock = openClock();
  const ledger = alertWorld([]);
  const calls: CallRecord[] = [];
  let sandbox: SandboxProcess;
  let good: Inventory;
  let partial: Inventory;
  let outageCalls: readonly CallRecord[];
  let mended: Inventory;
  let atFirst: readonly AlertState[];
  let meanwhile: readonly AlertState[];
  let atLast: readonly AlertState[];

  async function faults(method: 'POST' | 'DELETE', fault?: object): Promise<void> {
    const body = fault === undefined ? null : JSON.stringify(fault);
    const reply = await fetch(`${sandbox.description.control}/faults`, { method, body });
    assert.ok(reply.ok, await reply.text());
  }

  before(async () => {
    sandbox = await openSandboxProcess('--seed', 'large', '--rate-limits', 'off');
    const scan = scannerOf(sandbox.description, {
      regions,
      useDetail: true,
      rateShare: null,
      clock,
      onCall: (record) => calls.push(record),
    });
    ({ inventory: good } = await scan());
    atFirst = await alertsAfter(good);
    for (const outage of outages)
      await faults('POST', { kind: 'answer', action: '*', times: 'always', ...outage });
    clock.pass(hours(6));
    const callsBefore = calls.length;
    ({ inventory: partial } = await scan());
    outageCalls = calls.slice(callsBefore);
    meanwhile = await alertsAfter(partial);
    await faults('DELETE');
    clock.pass(hours(6));
    ({ inventory: mended } = await scan());
    atLast = await alertsAfter(mended);
  });

  after(() => sandbox[Symbol.asyncDispose]());

  async function alertsAfter(inventory: Inventory): Promise<readonly AlertState[]> {
    await problemsAt(inventory, clock.now(), createAlerts({ ...ledger, clock }));
    return ledger.ledger.all();
  }

  test('what is missing is told with its code and its action, once each', () => {
    const told = partial.missing.map(({ region, action, code, listener }) =>
      [region, action, code, listener?.listenerId ?? '-'].join(' '),
    );

    assert.deepEqual(good.missing, []);
    assert.deepEqual(told.toSorted(), [
      `${garbled} ListLoadBalancers cloud.unreadable -`,
      `${downSite} DescribeCACertificateList cloud.unavailable -`,
      `${downSite} GetUserCertificateDetail cloud.unavailable -`,
      `${downSite} ListCert cloud.unavailable -`,
      `${downSite} ListUserCertificateOrder cloud.unavailable -`,
      `${denied} ListLoadBalancers Forbidden.NoPermission -`,
    ]);
  });

  test('the rest is complete, and everything under what is missing is there as it was seen last', () => {
    for (const region of [denied, garbled]) {
      assert.ok(inRegion(good, region).length > 500, region);
      assert.deepEqual(inRegion(partial, region), inRegion(good, region));
    }
    assert.ok(ofSite(good, downSite).length > 500);
    assert.deepEqual(ofSite(partial, downSite), ofSite(good, downSite));
    const read = inRegion(partial, whole);
    assert.deepEqual(
      read.map(({ state }) => state),
      inRegion(good, whole).map(({ state }) => state),
    );
    assert.ok(read.every(({ seenAt }, at) => seenAt > (inRegion(good, whole)[at]?.seenAt ?? 0)));
    const site = siteOfRegion(garbled);
    const listed = ofSite(partial, site);
    assert.equal(listed.length, ofSite(good, site).length);
    assert.ok(
      listed.every(({ seenAt, absences }) => seenAt > (good.takenAt ?? 0) && absences === 0),
    );
  });

  test('a store that is down is not asked for each of its certificates', () => {
    const asked = outageCalls.filter(
      ({ region, action }) =>
        region === downSite && /Cert/.test(action) && !action.startsWith('ListListener'),
    );
    // Five attempts each: three lists, and a few certificates before it is given up.
    assert.ok(asked.length <= 60, `${asked.length} calls`);
  });

  test('no alert is resolved by what could not be seen, and the outage is an alert of its own', () => {
    const firing = keysOf(atFirst, 'firing');
    const stillFiring = keysOf(meanwhile, 'firing');

    assert.ok(firing.length > 100, `${firing.length} alerts`);
    assert.deepEqual(
      firing.filter((key) => !stillFiring.includes(key)),
      [],
    );
    assert.equal(stillFiring.length, meanwhile.length);
    assert.deepEqual(
      stillFiring.filter((key) => key.startsWith('missing/')),
      outageAlerts,
    );
  });

  test('thresholds fire as time passes, as if everything had been seen', async () => {
    const expiries = async (inventory: Inventory, passed: number): Promise<readonly string[]> => {
      const now = new Date((partial.takenAt?.getTime() ?? 0) + passed);
      const problems = await problemsAt(inventory, now);
      return problems.flatMap(({ key, severity, facts }) =>
        'bindings' in facts && 'certificate' in facts
          ? facts.bindings.map(({ ref }) => `${ref.region} ${key} ${severity}`)
          : [],
      );
    };
    let last: readonly string[] = await expiries(partial, 0);
    for (const passed of [days(3), days(10), days(25)]) {
      const told = await expiries(partial, passed);
      assert.deepEqual(told, await expiries(good, passed));
      for (const region of regions)
        assert.ok(severe(told, region) > severe(last, region), `${region} after ${passed}`);
      last = told;
    }
  });

  test('when all is well again the next scan is whole, and the alerts of the outage end', () => {
    assert.deepEqual(mended.missing, []);
    assert.deepEqual(
      mended.listeners.map(({ state, absences }) => ({ state, absences })),
      good.listeners.map(({ state }) => ({ state, absences: 0 })),
    );
    assert.ok(mended.listeners.every(({ seenAt }) => seenAt > (partial.takenAt ?? 0)));
    assert.ok(mended.certificates.every(({ seenAt }) => seenAt > (partial.takenAt ?? 0)));
    assert.deepEqual(keysOf(atLast, 'resolved'), outageAlerts);
  });
});
