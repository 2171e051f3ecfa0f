import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { ScanDocument } from '../../src/api/scan.ts';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { openSandboxCli } from '../helpers/sandbox-cli.ts';
import { apps, jobEnd, nlbCaller, post, smallSandbox } from '../sandbox/support.ts';

/** Two additional certificates are bound in the seed; 20 of 25 are near. */
const seeded = 2;

/** The API takes this many ids in one call. */
const most = 15;

const Issued = z.looseObject({ id: z.string() });

let sandbox: RunningSandbox;

before(async () => {
  sandbox = await smallSandbox();
});
after(() => sandbox.close());

async function change(action: string, ids: readonly string[]): Promise<void> {
  const nlb = nlbCaller(sandbox);
  for (let at = 0; at < ids.length; at += most) {
    const AdditionalCertificateIds = ids.slice(at, at + most);
    const reply = await nlb(action, { ListenerId: apps, AdditionalCertificateIds }, 'body');
    assert.equal(await jobEnd(nlb, reply), 'Succeeded');
  }
}

test('a load balancer near its quota is told with how full it is, until something is unbound', async () => {
  await using cli = await openSandboxCli(sandbox);
  const near = async (): Promise<readonly unknown[]> => {
    const { out } = await cli.run('scan', '--no-probe', '--json', '--findings', 'quota-near');
    const { bindings } = ScanDocument.parse(JSON.parse(out));
    return [...new Set(bindings.flatMap(({ findings }) => findings.map(({ advice }) => advice)))];
  };
  const ids: string[] = [];
  for (let n = seeded; n < 20; n += 1) {
    const names = [`quota-${n}.example.com`];
    const { body } = await post(sandbox, '/certificates', { names });
    ids.push(Issued.parse(body).id);
  }

  const few = await near();
  await change('AssociateAdditionalCertificatesWithListener', ids);
  const many = await near();
  await change('DisassociateAdditionalCertificatesWithListener', ids.slice(0, 1));
  const mended = await near();

  assert.deepEqual([few, mended], [[], []]);
  assert.deepEqual(
    many.filter((advice) => String(advice).includes('20 of 25')),
    [
      'Unbind additional certificates that nobody needs: the load balancer holds 20 of 25, and each further one takes a place.',
    ],
  );
});
