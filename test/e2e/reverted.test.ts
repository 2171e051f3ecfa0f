import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { RotationDocument } from '../../src/api/rotation.ts';
import { ScanDocument } from '../../src/api/scan.ts';
import { openStage, type Stage } from '../helpers/processes.ts';
import { listenerId, newId, oldId } from '../helpers/rotation-flows.ts';
import { boundDefault, order } from '../helpers/sandbox-control.ts';
import { until } from '../sandbox/support.ts';

async function scanNow(url: string, stage: Stage): Promise<void> {
  const token = (await readFile(join(stage.dir, 'data', 'token'), 'utf8')).trim();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const reply = await fetch(new URL('/api/v1/scan', url), { method: 'POST', headers, body: '{}' });
  assert.ok(reply.ok, await reply.text());
}

async function isReverted(stage: Stage): Promise<boolean> {
  const { out } = await stage.newleaf('status', '--json', '--findings', 'reverted');
  const { bindings } = ScanDocument.parse(JSON.parse(out));
  return bindings.some((row) => row.listenerId === listenerId && row.certificateId === oldId);
}

async function rotated(stage: Stage): Promise<void> {
  const { out, err } = await stage.newleaf('rotate', listenerId, '--wait', '--json');
  assert.equal(RotationDocument.parse(JSON.parse(out)).outcome, 'committed', err);
}

test('a slot that somebody puts back is told as reverted, left alone, and rotated again when a person asks', async () => {
  await using stage = await openStage({ sandbox: { seed: 'small' } });
  const daemon = await stage.daemon();
  await daemon.logged('scan ended');
  await rotated(stage);
  assert.equal(await isReverted(stage), false);

  await order(stage.sandbox, { kind: 'rebind', listenerId, certificateId: oldId });
  await scanNow(daemon.url, stage);
  await until(async () => ((await isReverted(stage)) ? true : null));
  const { out } = await stage.newleaf('plan', '--json');

  assert.match(out, /"reverted"/, 'the plan says why nothing is done');
  assert.equal(await boundDefault(stage.sandbox, listenerId), oldId);
  await rotated(stage);
  assert.equal(await boundDefault(stage.sandbox, listenerId), newId);
  assert.equal(await isReverted(stage), false);
});
