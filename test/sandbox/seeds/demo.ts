import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSandbox } from '../../../src/sandbox/start.ts';
import { certificate, post, rootOf, shake, stateOfSandbox } from '../support.ts';

export function demoCases(): void {
  test('the demo holds four ages, and a renewal that only a handshake shows to be bad', async () => {
    const sandbox = await startSandbox({ seed: 'demo', jobMillis: 20, propagationMillis: 0 });
    try {
      const hoursLeft = async (name: string) =>
        (Date.parse((await certificate(sandbox, name)).notAfter) - Date.now()) / 3_600_000;

      assert.equal(Math.floor((await hoursLeft('shop-2026a')) / 24), 29);
      assert.equal(Math.floor((await hoursLeft('api-2026a')) / 24), 6);
      assert.equal(Math.floor(await hoursLeft('pay-2026a')), 20);
      assert.equal(Math.ceil(await hoursLeft('legacy-2025')), -3);
      const renewal = await certificate(sandbox, 'api-2026b');
      await post(sandbox, '/faults', {
        kind: 'rebind',
        listenerId: 'lsn-demoapi00001@9443',
        certificateId: renewal.id,
      });
      const point = (await stateOfSandbox(sandbox)).listeners.find((each) => each.port === 9443)
        ?.serving[0];
      assert.ok(point);
      let seen = await shake(point, { servername: 'api.example.com', ca: rootOf(sandbox) });
      while (seen.fingerprint !== renewal.fingerprint256)
        seen = await shake(point, { servername: 'api.example.com', ca: rootOf(sandbox) });
      assert.equal(seen.authorized, false);
    } finally {
      await sandbox.close();
    }
  });
}
