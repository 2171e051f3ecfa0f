import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../src/adapters/clock.ts';
import { openHeartbeat } from '../../../src/adapters/sinks/heartbeat.ts';
import { openSinks } from '../../../src/adapters/sinks/open.ts';
import type { Log } from '../../../src/ports/log.ts';
import { expiryFacts, rotationEnded, steady } from '../../helpers/alerts.ts';
import { today } from '../../helpers/facts.ts';
import { startReceiver, status } from '../../helpers/receiver.ts';
import { batchOf } from '../../helpers/webhook.ts';
import { announcing } from '../../messages/samples.ts';

const wording = { language: 'en', timezone: 'UTC', runbook: 'docs/alerts.md' } as const;
const reach = { loopback: true, linkLocal: false };

test('the log says each alert in one line, as loudly as it is severe', async () => {
  const lines: unknown[][] = [];
  const write =
    (level: string) =>
    ({ title }: Readonly<Record<string, unknown>>, sentence: string): void => {
      lines.push([level, sentence, title]);
    };
  const log: Log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  const [sink] = openSinks([{ kind: 'log', name: 'log', wording }], { log, clock: systemClock });
  const title = 'Certificate shop.example.com expires in 6 days';

  const result = await sink?.deliver(
    batchOf(
      announcing(expiryFacts(), 'critical'),
      announcing(expiryFacts(), 'warning'),
      announcing(rotationEnded('info').facts, 'info', { status: 'notice' }),
      announcing(expiryFacts(), 'critical', { status: 'resolved', resolvedAt: today }),
    ),
    steady,
  );

  assert.deepEqual(result, { kind: 'accepted', taken: 4 });
  assert.deepEqual(lines, [
    ['error', 'alert fires', `[critical] ${title}`],
    ['warn', 'alert fires', `[warning] ${title}`],
    ['info', 'alert noticed', '[info] edge port 443 (lsn-1@443) has its new certificate'],
    [
      'info',
      'alert resolved',
      '[resolved] Certificate shop.example.com is no longer bound or served',
    ],
  ]);
});

test('the heartbeat says where the audit ends, and its failures are values', async () => {
  await using receiver = await startReceiver(status(200), status(200), status(404));
  const audit = { entries: 3, hash: 'ab'.repeat(32) };
  const line = { url: receiver.url, timeout: 5_000, reach };

  const get = await openHeartbeat({ ...line, method: 'GET' }, systemClock).beat(audit, steady);
  const post = openHeartbeat({ ...line, method: 'POST' }, systemClock);

  assert.deepEqual(get, { kind: 'accepted' });
  assert.deepEqual(await post.beat(audit, steady), { kind: 'accepted' });
  assert.deepEqual(await post.beat(audit, steady), {
    kind: 'rejected',
    blames: 'sink',
    reason: 'the receiver answered 404: check its URL',
  });
  assert.deepEqual(
    receiver.received.map(({ method, path, body }) => [method, path, body]),
    [
      ['GET', '/hook?token=hush', ''],
      ['POST', '/hook?token=hush', JSON.stringify({ audit })],
      ['POST', '/hook?token=hush', JSON.stringify({ audit })],
    ],
  );
});
