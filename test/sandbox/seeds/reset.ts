import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { openGateway } from '../../../src/sandbox/http/gateway.ts';
import { operation } from '../../../src/sandbox/http/operation.ts';
import { nlbApi } from '../../../src/sandbox/nlb/api.ts';
import { settingsFrom } from '../../../src/sandbox/options.ts';
import { newCredentials } from '../../../src/sandbox/credentials.ts';
import { emptyWorld } from '../../../src/sandbox/world.ts';
import { createTrust } from '../../../src/sandbox/x509/trust.ts';
import { FaultBook } from '../../../src/sandbox/faults/book.ts';
import { Jobs } from '../../../src/sandbox/nlb/jobs.ts';
import { front, listenerState, post, shake, smallSandbox, until } from '../support.ts';
import { sendV3 } from '../wire-client.ts';

export function resetCases(): void {
  test('resets ordered at once take turns, and the listeners answer after the last', async () => {
    const sandbox = await smallSandbox();
    try {
      const resets = await Promise.all([1, 2, 3].map(() => post(sandbox, '/reset', {})));

      assert.deepEqual(
        resets.map(({ status, body }) => [status, body]),
        resets.map(() => [200, { reset: true }]),
      );
      const [point] = (await listenerState(sandbox, front)).serving;
      assert.ok(point !== undefined);
      assert.equal((await shake(point)).error, null);
    } finally {
      await sandbox.close();
    }
  });

  test('a sandbox closed while resets are under way leaves nothing open', async () => {
    const sandbox = await smallSandbox();
    const [point] = (await listenerState(sandbox, front)).serving;
    assert.ok(point !== undefined);

    const resets = [1, 2, 3, 4].map(() => post(sandbox, '/reset', {}).catch(() => null));
    await until(async () => ((await shake(point)).error === 'ECONNREFUSED' ? true : null));
    await sandbox.close();
    await Promise.all(resets);

    assert.equal((await shake(point)).error, 'ECONNREFUSED');
  });

  test('a job of a world that is thrown away never ends, and keeps no process waiting', (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const jobs = new Jobs(new FaultBook(), 50);
    const ended: string[] = [];
    const start = (listenerId: string) =>
      jobs.start({
        region: 'cn-hangzhou',
        action: 'StopListener',
        listenerId,
        certificateIds: [],
        finish: () => ended.push(listenerId),
        abandon: () => undefined,
      });

    start('lsn-done');
    context.mock.timers.tick(50);
    start('lsn-before');
    jobs.close();
    start('lsn-after');
    context.mock.timers.tick(50);

    assert.deepEqual(ended, ['lsn-done']);
  });

  test('a delayed call of a world that was reset is not carried out at all', async (t) => {
    const [trust, credentials] = [await createTrust(Date.now()), newCredentials()];
    const settings = settingsFrom({ seed: 'small' });
    const clock = { now: () => Date.now() };
    const fresh = () => emptyWorld({ clock, settings, trust, credentials, regions: [] });
    const carriedOut: string[] = [];
    const put = operation('Put', z.object({ In: z.string() }), (params) => {
      carriedOut.push(params.In);
      return {};
    });
    let world = fresh();
    const api = { ...nlbApi, operations: [put] };
    const region = 'cn-hangzhou';
    const gateway = await openGateway({ api, region, port: 0, world: () => world });
    const sandbox = await smallSandbox();
    t.after(() => Promise.all([gateway.close(), sandbox.close()]));
    const endpoints = { nlb: { [region]: `127.0.0.1:${gateway.port}` } };
    const here = { ...sandbox, description: { ...sandbox.description, ...credentials, endpoints } };
    const delayed = async (In: string, seconds: number) => {
      const fault = {
        kind: 'delay-write',
        action: 'Put',
        seconds,
        hangSeconds: 0,
        times: 1,
      } as const;
      world.faults.order(fault);
      await assert.rejects(sendV3(here, { action: 'Put', query: { In } }));
    };

    await delayed('the old world', 0.05);
    world = fresh();
    await delayed('the new world', 0.1);
    await until(async () => (carriedOut.includes('the new world') ? true : null));

    assert.deepEqual(carriedOut, ['the new world']);
  });
}
