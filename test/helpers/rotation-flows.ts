import assert from 'node:assert/strict';
import { RotationDocument } from '../../src/api/rotation.ts';
import { ScanDocument } from '../../src/api/scan.ts';
import { openStage } from './processes.ts';
import { boundDefault, callsOf, fingerprintOf, opensslSees, order } from './sandbox-control.ts';

export const listenerId = 'lsn-smallweb0000001@8443';
export const oldId = '15230001-cn-hangzhou';
export const newId = '15230002-cn-hangzhou';
const thirdId = '15230007-cn-hangzhou';

/** What people do by hand, against a daemon with this store. Each flow starts a world of its own and takes it down again. */
export interface Flow {
  readonly title: string;
  run(config: Readonly<Record<string, unknown>>): Promise<void>;
}

export const flows: readonly Flow[] = [
  {
    title:
      'a rotation is committed and every zone shows the new leaf to openssl, until it is rolled back',
    run: commits,
  },
  {
    title: 'a zone that keeps the old certificate makes the rotation go back everywhere',
    run: goesBack,
  },
  {
    title:
      'somebody else binding a third certificate is left alone, and the listener waits for a person',
    run: asks,
  },
];

async function commits(config: Readonly<Record<string, unknown>>): Promise<void> {
  await using stage = await openStage({ sandbox: { seed: 'small' }, config });
  const { sandbox } = stage;
  const daemon = await stage.daemon();
  await daemon.logged('scan ended');

  const { code, out, err } = await stage.newleaf('rotate', listenerId, '--wait', '--json');

  assert.equal(code, 0, err + out);
  assert.equal(RotationDocument.parse(JSON.parse(out)).outcome, 'committed');
  const fresh = await fingerprintOf(sandbox, newId);
  assert.deepEqual(await opensslSees(sandbox, listenerId), [fresh, fresh]);
  const status = await stage.newleaf('status', '--json');
  const { bindings } = ScanDocument.parse(JSON.parse(status.out));
  const binding = bindings.find((row) => row.listenerId === listenerId);
  assert.equal(binding?.certificateId, newId);
  const { rotationId } = RotationDocument.parse(JSON.parse(out));
  const back = await stage.newleaf('rollback', rotationId, '--wait', '--json');
  assert.equal(back.code, 0, back.err + back.out);
  const old = await fingerprintOf(sandbox, oldId);
  assert.deepEqual(await opensslSees(sandbox, listenerId), [old, old]);
  assert.equal(await daemon.stop(), 0);
}

async function goesBack(config: Readonly<Record<string, unknown>>): Promise<void> {
  await using stage = await openStage({ sandbox: { seed: 'small' }, config });
  const { sandbox } = stage;
  await order(sandbox, { kind: 'keep-old', zone: 'cn-hangzhou-b', listenerId });
  const daemon = await stage.daemon();
  await daemon.logged('scan ended');

  const { code, out, err } = await stage.newleaf('rotate', listenerId, '--wait', '--json');

  assert.equal(code, 3, err + out);
  const { rotationId } = RotationDocument.parse(JSON.parse(out));
  const old = await fingerprintOf(sandbox, oldId);
  assert.deepEqual(await opensslSees(sandbox, listenerId), [old, old]);
  const shown = await stage.newleaf('show', rotationId);
  assert.match(shown.out, /rolled-back/);
  assert.match(shown.out, /stale: cn-hangzhou-b/);
  assert.match(shown.out, /restore accepted/);
}

async function asks(config: Readonly<Record<string, unknown>>): Promise<void> {
  await using stage = await openStage({ sandbox: { seed: 'small' }, config });
  const { sandbox } = stage;
  const after = { action: 'UpdateListenerAttribute' };
  await order(sandbox, { kind: 'rebind', listenerId, certificateId: thirdId, after });
  const daemon = await stage.daemon();
  await daemon.logged('scan ended');

  const { code, out, err } = await stage.newleaf('rotate', listenerId, '--wait', '--json');

  assert.equal(code, 4, err + out);
  const { rotationId } = RotationDocument.parse(JSON.parse(out));
  assert.equal(await boundDefault(sandbox, listenerId), thirdId);
  assert.equal((await callsOf(sandbox, 'UpdateListenerAttribute')).length, 1);
  const wrong = await stage.newleaf('resolve', rotationId, '--as', 'new', '--note', 'looks new');
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /that is "other", not "new"/);
  const held = await stage.newleaf('rotate', listenerId, '--wait');
  assert.notEqual(held.code, 0);
  const right = await stage.newleaf('resolve', rotationId, '--as', 'other', '--note', 'ada did it');
  assert.equal(right.code, 0, right.err);
  assert.match(right.out, /as other by local: ada did it/);
}
