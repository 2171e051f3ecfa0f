import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { openReceiver, receiverSecret } from '../helpers/alert-receiver.ts';
import { openStage, type Stage } from '../helpers/processes.ts';
import { bindEnding } from '../helpers/sandbox-control.ts';

const day = 86_400_000;
const watched = 'lsn-smallweb0000001@8443';
const other = 'lsn-smallweb0000002@9443';

/**
 * Lets the warning threshold pass at an instant of our choosing: moving the threshold over the time left is the same crossing
 * as time moving over the threshold, and no clock has to be raced.
 */
async function letThresholdPass(stage: Stage): Promise<void> {
  const config: Record<string, unknown> = parse(await readFile(stage.configFile, 'utf8'));
  const defaults = { mode: 'observe', thresholds: { warning: '9d' } };
  await writeFile(stage.configFile, stringify({ ...config, defaults }));
}

test('a threshold that passes while the daemon is down is announced once, under one id, over three restarts', async () => {
  await using receiver = await openReceiver();
  await using stage = await openStage({
    sandbox: { seed: 'small' },
    config: {
      schedule: { scan: '*/2 * * * * *', tick: '1s' },
      defaults: { mode: 'observe', thresholds: { warning: '7d' } },
      sinks: { team: { kind: 'webhook', url: receiver.url, secret: receiverSecret } },
      alerts: { digest: null },
    },
  });
  const id = await bindEnding(stage.sandbox, watched, new Date(Date.now() + 8 * day));
  const key = `expiring/main/cn-hangzhou/${id}`;
  const first = await stage.daemon();
  await receiver.got(({ data }) => data.key === key && data.severity === 'info');
  await first.logged('alerts delivered', { sink: 'team' });
  await first.kill();
  await letThresholdPass(stage);

  // With nothing scheduled to replace it, the certificate is critical from the warning threshold on.
  const second = await stage.daemon();
  await receiver.got(({ data }) => data.key === key && data.severity === 'critical');
  // Killed before it has noted the receiver's answer it would say it again, under the same id.
  await second.logged('alerts delivered', { sink: 'team' });
  await second.kill();
  const third = await stage.daemon();
  await third.kill();
  await stage.daemon();
  const sentinel = await bindEnding(stage.sandbox, other, new Date(Date.now() + 10 * day));
  await receiver.got(({ data }) => data.key.endsWith(sentinel));

  const told = receiver.events.filter(({ data }) => data.key === key);
  assert.deepEqual(
    told.map(({ data }) => data.severity),
    ['info', 'critical'],
  );
  assert.equal(new Set(told.map((event) => event.id)).size, 2);
});
