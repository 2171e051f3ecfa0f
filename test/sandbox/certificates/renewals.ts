import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import cas from '@alicloud/cas20200407';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { certificateClient } from '../certificate-clients.ts';
import {
  certificate,
  codeOf,
  front,
  listenerState,
  nlbCaller,
  post,
  smallSandbox,
  until,
} from '../support.ts';

let sandbox: RunningSandbox;

const folder = mkdtempSync(join(tmpdir(), 'renewals-'));

/** One in which an order takes long enough to be seen on its way; closed with the test. */
async function slowSandbox(t: TestContext): Promise<RunningSandbox> {
  const slow = await smallSandbox({ rateLimits: 'off', jobMillis: 600 });
  t.after(() => slow.close());
  return slow;
}

async function orders(fields: Record<string, unknown>) {
  const request = new cas.ListUserCertificateOrderRequest(fields);
  const reply = await certificateClient(sandbox).listUserCertificateOrder(request);
  return reply.body?.certificateOrderList ?? [];
}

async function stateOf(orderId: number, at = sandbox) {
  const request = new cas.DescribeCertificateStateRequest({ orderId });
  return (await certificateClient(at).describeCertificateState(request)).body;
}

async function renew(orderId: number, csr?: string, at = sandbox) {
  const request = new cas.RenewCertificateOrderForPackageRequestRequest({
    orderId,
    ...(csr === undefined ? {} : { csr }),
  });
  const client = certificateClient(at);
  return (await client.renewCertificateOrderForPackageRequest(request)).body?.orderId ?? 0;
}

async function issued(orderId: number, at = sandbox) {
  return until(async () => {
    const state = await stateOf(orderId, at);
    return state?.type === 'certificate' ? state : null;
  });
}

async function placed(order: Record<string, unknown>, at = sandbox): Promise<number> {
  const { status, body } = await post(at, '/orders', order);
  assert.equal(status, 201);
  return Number(body['orderId']);
}

/** What the key identifier of a key on a curve is a hash of: the point, uncompressed. */
function pointOf(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([
    Buffer.from([4]),
    Buffer.from(x, 'base64url'),
    Buffer.from(y, 'base64url'),
  ]);
}

export function renewalsCases(): void {
  before(async () => {
    sandbox = await smallSandbox({ rateLimits: 'off' });
  });

  after(async () => {
    rmSync(folder, { recursive: true });
    await sandbox.close();
  });

  test('a renewal goes from payed over process to a new certificate, and binds nothing', async (t) => {
    const slow = await slowSandbox(t);
    const client = certificateClient(slow);
    const old = await certificate(slow, 'web-2026a');
    const list = await client.listUserCertificateOrder(
      new cas.ListUserCertificateOrderRequest({ status: 'WILLEXPIRED' }),
    );
    const expiring = list.body?.certificateOrderList?.[0];
    assert.equal(expiring?.domain, old.names.join(','));

    const renewal = await client.renewCertificateOrderForPackageRequest(
      new cas.RenewCertificateOrderForPackageRequestRequest({ orderId: expiring?.orderId ?? 0 }),
    );

    const orderId = renewal.body?.orderId ?? 0;
    const seen: string[] = [];
    const state = await until(async () => {
      const now = (
        await client.describeCertificateState(new cas.DescribeCertificateStateRequest({ orderId }))
      ).body;
      if (now?.type !== undefined && seen.at(-1) !== now.type) seen.push(now.type);
      return now?.type === 'certificate' ? now : null;
    });
    assert.deepEqual(seen, ['payed', 'process', 'certificate']);
    const leaf = new X509Certificate(state.certificate ?? '');
    assert.match(state.privateKey ?? '', /^-----BEGIN PRIVATE KEY-----/);
    const made = await certificate(slow, `cert-${orderId}`);
    assert.deepEqual(made.names, old.names);
    assert.notEqual(made.certId, old.certId);
    assert.ok(made.id.endsWith('-cn-hangzhou'));
    assert.ok(Date.parse(made.notAfter) > Date.parse(old.notAfter));
    assert.equal(leaf.fingerprint256.replaceAll(':', '').toLowerCase(), made.fingerprint256);
    assert.equal((await listenerState(slow, front)).slots.default, old.id);
  });

  test('the new certificate can be found by its order and bound', async () => {
    const [expiring] = await orders({ status: 'WILLEXPIRED' });
    const orderId = await renew(expiring?.orderId ?? 0);
    await issued(orderId);

    const request = new cas.ListUserCertificateOrderRequest({ orderType: 'CERT', keyword: 'www.' });
    const rows =
      (await certificateClient(sandbox).listUserCertificateOrder(request)).body
        ?.certificateOrderList ?? [];
    const detail = await certificateClient(sandbox).getUserCertificateDetail(
      new cas.GetUserCertificateDetailRequest({
        certId: rows[0]?.certificateId ?? 0,
        certFilter: true,
      }),
    );
    const nlb = nlbCaller(sandbox);
    const bound = await nlb('UpdateListenerAttribute', {
      ListenerId: front,
      CertificateIds: [detail.body?.certIdentifier ?? ''],
    });

    assert.equal(detail.body?.orderId, orderId);
    assert.equal(typeof bound['JobId'], 'string');
  });

  test('only an order about to expire is renewed, and only one of a package', async () => {
    const orderId = await placed({ state: 'certificate', notAfterDays: 31 });
    const expiring = await placed({ state: 'certificate', notAfterDays: 30 });
    const single = await placed({ type: 'BUY', state: 'certificate', notAfterDays: 5 });

    assert.equal(await codeOf(renew(orderId)), 'OperationDenied.StatusNotSupport');
    assert.equal(await codeOf(renew(single)), 'NotApplicable');
    assert.ok((await renew(expiring)) > single);
  });

  test('for a request of the customer the key stays out of the service, which cannot bind it then', async () => {
    const [key, csr] = [join(folder, 'own.key'), join(folder, 'own.csr')];
    const subject = ['-subj', '/CN=other.example.com'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    execFileSync('openssl', ['req', '-new', ...curve, '-keyout', key, '-out', csr, ...subject], {
      stdio: 'ignore',
    });
    const expiring = await placed({
      names: ['own.example.com'],
      state: 'certificate',
      notAfterDays: 3,
    });

    const orderId = await renew(expiring, readFileSync(csr, 'utf8'));
    const state = await issued(orderId);

    const leaf = new X509Certificate(state.certificate ?? '');
    const publicPem = execFileSync('openssl', ['pkey', '-in', key, '-pubout'], {
      encoding: 'utf8',
    });
    assert.equal(leaf.publicKey.export({ type: 'spki', format: 'pem' }), publicPem);
    assert.equal(leaf.subjectAltName, 'DNS:own.example.com');
    const chain = join(folder, 'own.chain');
    writeFileSync(chain, state.certificate ?? '');
    const trusted = ['-CAfile', sandbox.description.rootCaFile, '-untrusted', chain, chain];
    assert.match(execFileSync('openssl', ['verify', ...trusted], { encoding: 'utf8' }), /: OK/);
    const identifier = ['x509', '-in', chain, '-noout', '-ext', 'subjectKeyIdentifier'];
    const hash = createHash('sha1').update(pointOf(leaf.publicKey)).digest('hex');
    assert.equal(
      execFileSync('openssl', identifier, { encoding: 'utf8' }).replaceAll(/.*Identifier:|\W/g, ''),
      hash.toUpperCase(),
    );
    assert.equal(state.privateKey, undefined);
    const made = await certificate(sandbox, `cert-${orderId}`);
    const detail = await certificateClient(sandbox).getUserCertificateDetail(
      new cas.GetUserCertificateDetailRequest({ certId: made.certId }),
    );
    assert.match(detail.body?.cert ?? '', /BEGIN CERTIFICATE/);
    assert.equal(detail.body?.key, undefined);
    const bind = nlbCaller(sandbox)('UpdateListenerAttribute', {
      ListenerId: front,
      CertificateIds: [made.id],
    });
    assert.equal(await codeOf(bind), 'ResourceNotFound.Certificate');
  });

  test('a request signed with another key fails at the authority, not at the call', async () => {
    const csr = join(folder, 'signed.csr');
    const key = join(folder, 'signed.key');
    execFileSync(
      'openssl',
      [
        'req',
        '-new',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        key,
        '-out',
        csr,
        '-subj',
        '/CN=x',
      ],
      { stdio: 'ignore' },
    );
    const der = Buffer.from(readFileSync(csr, 'utf8').replaceAll(/-----.*-----|\s/g, ''), 'base64');
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    const spoilt = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
    const expiring = await placed({ state: 'certificate', notAfterDays: 3 });

    const orderId = await renew(expiring, spoilt);

    const end = await until(async () => {
      const state = await stateOf(orderId);
      return state?.type === 'verify_fail' || state?.type === 'certificate' ? state.type : null;
    });
    assert.equal(end, 'verify_fail');
  });

  test('an order that somebody moved is not issued behind their back, and can be finished later', async (t) => {
    const slow = await slowSandbox(t);
    const expiring = await placed({ state: 'certificate', notAfterDays: 3 }, slow);
    const early = await renew(expiring, undefined, slow);
    const late = await renew(expiring, undefined, slow);
    await placed({ orderId: early, state: 'domain_verify', proof: 'TXT' }, slow);
    await until(async () => ((await stateOf(late, slow))?.type === 'process' ? true : null));
    await placed({ orderId: late, state: 'verify_fail' }, slow);
    await issued(await renew(expiring, undefined, slow), slow);

    const [held, failed] = [await stateOf(early, slow), await stateOf(late, slow)];
    await placed({ orderId: early, state: 'certificate' }, slow);
    const done = await stateOf(early, slow);

    assert.equal(held?.type, 'domain_verify');
    assert.equal(held?.recordType, 'TXT');
    assert.equal(failed?.type, 'verify_fail');
    assert.equal(done?.type, 'certificate');
  });
}
