import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { z } from 'zod';
import { ScanDocument } from '../../src/api/scan.ts';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { openSandboxCli } from '../helpers/sandbox-cli.ts';
import { order } from '../helpers/sandbox-control.ts';
import {
  caller,
  certificate,
  front,
  jobEnd,
  nlbCaller,
  post,
  smallSandbox,
} from '../sandbox/support.ts';

const Issued = z.looseObject({ id: z.string(), certId: z.int() });

let sandbox: RunningSandbox;

beforeEach(async () => {
  sandbox = await smallSandbox();
});
afterEach(() => sandbox.close());

async function update(fields: Record<string, unknown>): Promise<void> {
  const nlb = nlbCaller(sandbox);
  const reply = await nlb('UpdateListenerAttribute', { ListenerId: front, ...fields }, 'body');
  assert.equal(await jobEnd(nlb, reply), 'Succeeded');
}

async function issue(wanted: Record<string, unknown>): Promise<z.infer<typeof Issued>> {
  return Issued.parse((await post(sandbox, '/certificates', wanted)).body);
}

/** Binds by another hand, so that a certificate can be put back that is bound already. */
async function bind(certificateId: string): Promise<void> {
  await order(sandbox, { kind: 'rebind', listenerId: front, certificateId });
}

/** What a scan finds on the front door, as kinds with the fields that tell them apart. */
async function found(
  settings: Readonly<Record<string, unknown>> = {},
  ...options: readonly string[]
) {
  await using cli = await openSandboxCli(sandbox, settings);
  const { out } = await cli.run('scan', '--json', '--listener', front, ...options);
  const { bindings } = ScanDocument.parse(JSON.parse(out));
  const findings = bindings.flatMap((row) => row.findings);
  assert.ok(findings.every(({ advice }) => advice.length > 20));
  return findings.map(({ advice: _advice, ...rest }) => rest);
}

const kinds = (findings: readonly { readonly kind: string }[]) => findings.map(({ kind }) => kind);

test('a listener with a name of the Kubernetes controller is owned elsewhere until it is renamed', async () => {
  await update({ ListenerDescription: 'k8s.8443.TCPSSL.shop.default.c1a2b3' });

  const [finding] = await found({}, '--no-probe');

  assert.deepEqual(finding, {
    kind: 'owned-elsewhere',
    owner: { kind: 'kubernetes', cluster: 'c1a2b3', service: 'default/shop' },
  });
  await update({ ListenerDescription: 'web/front-door' });
  assert.deepEqual(await found({}, '--no-probe'), []);
});

test('a certificate deleted from its store has an end nobody knows until another is bound', async () => {
  const { id: old } = await certificate(sandbox, 'web-2026a');
  const names = ['www.example.com', 'example.com'];
  const { id, certId } = await issue({ names, origin: 'uploaded' });
  await bind(id);
  const cas = caller(sandbox, { product: 'cas', version: '2020-04-07', region: 'cn-hangzhou' });
  await cas('DeleteUserCertificate', { CertId: certId });

  const unknown = await found({}, '--no-probe');

  assert.deepEqual(kinds(unknown), ['expiry-unknown']);
  assert.ok(!kinds(await found()).includes('expiry-unknown'), 'a handshake shows when it ends');
  await bind(old);
  assert.deepEqual(await found({}, '--no-probe'), []);
});

test('names beyond the limit are told as not asked until the certificate has fewer', async () => {
  const { id: old } = await certificate(sandbox, 'web-2026a');
  const more = Array.from({ length: 40 }, (_, n) => `shop-${n}.example.com`);
  const { id } = await issue({ names: ['www.example.com', ...more] });
  await bind(id);

  const many = (await found()).filter(({ kind }) => kind === 'names-not-asked');

  assert.deepEqual(many, [{ kind: 'names-not-asked', asked: 30, names: 41 }]);
  await bind(old);
  assert.ok(!kinds(await found()).includes('names-not-asked'));
});

test('addresses outside the vantage are not probed until the vantage has their network', async () => {
  const { rootCaFile } = sandbox.description;
  const from = (networks: readonly string[]) => ({
    probe: { roots: [rootCaFile], perLoadBalancer: '1000/s', vantage: { networks } },
  });

  const outside = await found(from([]));

  assert.deepEqual(kinds(outside), ['not-probed']);
  assert.deepEqual(await found(from(['public'])), []);
});
