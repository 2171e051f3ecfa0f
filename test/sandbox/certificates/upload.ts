import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import cas from '@alicloud/cas20200407';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { createTrust } from '../../../src/sandbox/x509/trust.ts';
import { certificateClient } from '../certificate-clients.ts';
import { certificate, codeOf, front, nlbCaller, post, smallSandbox } from '../support.ts';

const day = 24 * 3_600_000;

let sandbox: RunningSandbox;

const folder = mkdtempSync(join(tmpdir(), 'upload-'));

async function upload(fields: Record<string, unknown>, site = 'cn-hangzhou') {
  const request = new cas.UploadUserCertificateRequest(fields);
  return (await certificateClient(sandbox, site).uploadUserCertificate(request)).body;
}

async function detail(certId: number, certFilter?: boolean) {
  const request = new cas.GetUserCertificateDetailRequest({ certId, certFilter });
  return (await certificateClient(sandbox).getUserCertificateDetail(request)).body;
}

async function remove(certId: number) {
  const request = new cas.DeleteUserCertificateRequest({ certId });
  return certificateClient(sandbox).deleteUserCertificate(request);
}

/** A self-signed certificate of another tool's making. */
function selfSigned(name: string, ...options: string[]) {
  const [keyFile, certFile] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const subject = ['-subj', `/CN=${name}.example.com`, '-days', '30', '-nodes'];
  const files = ['-keyout', keyFile, '-out', certFile];
  execFileSync('openssl', ['req', '-x509', ...subject, ...files, ...options], { stdio: 'ignore' });
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

/** The same with a key on the curve that only some versions of the tool make in one go. */
function selfSignedSm2(name: string) {
  const [keyFile, certFile] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const make = ['ecparam', '-genkey', '-noout', '-name', 'SM2', '-out', keyFile];
  execFileSync('openssl', make, { stdio: 'ignore' });
  const subject = ['-subj', `/CN=${name}.example.com`, '-days', '30'];
  const files = ['-key', keyFile, '-out', certFile];
  execFileSync('openssl', ['req', '-new', '-x509', '-sm3', ...subject, ...files], {
    stdio: 'ignore',
  });
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

export function uploadCases(): void {
  before(async () => {
    sandbox = await smallSandbox({ rateLimits: 'off' });
  });

  after(async () => {
    rmSync(folder, { recursive: true });
    await sandbox.close();
  });

  test('an uploaded certificate gets an id of its site, and its key stays out of the call log', async () => {
    const trust = await createTrust(Date.now());
    const made = await trust.issue({
      names: ['up.example.com'],
      notBefore: new Date(Date.now() - day),
      notAfter: new Date(Date.now() + day),
      keyType: 'rsa',
      issuer: 'main',
      chain: 'full',
    });
    const client = certificateClient(sandbox, 'ap-southeast-1');
    const uploadMine = (key: string) =>
      client.uploadUserCertificate(
        new cas.UploadUserCertificateRequest({ name: 'mine', cert: made.chain.join(''), key }),
      );

    const uploaded = await uploadMine(made.keyPem);

    const id = uploaded.body?.certId ?? 0;
    assert.equal((await certificate(sandbox, 'mine')).id, `${id}-ap-southeast-1`);
    assert.equal(await codeOf(uploadMine(made.keyPem)), 'NameRepeat');
    const calls = await (await fetch(`${sandbox.control}/calls`)).text();
    assert.match(calls, /UploadUserCertificate/);
    assert.doesNotMatch(calls, /PRIVATE KEY/);
    await client.deleteUserCertificate(new cas.DeleteUserCertificateRequest({ certId: id }));
    assert.equal(
      await codeOf(
        client.getUserCertificateDetail(new cas.GetUserCertificateDetailRequest({ certId: id })),
      ),
      'NotFound',
    );
  });

  test('a certificate whose key is another is not taken', async () => {
    const client = certificateClient(sandbox);
    const web = await certificate(sandbox, 'web-2026a');
    const other = await certificate(sandbox, 'portal');
    const material = async (certId: number) =>
      (await client.getUserCertificateDetail(new cas.GetUserCertificateDetailRequest({ certId })))
        .body;
    const [cert, key] = [
      (await material(web.certId))?.cert ?? '',
      (await material(other.certId))?.key ?? '',
    ];

    const code = await codeOf(
      client.uploadUserCertificate(new cas.UploadUserCertificateRequest({ name: 'x', cert, key })),
    );

    assert.equal(code, 'InvalidParameter');
  });

  test('a name is taken once and has 64 characters at most', async () => {
    const made = selfSigned('names', '-newkey', 'rsa:2048');

    const taken = await codeOf(upload({ ...made, name: 'web-2026a' }));
    const long = await codeOf(upload({ ...made, name: 'n'.repeat(65) }));
    const longest = await upload({ ...made, name: 'n'.repeat(64) });

    assert.equal(taken, 'NameRepeat');
    assert.match(long, /Name|InvalidParameter/);
    assert.match(longest?.resourceId ?? '', /^cas-upload-/);
  });

  test('a serial number has a zero in front of an odd number of digits', async () => {
    const made = selfSigned('serial', '-newkey', 'rsa:2048', '-set_serial', '0x6ea4879591ddf');

    const uploaded = await upload({ ...made, name: 'serial' });

    assert.equal((await detail(uploaded?.certId ?? 0))?.serialNo, '06ea4879591ddf');
  });

  test('every certificate of a chain must be readable, and both halves be there', async () => {
    const { cert, key } = selfSigned('chain', '-newkey', 'rsa:2048');
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

    const cases = [{ cert: `${cert}${broken}`, key }, { cert }, { key }, { cert: 'x', key }, {}];
    for (const fields of cases) {
      assert.equal(await codeOf(upload({ name: 'broken', ...fields })), 'InvalidParameter');
    }
  });

  test('a pair for Chinese algorithms is kept whole, withheld whole, and not bound', async () => {
    const [sign, encrypt] = [selfSignedSm2('sign'), selfSignedSm2('encrypt')];
    const pair = {
      signCert: sign.cert,
      signPrivateKey: sign.key,
      encryptCert: encrypt.cert,
      encryptPrivateKey: encrypt.key,
    };

    const uploaded = await upload({ name: 'sm2', ...pair });
    const certId = uploaded?.certId ?? 0;
    const [open, filtered] = [await detail(certId), await detail(certId, true)];

    assert.equal(open?.algorithm, 'SM2');
    for (const [field, value] of Object.entries(pair)) {
      assert.equal(Object.entries(open ?? {}).find(([name]) => name === field)?.[1], value);
    }
    const withheld = ['cert', 'key', ...Object.keys(pair)];
    assert.ok(
      Object.entries(filtered ?? {}).every(
        ([name, value]) => !withheld.includes(name) || value === undefined,
      ),
    );
    assert.equal(filtered?.certIdentifier, `${certId}-cn-hangzhou`);
    const bind = nlbCaller(sandbox)('UpdateListenerAttribute', {
      ListenerId: front,
      CertificateIds: [`${certId}-cn-hangzhou`],
    });
    assert.equal(await codeOf(bind), 'ResourceNotFound.Certificate');
    const swapped = { ...pair, signPrivateKey: encrypt.key };
    assert.equal(await codeOf(upload({ name: 'swapped', ...swapped })), 'InvalidParameter');
  });

  test('what was issued can be deleted once it has expired, what was uploaded at any time', async () => {
    const valid = await certificate(sandbox, 'web-2026a');
    const { body } = await post(sandbox, '/certificates', {
      names: ['a.example.com'],
      notAfterDays: -1,
    });
    const made = selfSigned('deleted', '-newkey', 'rsa:2048');
    const uploaded = await upload({ ...made, name: 'deleted' });

    assert.equal(await codeOf(remove(valid.certId)), 'OperationDenied.StatusNotSupport');
    await remove(Number(body['certId']));
    await remove(uploaded?.certId ?? 0);

    assert.equal(await codeOf(detail(Number(body['certId']))), 'NotFound');
    assert.equal(await codeOf(remove(uploaded?.certId ?? 0)), 'NotFound');
    assert.match((await upload({ ...made, name: 'deleted' }))?.resourceId ?? '', /^cas-upload-/);
  });
}
