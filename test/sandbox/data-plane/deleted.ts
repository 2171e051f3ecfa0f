import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import {
  caller,
  certificate,
  front,
  jobEnd,
  nlbCaller,
  post,
  servedIn,
  smallSandbox,
  until,
} from '../support.ts';

let sandbox: RunningSandbox;

/** An uploaded certificate for the listener's names; only such may be deleted before they end. */
async function uploaded(name: string) {
  const order = { name, names: ['www.example.com', 'example.com'], origin: 'uploaded' };
  assert.equal((await post(sandbox, '/certificates', order)).status, 201);
  return certificate(sandbox, name);
}

async function remove(certId: number): Promise<void> {
  const cas = caller(sandbox, { product: 'cas', version: '2020-04-07', region: 'cn-hangzhou' });
  await cas('DeleteUserCertificate', { CertId: certId });
}

async function servedEverywhere(fingerprint256: string): Promise<void> {
  for (const zone of ['cn-hangzhou-a', 'cn-hangzhou-b']) {
    await until(async () =>
      (await servedIn(sandbox, front, zone)) === fingerprint256 ? true : null,
    );
  }
}

export function deletedCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
  });

  after(() => sandbox.close());

  test('a certificate deleted while it is being bound is served all the same', async () => {
    const nlb = nlbCaller(sandbox);
    const { id, certId, fingerprint256 } = await uploaded('gone-early');

    const reply = await nlb('UpdateListenerAttribute', { ListenerId: front, CertificateIds: [id] });
    await remove(certId);

    assert.equal(await jobEnd(nlb, reply), 'Succeeded');
    await servedEverywhere(fingerprint256);
  });

  test('a certificate deleted after it was bound goes on being served when something else changes', async () => {
    const nlb = nlbCaller(sandbox);
    const { id, certId, fingerprint256 } = await uploaded('gone-late');
    const bind = { ListenerId: front, CertificateIds: [id] };
    assert.equal(await jobEnd(nlb, await nlb('UpdateListenerAttribute', bind)), 'Succeeded');

    await remove(certId);
    const other = { ListenerId: front, SecurityPolicyId: 'tls_cipher_policy_1_2' };

    assert.equal(await jobEnd(nlb, await nlb('UpdateListenerAttribute', other)), 'Succeeded');
    await servedEverywhere(fingerprint256);
  });
}
