import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { AuditCheckDocument, AuditDocument } from '../../src/api/audit.ts';
import { RotationDocument, RotationsDocument } from '../../src/api/rotation.ts';
import { type DaemonProcess, openStage, type Stage } from '../helpers/processes.ts';
import { hasRedis, startRedis, type TestRedis } from '../helpers/redis.ts';
import { callsOf } from '../helpers/sandbox-control.ts';

const shop = 'lsn-demoshop00001@8443';
const api = 'lsn-demoapi00001@9443';

const config = {
  verify: { deadline: '20s', rounds: 2, gap: '500ms', settle: '500ms' },
  defaults: {
    mode: 'auto',
    windows: [],
    renewBefore: '1d',
    maxConcurrent: 1,
    allow: { age: true },
  },
};

/** Requests from a program that knows nothing of newleaf but the queue's name, put there while nobody runs. */
async function enqueue({ url }: TestRedis): Promise<void> {
  const queue = new Queue('newleaf-request', { connection: { url }, prefix: '{newleaf}' });
  const asked = { requestedBy: 'pipeline 7', reason: 'renewed' };
  await queue.addBulk([
    { name: 'rotate', data: { ...asked, listener: shop, requestId: 'shop-1' } },
    { name: 'rotate', data: { ...asked, listener: shop, requestId: 'shop-2' } },
    { name: 'rotate', data: { ...asked, listener: shop } },
    { name: 'rotate', data: { ...asked, listener: api } },
    { name: 'rotate', data: { ...asked, listener: shop, force: true } },
  ]);
  await queue.close();
}

/** As the daemon's API tells them: a process for each question would take longer than all that is tested. */
async function rotationsOf(
  { dir }: Stage,
  { url }: DaemonProcess,
): Promise<readonly RotationDocument[]> {
  const token = (await readFile(join(dir, 'data', 'token'), 'utf8')).trim();
  const get = async (path: string): Promise<unknown> => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${url}/api/v1${path}`, { headers })).json();
  };
  const { rotations } = RotationsDocument.parse(await get('/rotations'));
  return Promise.all(
    rotations.map(async ({ rotationId }) =>
      RotationDocument.parse(await get(`/rotations/${rotationId}`)),
    ),
  );
}

/** Resolves with the line when either daemon logs it. */
function anyLogged(daemons: readonly DaemonProcess[], msg: string, fields: Record<string, string>) {
  return Promise.any(daemons.map((daemon) => daemon.logged(msg, fields)));
}

test('two daemons over one Redis do each thing once, one at a time, and what people ask outlives both', {
  skip: !hasRedis && 'no redis-server here',
}, async () => {
  const redis = await startRedis();
  try {
    await using stage = await openStage({
      sandbox: { seed: 'demo' },
      config: { ...config, store: { url: redis.url } },
    });
    await enqueue(redis);
    const daemons = [await stage.daemon(), await stage.daemon()] as const;
    await Promise.all([
      anyLogged(daemons, 'rotation closed', { listener: shop }),
      anyLogged(daemons, 'rotation closed', { listener: api }),
      anyLogged(daemons, 'rotation closed', { listener: 'lsn-demopay00001@10443' }),
    ]);

    const shopRotation = await doneOnceEach(stage, daemons[0]);
    await outlives(stage, daemons, shopRotation);
    await tellsAll(stage, redis);
  } finally {
    await redis.dispose();
  }
});

/** Three listeners, three rotations: two asked for by a program, one due by itself. Returns the id of the shop's. */
async function doneOnceEach(stage: Stage, daemon: DaemonProcess): Promise<string> {
  const rotations = await rotationsOf(stage, daemon);
  const told = rotations.map(({ listenerId, outcome, trigger, requestedBy }) =>
    [listenerId, outcome, trigger, requestedBy ?? ''].join(' '),
  );
  assert.deepEqual(told.toSorted(), [
    `${api} rolled-back manual pipeline 7`,
    'lsn-demopay00001@10443 committed schedule ',
    `${shop} committed manual pipeline 7`,
  ]);
  const spans = rotations
    .map(({ journal }) => [
      Date.parse(journal.find(({ kind }) => kind === 'intended')?.at ?? ''),
      Date.parse(journal.find(({ kind }) => kind === 'closed')?.at ?? ''),
    ])
    .toSorted(([a = 0], [b = 0]) => a - b);
  for (const [index, [from = 0]] of spans.entries())
    assert.ok(index === 0 || from >= (spans[index - 1]?.[1] ?? Infinity), 'one at a time');
  const writes = await callsOf(stage.sandbox, 'UpdateListenerAttribute');
  assert.equal(writes.length, 4, 'two commits, one that went back');
  return rotations.find(({ listenerId }) => listenerId === shop)?.rotationId ?? '';
}

/** A freeze and a request that waits for it are both still there when both daemons were killed. */
async function outlives(
  stage: Stage,
  daemons: readonly DaemonProcess[],
  rotationId: string,
): Promise<void> {
  const order = ['freeze', 'order', 'sale', '--until', '1d', '--reason', 'fair'];
  assert.equal((await stage.newleaf(...order)).code, 0);
  const asked = await stage.newleaf('rollback', rotationId, '--wait');
  assert.equal(asked.code, 6, asked.out + asked.err);
  assert.match(asked.out, /waits: freeze sale ends/);
  await Promise.all(daemons.map((daemon) => daemon.kill()));

  const next = await stage.daemon();
  const lifted = await stage.newleaf('freeze', 'lift', 'sale');
  assert.equal(lifted.code, 0, lifted.err);

  await next.logged('rotation closed', { listener: shop, outcome: 'committed' });
}

/** One chain over three processes, two of them killed; and it shows when somebody edits it. */
async function tellsAll(stage: Stage, { url }: TestRedis): Promise<void> {
  const whole = await stage.newleaf('audit', 'verify');
  const list = await stage.newleaf('audit', '--limit', '1000', '--json');
  const { entries } = AuditDocument.parse(JSON.parse(list.out));
  const times = (action: string): number => entries.filter((row) => row.action === action).length;

  assert.equal(whole.code, 0, whole.out);
  assert.equal(times('daemon.started'), 3);
  assert.deepEqual([times('request.accepted'), times('request.refused')], [5, 1]);
  assert.deepEqual([times('freeze.ordered'), times('freeze.lifted')], [1, 1]);
  assert.deepEqual([times('rotation.admitted'), times('rotation.committed')], [4, 3]);
  assert.equal(times('rotation.intended'), times('rotation.called'));
  const called = entries.filter((row) => row.action === 'rotation.called');
  assert.ok(called.every((row) => row.clientToken !== null && row.cloudRequestId !== null));

  const client = new Redis(url);
  const place = entries.find((row) => row.action === 'request.refused')?.sequence ?? 0;
  const [key = ''] = await client.keys('*audit/0');
  const element = (await client.lindex(key, place)) ?? '';
  await client.lset(key, place, element.replace('unknown', 'nobody!'));
  await client.quit();
  const { code, out } = await stage.newleaf('audit', 'verify', '--json');
  const { flaws } = AuditCheckDocument.parse(JSON.parse(out));
  assert.equal(code, 3);
  assert.deepEqual(
    flaws.map(({ kind, sequence }) => [kind, sequence]),
    [['edited', place]],
  );
}
