import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { z } from 'zod';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/start.ts';
import type { ScanResult } from '../../src/usecases/scan/scan.ts';
import { scannerOf } from '../helpers/sandbox-scan.ts';

const Calls = z.array(
  z.object({
    action: z.string(),
    code: z.string().nullable(),
    params: z.record(z.string(), z.unknown()),
  }),
);

let sandbox: RunningSandbox;

before(async () => {
  sandbox = await startSandbox({ seed: 'small', rateLimits: 'off' });
});

beforeEach(() => fetch(`${sandbox.control}/reset`, { method: 'POST' }));

after(() => sandbox.close());

/** Scans of one account with a memory of its own, without probes. */
function scanner(useDetail: boolean): () => Promise<ScanResult> {
  return scannerOf(sandbox.description, { regions: ['cn-hangzhou'], useDetail });
}

async function calls(): Promise<z.infer<typeof Calls>> {
  const reply = await fetch(`${sandbox.control}/calls`);
  return Calls.parse(await reply.json());
}

function counted(made: z.infer<typeof Calls>): Readonly<Record<string, number>> {
  const actions = made.map(({ action }) => action);
  return Object.fromEntries(
    [...new Set(actions)].map((action) => [
      action,
      actions.filter((each) => each === action).length,
    ]),
  );
}

test('a scan makes the fewest calls that the API allows', async () => {
  const { inventory } = await scanner(false)();

  const made = await calls();
  assert.deepEqual(
    made.filter(({ code }) => code !== null),
    [],
  );
  const listeners = inventory.listeners.length;
  assert.equal(listeners, 3);
  assert.deepEqual(counted(made), {
    // One page of a hundred, one of the listeners of up to twenty load balancers, and one of the certificates of each.
    ListLoadBalancers: 1,
    ListListeners: 1,
    ListListenerCertificates: listeners,
    // Bought and uploaded ones, and those of either that have expired: no single listing shows them all.
    ListUserCertificateOrder: 4,
    // A listener verifies clients.
    DescribeCACertificateList: 1,
    ListCert: 1,
  });
});

test('under a policy that only observes no certificate is ever asked for its details', async () => {
  const again = scanner(false);

  await again();
  await again();

  assert.equal(counted(await calls())['GetUserCertificateDetail'], undefined);
});

test('elsewhere each is asked for once, and never without the filter that keeps the private key back', async () => {
  const again = scanner(true);

  await again();
  await again();

  const asked = (await calls()).filter(({ action }) => action === 'GetUserCertificateDetail');
  const ids = asked.map(({ params }) => params['CertId']);
  assert.ok(ids.length >= 4);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(asked.every(({ params }) => params['CertFilter'] === 'true'));
});
