import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Missing } from '../../src/domain/inventory.ts';
import { refreshListener } from '../../src/usecases/scan/refresh.ts';
import { scan } from '../../src/usecases/scan/scan.ts';
import { aCertificate, aListener } from '../helpers/facts.ts';
import { denied, ScanWorld } from '../helpers/scan-world.ts';

const signal = new AbortController().signal;
const unprobed = { probe: false };
const id = '139a00604ad-cn-hangzhou';
const bound = [{ slot: 'ca', id, state: 'bound' } as const];
const ca = aCertificate({ id, names: [], label: 'Partner CA' });

test('the CA that a listener verifies clients with is looked for, and what could not be read is told', async () => {
  const gap: Missing = {
    account: 'main',
    region: 'cn-hangzhou',
    action: 'ListCert',
    code: 'InternalError',
    listener: null,
    part: 'certificates',
  };
  let found = { certificates: [ca], missing: [gap] };
  const world = new ScanWorld({
    discovers: { 'cn-hangzhou': [aListener({ bound })] },
    lists: { 'cn-hangzhou': denied('ListUserCertificateOrder') },
    authorities: () => found,
  });

  const first = await scan(world.deps(), unprobed, signal);
  found = { certificates: [], missing: [gap] };
  const second = await scan(world.deps(), unprobed, signal);

  assert.deepEqual(
    world.calls.filter((call) => call.startsWith('authorities')),
    [`authorities ${id}`, `authorities ${id}`],
  );
  assert.deepEqual(first.snapshot.missing[1], gap);
  assert.deepEqual(
    second.inventory.certificates.map(({ certificate }) => certificate),
    [ca],
  );
});

test('a CA bound since the last scan is known after one look at its listener', async () => {
  const listener = aListener({ bound, status: 'stopped' });
  const world = new ScanWorld({
    reads: () => listener,
    authorities: () => ({ certificates: [ca], missing: [] }),
  });

  await refreshListener(world.deps(), listener.ref, signal);

  assert.deepEqual(
    world.inventory.certificates.map(({ certificate }) => certificate),
    [ca],
  );
});

test('a CA is looked for although the region whose listeners hold it could not be read or was not asked', async () => {
  const beijing = { region: 'cn-beijing', listenerId: 'lsn-2@443' };
  let unread = false;
  const world = new ScanWorld({
    regions: ['cn-hangzhou', 'cn-beijing'],
    discovers: {
      get 'cn-beijing'() {
        return unread ? [denied('ListLoadBalancers')] : [aListener({ ref: beijing, bound })];
      },
    },
    authorities: (ids) => ({ certificates: ids.includes(id) ? [ca] : [], missing: [] }),
  });

  await scan(world.deps(), unprobed, signal);
  await scan(world.deps(), { ...unprobed, regions: ['cn-hangzhou'] }, signal);
  unread = true;
  await scan(world.deps(), unprobed, signal);

  assert.deepEqual(
    world.inventory.certificates.map(({ certificate, absences }) => [certificate.id, absences]),
    [[id, 0]],
  );
});
