import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorDocument } from '../../src/api/requests.ts';
import { callerOf } from '../../src/web/auth.ts';
import { aDesk, openServer } from '../helpers/desk.ts';
import { ask, bearer, writing, type Reply } from './ask.ts';

const errorOf = ({ text }: Reply) => ErrorDocument.parse(JSON.parse(text)).error;

const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

test('probes and scrapers need no token, everything else does, on loopback too', async () => {
  await using server = await openServer(aDesk());

  for (const path of ['/healthz', '/readyz', '/metrics']) {
    assert.equal((await ask(server.url, path)).status, 200, path);
  }
  for (const path of ['/', '/api/v1/status', '/api/v1/rotations', '/nothing/here']) {
    const reply = await ask(server.url, path);
    assert.equal(reply.status, 401, path);
    assert.match(errorOf(reply).message, /set NEWLEAF_TOKEN/);
    assert.match(String(reply.headers['www-authenticate']), /^Basic /);
  }
});

test('a wrong token opens nothing, whatever its shape', async () => {
  await using server = await openServer(aDesk());
  const wrong = [
    bearer('reader-hus'),
    bearer('reader-hush2'),
    bearer(''),
    basic('reader-hush', ''),
    basic('ada', 'reader-hus'),
    { authorization: 'reader-hush' },
    { authorization: 'Basic' },
    { authorization: 'Digest reader-hush' },
  ];

  for (const headers of wrong) {
    const { status, text } = await ask(server.url, '/api/v1/status', { headers });
    assert.equal(status, 401, headers.authorization);
    assert.doesNotMatch(text, /hush/);
  }
});

test('a token that was left empty opens nothing', () => {
  assert.equal(callerOf('Bearer ', [{ name: 'ada', role: 'operator', token: '' }]), null);
});

test('programs send the token as Bearer, browsers as the password of Basic', async () => {
  await using server = await openServer(aDesk());

  for (const headers of [bearer('reader-hush'), basic('whoever', 'reader-hush')]) {
    assert.equal((await ask(server.url, '/api/v1/status', { headers })).status, 200);
    assert.equal((await ask(server.url, '/', { headers })).status, 200);
  }
});

test('a reader reads and writes nothing; an operator writes under its own name', async () => {
  const desk = aDesk();
  await using server = await openServer(desk);
  const body = JSON.stringify({ hash: 'abc' });
  const approve = (headers: Readonly<Record<string, string>>) =>
    ask(server.url, '/api/v1/approve', { method: 'POST', headers, body });

  const refused = await approve({ ...writing, ...bearer('reader-hush') });

  assert.equal(refused.status, 403);
  assert.match(errorOf(refused).message, /grafana may only read/);
  assert.deepEqual(desk.asked, []);
  assert.equal((await approve(writing)).status, 200);
  assert.deepEqual(desk.asked, [['approve', { name: 'ada', role: 'operator' }, 'abc']]);
});

test("somebody else's page cannot reach us under its own name", async () => {
  await using server = await openServer(aDesk(), ['newleaf.example.com']);
  const port = new URL(server.url).port;
  const from = (host: string, origin?: string) =>
    ask(server.url, '/healthz', { headers: origin === undefined ? { host } : { host, origin } });

  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example']) {
    assert.equal((await from(host)).status, 403, host);
  }
  for (const origin of [
    'http://evil.example',
    'null',
    'http://203.0.113.9',
    `http://127.0.0.1.evil.example:${port}`,
  ]) {
    assert.equal((await from(`127.0.0.1:${port}`, origin)).status, 403, origin);
  }
  const known = ['127.0.0.1', 'LOCALHOST', '[::1]:80', 'newleaf.example.com', '10.1.2.3:9877'];
  for (const host of known) {
    assert.equal((await from(host)).status, 200, host);
    assert.equal((await from(host, `http://${host}`)).status, 200, host);
  }
  // Behind a proxy that asks us by address, browsers name the proxy.
  assert.equal((await from(`127.0.0.1:${port}`, 'https://newleaf.example.com')).status, 200);
});

test('no answer may be kept, framed, sniffed or run', async () => {
  await using server = await openServer(aDesk());

  for (const path of ['/', '/api/v1/status', '/nothing', '/readyz']) {
    const { headers } = await ask(server.url, path, { headers: bearer('reader-hush') });
    assert.equal(headers['cache-control'], 'no-store', path);
    assert.equal(headers['x-content-type-options'], 'nosniff', path);
    assert.equal(headers['x-frame-options'], 'DENY', path);
    assert.match(
      String(headers['content-security-policy']),
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
      path,
    );
    assert.equal(headers['strict-transport-security'], undefined);
    assert.equal(headers['access-control-allow-origin'], undefined);
  }
});
