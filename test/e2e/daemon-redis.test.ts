import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Queue, QueueEvents } from 'bullmq';
import { HealthDocument } from '../../src/api/health.ts';
import { ScanDocument } from '../../src/api/scan.ts';
import { type DaemonProcess, openStage, type Stage } from '../helpers/processes.ts';
import { hasRedis, startRedis, type TestRedis } from '../helpers/redis.ts';
import { listenerId, newId } from '../helpers/rotation-flows.ts';
import { boundDefault } from '../helpers/sandbox-control.ts';

/** Another program that puts requests on the queue, with nothing of ours but its name and place. */
async function openProducer({ url }: TestRedis) {
  const place = { connection: { url }, prefix: '{newleaf}' };
  const queue = new Queue('newleaf-request', place);
  const events = new QueueEvents('newleaf-request', place);
  // Its connections notice the outage too.
  queue.on('error', () => undefined);
  events.on('error', () => undefined);
  await events.waitUntilReady();
  return {
    /** Resolves to what the job answered; rejects with the reason that is readable on it. */
    ask: async (name: string, data: unknown): Promise<unknown> => {
      const job = await queue.add(name, data);
      return job.waitUntilFinished(events, 20_000);
    },
    reasons: async () => (await queue.getFailed()).map(({ failedReason }) => failedReason),
    close: async () => {
      await Promise.all([queue.close(), events.close()]);
    },
  };
}

/** Asks over and over, because nobody tells when it changes. */
async function readiness(url: string, ready: boolean): Promise<HealthDocument> {
  for (;;) {
    const reply = await fetch(`${url}/readyz`);
    const health = HealthDocument.parse(await reply.json());
    assert.equal(reply.status, health.ready ? 200 : 503);
    if (health.ready === ready) return health;
  }
}

const request = { listener: listenerId, requestedBy: 'pipeline 7', reason: 'renewed' };

const title =
  'other programs ask over Redis and can read why not; Redis may go away and come back, and nothing is lost';

test(title, { skip: !hasRedis && 'no redis-server here' }, async () => {
  const redis = await startRedis();
  try {
    await using stage = await openStage({
      sandbox: { seed: 'small' },
      config: { store: { url: redis.url } },
    });
    const daemon = await stage.daemon();
    await daemon.logged('scan ended');
    const producer = await openProducer(redis);

    await refusesWhatIsMalformed(daemon, producer);
    await redis.kill();
    await livesWithout(stage, daemon);
    await redis.start();
    await hasLostNothing(stage, daemon, producer);
    await producer.close();
    await redis.kill();
    await endsInTime(daemon);
  } finally {
    await redis.dispose();
  }
});

type Producer = Awaited<ReturnType<typeof openProducer>>;

async function refusesWhatIsMalformed(daemon: DaemonProcess, producer: Producer): Promise<void> {
  await assert.rejects(
    producer.ask('rotate', { ...request, listener: 7, force: true }),
    /request\.invalid: the payload does not fit: .*listener/,
  );
  await assert.rejects(producer.ask('rotate', 'lsn-1'), /request\.invalid: .*expected object/);
  await assert.rejects(producer.ask('reboot', request), /unknown job name reboot/);
  const answer = await producer.ask('rotate', { ...request, listener: 'lsn-none' });
  assert.match(JSON.stringify(answer), /"refused".*no listener lsn-none is known/);
  const refused = daemon.log.filter(({ msg }) => msg === 'unreadable rotation request refused');
  assert.equal(refused.length, 3);
}

async function livesWithout(stage: Stage, { url }: DaemonProcess): Promise<void> {
  const { checks } = await readiness(url, false);
  const failing = checks.filter(({ ok }) => !ok);
  assert.equal(failing[0]?.detail, 'the store cannot be reached');
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  const asked = await stage.newleaf('rotate', listenerId);
  assert.equal(asked.code, 1);
  assert.match(asked.err, /^newleaf: [^\n]+\n$/);
}

async function hasLostNothing(
  stage: Stage,
  daemon: DaemonProcess,
  producer: Producer,
): Promise<void> {
  await readiness(daemon.url, true);
  assert.equal((await producer.reasons()).length, 3);
  const status = await stage.newleaf('status', '--json');
  assert.ok(ScanDocument.parse(JSON.parse(status.out)).bindings.length > 0);
  const answer = await producer.ask('rotate', request);
  assert.match(JSON.stringify(answer), /"accepted"/);
  await daemon.logged('rotation closed', { outcome: 'committed' });
  assert.equal(await boundDefault(stage.sandbox, listenerId), newId);
}

async function endsInTime(daemon: DaemonProcess): Promise<void> {
  await readiness(daemon.url, false);
  const begun = performance.now();
  assert.equal(await daemon.stop(), 0);
  assert.ok(performance.now() - begun < 30_000);
}
