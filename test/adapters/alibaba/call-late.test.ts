import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDefinite } from '../../../src/adapters/alibaba/errors.ts';
import { openCloudServer } from './cloud-server.ts';
import { never, openTestAccount } from './parts.ts';
import { replaceDefault, stateOf } from './shapes.ts';

test('a call whose process slept through its time while it waited for the rate is not sent', async (t) => {
  const server = await openCloudServer(t);
  server.on('UpdateListenerAttribute', { json: { RequestId: 'r', JobId: 'job-1' } });
  const timeouts = { attemptMs: 5000, totalMs: 120_000 };
  const { account, clock } = openTestAccount(server.host, { rateShare: 0.005, timeouts });
  const start = () => account.writer.start(stateOf({}), replaceDefault, 'token-1', never);
  await start();
  const sleep = clock.sleep.bind(clock);
  clock.sleep = async (ms, signal) => {
    await sleep(ms, signal);
    if (ms > 5000) clock.advance(600_000);
  };

  const error = await start().catch((reason: unknown) => reason);

  assert.equal(server.calls.length, 1);
  assert.equal(isDefinite(error), true);
});
