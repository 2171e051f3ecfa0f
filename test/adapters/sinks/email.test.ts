import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SinkOptions } from '../../../src/adapters/sinks/open.ts';
import { expiryFacts, missing, steady } from '../../helpers/alerts.ts';
import { after, today } from '../../helpers/facts.ts';
import { mailLogin, partsOf, startMailServer } from '../../helpers/mail-server.ts';
import { makeLeaf, makeRoot } from '../../helpers/pki.ts';
import { openOne } from '../../helpers/robots.ts';
import { batchOf, one } from '../../helpers/webhook.ts';
import { announcing } from '../../messages/samples.ts';

type EmailOptions = Extract<SinkOptions, { kind: 'email' }>;

function sinkTo(port: number, overrides: Partial<EmailOptions> = {}) {
  return openOne({
    kind: 'email',
    name: 'mail',
    host: '127.0.0.1',
    port,
    tls: 'none',
    ca: null,
    login: null,
    from: 'newleaf <newleaf@example.com>',
    to: ['oncall@example.com', 'team@example.com'],
    timeout: 5_000,
    reach: { loopback: true, linkLocal: false },
    wording: { language: 'en', timezone: 'Asia/Shanghai', runbook: 'https://wiki.example.com/a' },
    ...overrides,
  });
}

function idOf(source: string): string | undefined {
  return /^Message-ID: (.*)$/m.exec(source)?.[1];
}

function refusesTeam(address: string): number {
  return address.startsWith('team') ? 550 : 250;
}

test('an alert arrives as one mail, as text and as HTML, the same on every repeat', async () => {
  await using server = await startMailServer();
  const sink = sinkTo(server.port);

  assert.deepEqual(await sink.deliver(one, steady), { kind: 'accepted', taken: 1 });
  await sink.deliver(one, steady);

  const [mail, again] = server.arrived;
  assert.ok(mail && again);
  assert.equal(mail.from, 'newleaf@example.com');
  assert.deepEqual(mail.to, ['oncall@example.com', 'team@example.com']);
  assert.match(
    mail.source,
    /^Subject: \[warning\] Certificate shop\.example\.com expires in 6 days\r$/m,
  );
  assert.match(mail.source, /^Auto-Submitted: auto-generated\r$/m);
  const { 'text/plain': text = '', 'text/html': html = '' } = partsOf(mail.source);
  for (const part of [text, html]) {
    assert.match(part, /2026-11-28 08:00 Asia\/Shanghai/);
    assert.match(part, /edge \(nlb-1\) port 443/);
    assert.match(part, /https:\/\/wiki\.example\.com\/a#expiring/);
  }
  assert.match(html, /<h2 [^>]*>\[warning\] Certificate shop/);
  assert.equal(idOf(again.source), idOf(mail.source));
});

test('many alerts are one mail, and nothing in it is taken for HTML', async () => {
  await using server = await startMailServer();
  const certificate = { id: '1', label: '<b>', names: ['<i>.example.com'], fingerprint256: null };
  const alerts = Array.from({ length: 50 }, (_, index) =>
    announcing(expiryFacts({ certificate }), 'warning', { id: String(index), key: String(index) }),
  );

  const result = await sinkTo(server.port).deliver(batchOf(...alerts), steady);

  assert.deepEqual(result, { kind: 'accepted', taken: 50 });
  const [mail, ...others] = server.arrived;
  assert.ok(mail && others.length === 0);
  assert.match(mail.source, /^Subject: 50 alerts: 50 warning\r$/m);
  const { 'text/html': html = '' } = partsOf(mail.source);
  assert.equal(html.match(/&lt;i&gt;\.example\.com/g)?.length, 50);
  assert.doesNotMatch(html, /<[ib]>/);
});

test('STARTTLS and TLS reach a server whose certificate is trusted, and log in there', async () => {
  const root = await makeRoot({ name: 'mail root' });
  const identity = await makeLeaf(root, { name: 'localhost' });
  await using starttls = await startMailServer({ identity, wantsLogin: true });
  await using tls = await startMailServer({ identity, wantsLogin: true, immediateTls: true });
  const common = { host: 'localhost', ca: root.pem, login: mailLogin };

  const results = [
    await sinkTo(starttls.port, { ...common, tls: 'starttls' }).deliver(one, steady),
    await sinkTo(tls.port, { ...common, tls: 'tls' }).deliver(one, steady),
  ];

  assert.deepEqual(results, [
    { kind: 'accepted', taken: 1 },
    { kind: 'accepted', taken: 1 },
  ]);
  assert.ok(starttls.arrived[0]?.secure && tls.arrived[0]?.secure);
});

test('without the TLS that was asked for nothing is sent', async () => {
  const root = await makeRoot({ name: 'mail root' });
  const expired = await makeLeaf(root, { name: 'localhost', notAfter: after(today, -1) });
  const other = await makeLeaf(root, { name: 'other.example.com' });
  await using plain = await startMailServer({ wantsLogin: true });
  await using unknown = await startMailServer({ identity: other });
  await using late = await startMailServer({ identity: expired, immediateTls: true });
  const host = 'localhost';

  const results = [
    await sinkTo(plain.port, { tls: 'starttls', login: mailLogin }).deliver(one, steady),
    await sinkTo(unknown.port, { host, tls: 'starttls' }).deliver(one, steady),
    await sinkTo(unknown.port, { host, tls: 'starttls', ca: root.pem }).deliver(one, steady),
    await sinkTo(late.port, { host, tls: 'tls', ca: root.pem }).deliver(one, steady),
  ];

  assert.deepEqual(
    results.map((result) => (result.kind === 'accepted' ? 'accepted' : result.reason)),
    [
      'the mail server answered 500 to STARTTLS',
      'the certificate of the receiver is not trusted',
      'the certificate of the receiver is for another name',
      'the certificate of the receiver has expired',
    ],
  );
  assert.deepEqual(
    [plain, unknown, late].flatMap(({ arrived }) => arrived),
    [],
  );
});

test('a refusal for good, one for now and a hanging server are told apart, without their words', async () => {
  await using login = await startMailServer({ wantsLogin: true });
  await using nobody = await startMailServer({ recipient: () => 550 });
  await using greylist = await startMailServer({ recipient: () => 451 });
  await using content = await startMailServer({ data: () => 554 });
  await using full = await startMailServer({ data: () => 452 });
  await using hanging = await startMailServer({ hang: true });
  const wrong = { user: 'newleaf', password: 'wrong-hush' };

  const results = [
    await sinkTo(login.port, { login: wrong }).deliver(one, steady),
    await sinkTo(nobody.port).deliver(one, steady),
    await sinkTo(greylist.port).deliver(one, steady),
    await sinkTo(content.port).deliver(one, steady),
    await sinkTo(full.port).deliver(one, steady),
    await sinkTo(hanging.port, { timeout: 300 }).deliver(one, steady),
    await sinkTo(1).deliver(one, steady),
    await sinkTo(25, { host: '169.254.169.254' }).deliver(one, steady),
  ];

  assert.deepEqual(results, [
    {
      kind: 'rejected',
      blames: 'sink',
      reason: 'the mail server answered 535 to user and password',
    },
    {
      kind: 'rejected',
      blames: 'sink',
      reason: 'the mail server answered 550 to the sender or to all recipients',
    },
    {
      kind: 'retry',
      afterMs: null,
      reason: 'the mail server answered 451 to the sender or to all recipients',
    },
    { kind: 'rejected', blames: 'message', reason: 'the mail server answered 554 to the mail' },
    { kind: 'retry', afterMs: null, reason: 'the mail server answered 452 to the mail' },
    { kind: 'retry', afterMs: null, reason: 'no answer within 300 ms' },
    { kind: 'retry', afterMs: null, reason: 'the connection was refused' },
    {
      kind: 'rejected',
      blames: 'sink',
      reason: 'the address of the receiver is not allowed',
    },
  ]);
});

test('one refused recipient does not keep the mail from the others', async () => {
  await using server = await startMailServer({ recipient: refusesTeam });
  const batch = batchOf(announcing(missing('List').facts, 'warning'));

  const result = await sinkTo(server.port).deliver(batch, steady);

  assert.deepEqual(result, { kind: 'accepted', taken: 1 });
  assert.deepEqual(server.arrived[0]?.to, ['oncall@example.com']);
});

test('stopping the daemon ends a mail with its own reason', async () => {
  const stop = new AbortController();
  await using server = await startMailServer({
    recipient: () => {
      stop.abort(new Error('stopping'));
      return 250;
    },
  });

  await assert.rejects(sinkTo(server.port).deliver(one, stop.signal), /^Error: stopping$/);
  assert.deepEqual(server.arrived, []);
});
