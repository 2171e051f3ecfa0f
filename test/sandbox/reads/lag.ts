import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { z } from 'zod';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import {
  apps,
  certificate,
  codeOf,
  front,
  jobEnd,
  listenerState,
  type Nlb,
  nlbCaller,
  smallSandbox,
  until,
} from '../support.ts';

let sandbox: RunningSandbox;

/** Jobs are over at once, so that only the lag is between a write and its effect. */
async function laggingBy(readLagMillis: number): Promise<Nlb> {
  sandbox = await smallSandbox({ jobMillis: 1, readLagMillis });
  return nlbCaller(sandbox);
}

const Ids = z.array(z.object({ ListenerId: z.string() }));

async function listed(nlb: Nlb): Promise<readonly string[]> {
  return Ids.parse((await nlb('ListListeners'))['Listeners']).map((row) => row.ListenerId);
}

export function lagCases(): void {
  afterEach(() => sandbox.close());

  test('reads show what a seed holds at once and changes not before the lag is over', async () => {
    const nlb = await laggingBy(60_000);
    const before = await nlb('GetListenerAttribute', { ListenerId: front });
    const next = (await certificate(sandbox, 'web-2026b')).id;

    const write = { ListenerId: front, CertificateIds: [next] };
    await jobEnd(nlb, await nlb('UpdateListenerAttribute', write));

    assert.equal((await listenerState(sandbox, front)).slots.default, next);
    const { RequestId: _then, ...old } = before;
    const { RequestId: _now, ...seen } = await nlb('GetListenerAttribute', { ListenerId: front });
    assert.deepEqual(seen, old);
    assert.equal(
      await codeOf(nlb('UpdateListenerAttribute', write)),
      'ResourceAlreadyAssociated.Certificate',
      'writes act on the truth',
    );
  });

  test('rows, new listeners and deleted ones lag too', async () => {
    const nlb = await laggingBy(60_000);
    const order = await listed(nlb);
    const rows = await nlb('ListListenerCertificates', { ListenerId: apps });
    const [gone] = [(await certificate(sandbox, 'static')).id];

    const made = await nlb('CreateListener', {
      LoadBalancerId: 'nlb-smallweb0000001',
      ListenerProtocol: 'TCP',
      ListenerPort: 7000,
      ServerGroupId: 'sgp-smallweb0000001',
    });
    await jobEnd(nlb, made);
    await jobEnd(nlb, await nlb('DeleteListener', { ListenerId: front }));
    await jobEnd(
      nlb,
      await nlb('DisassociateAdditionalCertificatesWithListener', {
        ListenerId: apps,
        AdditionalCertificateIds: [gone],
      }),
    );

    assert.deepEqual(await listed(nlb), order);
    assert.deepEqual(
      (await nlb('ListListenerCertificates', { ListenerId: apps }))['CertificateIds'],
      rows['CertificateIds'],
    );
    assert.equal((await nlb('GetListenerAttribute', { ListenerId: front }))['ListenerId'], front);
    assert.equal(
      await codeOf(nlb('GetListenerAttribute', { ListenerId: made['ListenerId'] })),
      'ResourceNotFound.listener',
    );
  });

  test('once the lag is over reads show the truth', async () => {
    const nlb = await laggingBy(40);

    await jobEnd(nlb, await nlb('UpdateListenerAttribute', { ListenerId: front, IdleTimeout: 77 }));

    const seen = await until(async () => {
      const told = await nlb('GetListenerAttribute', { ListenerId: front });
      return told['IdleTimeout'] === 77 ? told : null;
    });
    assert.equal(seen['IdleTimeout'], 77);
  });

  test('jobs never lag', async () => {
    const nlb = await laggingBy(60_000);

    const write = await nlb('UpdateListenerAttribute', { ListenerId: front, IdleTimeout: 77 });

    assert.equal(await jobEnd(nlb, write), 'Succeeded');
    const jobs = await nlb('ListAsynJobs', { JobIds: [write['JobId']] });
    assert.deepEqual(jobs['Jobs'], [{ Id: write['JobId'], Status: 'Succeeded' }]);
  });
}
