import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEmbedded } from '../../src/adapters/postgres/open.ts';
import { RotationDocument } from '../../src/api/rotation.ts';
import { type DaemonProcess, openStage, type Stage } from '../helpers/processes.ts';
import { listenerId, newId, oldId } from '../helpers/rotation-flows.ts';
import {
  boundDefault,
  callsOf,
  fingerprintOf,
  opensslSees,
  order,
} from '../helpers/sandbox-control.ts';

const write = 'UpdateListenerAttribute';

/** Starts a rotation and returns its id once the daemon has journaled what it is about to do. */
async function startRotation(stage: Stage, daemon: DaemonProcess): Promise<string> {
  await daemon.logged('scan ended');
  const asked = await stage.newleaf('rotate', listenerId, '--json');
  assert.equal(asked.code, 0, asked.err);
  const moved = await daemon.logged('rotation moved on', { event: 'intended' });
  return String(moved['rotationId']);
}

/** The rotation once it is closed, as another daemon on the same data tells it. */
async function closedRotation(stage: Stage, rotationId: string): Promise<RotationDocument> {
  const daemon = await stage.daemon();
  await daemon.logged('rotation closed', { rotationId });
  const shown = await stage.newleaf('show', rotationId, '--json');
  return RotationDocument.parse(JSON.parse(shown.out));
}

test('killed between intent and result, before the write arrived: it is sent again under the same token', async () => {
  await using stage = await openStage({ sandbox: { seed: 'small' } });
  const { sandbox } = stage;
  await order(sandbox, { kind: 'answer', action: write, times: 1, body: 'hang', seconds: 60 });
  const first = await stage.daemon();
  const rotationId = await startRotation(stage, first);
  await first.kill();

  const rotation = await closedRotation(stage, rotationId);

  assert.equal(rotation.outcome, 'committed');
  const fresh = await fingerprintOf(sandbox, newId);
  assert.deepEqual(await opensslSees(sandbox, listenerId), [fresh, fresh]);
  const tokens = new Set((await callsOf(sandbox, write)).map(({ clientToken }) => clientToken));
  assert.equal(tokens.size, 1);
});

test('killed between intent and result, after the write landed: it is found done and proven', async () => {
  await using stage = await openStage({ sandbox: { seed: 'small' } });
  const { sandbox } = stage;
  await order(sandbox, { kind: 'lose-reply', action: write, times: 'always' });
  const first = await stage.daemon();
  const rotationId = await startRotation(stage, first);
  await landed(stage);
  await first.kill();
  await fetch(`${sandbox.control}/faults`, { method: 'DELETE' });

  const rotation = await closedRotation(stage, rotationId);

  assert.equal(rotation.outcome, 'committed');
  assert.ok(rotation.journal.some((entry) => entry.kind === 'settled' && entry['found'] === true));
  const tokens = new Set((await callsOf(sandbox, write)).map(({ clientToken }) => clientToken));
  assert.equal(tokens.size, 1);
});

test('the whole Journal lost at that point: the target is found landed and proven', async () => {
  await using stage = await openStage({ sandbox: { seed: 'small' } });
  const { sandbox } = stage;
  await order(sandbox, { kind: 'lose-reply', action: write, times: 'always' });
  const first = await stage.daemon();
  const rotationId = await startRotation(stage, first);
  await landed(stage);
  await first.kill();
  await fetch(`${sandbox.control}/faults`, { method: 'DELETE' });
  const embedded = await openEmbedded({ dataDir: join(stage.dir, 'data') });
  await embedded.store.trim(`journal/${rotationId}`);
  await embedded.close();

  const rotation = await closedRotation(stage, rotationId);

  assert.equal(rotation.outcome, 'committed');
  assert.deepEqual(
    rotation.journal.slice(0, 3).map(({ kind }) => kind),
    ['landed', 'verified', 'committed'],
  );
});

test('killed while a rollback is being proven: the next daemon finishes it', async () => {
  await using stage = await openStage({ sandbox: { seed: 'small' } });
  const { sandbox } = stage;
  await order(sandbox, { kind: 'keep-old', zone: 'cn-hangzhou-b', listenerId });
  const first = await stage.daemon();
  const rotationId = await startRotation(stage, first);
  await first.logged('rotation moved on', { event: 'settled', phase: 'verifying-restore' });
  await first.kill();

  const rotation = await closedRotation(stage, rotationId);

  assert.equal(rotation.outcome, 'rolled-back');
  assert.equal(await boundDefault(sandbox, listenerId), oldId);
  const old = await fingerprintOf(sandbox, oldId);
  assert.deepEqual(await opensslSees(sandbox, listenerId), [old, old]);
});

/** Resolves once the cloud has bound the new certificate. */
async function landed(stage: Stage): Promise<void> {
  while ((await boundDefault(stage.sandbox, listenerId)) !== newId) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
