import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProblemFacts } from '../../src/domain/problem.ts';
import { asText, render } from '../../src/messages/render.ts';
import { aBinding, type ExpiryFacts, expiryFacts, rotationEnded } from '../helpers/alerts.ts';
import { after, days, hours, today } from '../helpers/facts.ts';
import { announcing, reading, textOf } from './samples.ts';

function titleOf(facts: ProblemFacts): string {
  return render(announcing(facts, 'warning'), reading).title.replace('[warning] ', '');
}

function ended(overrides: Parameters<typeof rotationEnded>[1]): string {
  return titleOf(rotationEnded('info', overrides).facts);
}

function linesOf(facts: ProblemFacts, label: string): readonly string[] {
  return textOf(facts, 'warning')
    .split('\n')
    .filter((line) => line.startsWith(label));
}

function next(outlook: ExpiryFacts['outlook']): readonly string[] {
  return linesOf(expiryFacts({ outlook }), 'Next:');
}

test('what is left is said in days, below two days in hours, and afterwards as what has passed', () => {
  const said: readonly (readonly [number, string])[] = [
    [days(29) + hours(23), 'expires in 29 days'],
    [days(6), 'expires in 6 days'],
    [days(2), 'expires in 2 days'],
    [days(2) - 1, 'expires in 47 h'],
    [hours(23), 'expires in 23 h'],
    [hours(20), 'expires in 20 h'],
    [hours(1), 'expires in 1 h'],
    [hours(1) - 1, 'expires in less than 1 h'],
    [0, 'expired less than 1 h ago'],
    [-hours(5), 'expired 5 h ago'],
    [-days(3), 'expired 3 days ago'],
  ];

  for (const [left, words] of said)
    assert.equal(
      titleOf(expiryFacts({ notAfter: after(today, left) })),
      `Certificate shop.example.com ${words}`,
    );
});

test('a certificate is called by its first name, else by label and id', () => {
  const { certificate } = expiryFacts();
  const called = (names: readonly string[], label = certificate.label): string =>
    titleOf(expiryFacts({ certificate: { ...certificate, names, label } }));

  assert.equal(called(['a.test', 'b.test']), 'Certificate a.test (+1 name) expires in 6 days');
  assert.equal(
    called(['a.test', 'b.test', 'c.test']),
    'Certificate a.test (+2 names) expires in 6 days',
  );
  assert.equal(
    called([], 'Partner CA'),
    'Certificate Partner CA (101-cn-hangzhou) expires in 6 days',
  );
  assert.equal(called([], ''), 'Certificate 101-cn-hangzhou expires in 6 days');
});

test('of a CA no more is told than is known', () => {
  const { certificate } = expiryFacts();
  const ca = { ...certificate, names: [], label: 'Partner CA', fingerprint256: null };

  assert.match(
    textOf(expiryFacts({ certificate: ca }), 'warning'),
    /^Certificate 101-cn-hangzhou \(Partner CA\), of account main in store cn-hangzhou\.$/m,
  );
});

test('every binding is named, up to twenty, and the rest is counted', () => {
  const bindings = Array.from({ length: 23 }, (_, n) => aBinding({ port: 443 + n }));

  const lines = textOf(expiryFacts({ bindings }), 'warning').split('\n');

  const from = lines.indexOf('Affected (23):');
  assert.match(lines[from + 1] ?? '', /^- edge \(nlb-1\) port 443 "web", default certificate/);
  assert.match(lines[from + 20] ?? '', /port 462/);
  assert.equal(lines[from + 21], '- and 3 more');
});

test('the text says what newleaf does next, or why it can do nothing, once each', () => {
  const rejection = { candidate: '202', reason: 'missing-name', detail: 'does not answer for x' };
  const none = { kind: 'no-candidate' as const, rejections: [rejection] };

  assert.deepEqual(next([{ kind: 'rotates', to: '202', notBefore: null }]), [
    'Next: newleaf replaces it by certificate 202, soon.',
  ]);
  assert.deepEqual(next([none, none]), [
    'Next: newleaf has nothing to replace it by: put a renewed one into store cn-hangzhou.',
  ]);
  assert.deepEqual(next([{ kind: 'not-ours', reason: 'change it in the AlbConfig' }]), [
    'Next: newleaf can do nothing: change it in the AlbConfig.',
  ]);
  assert.deepEqual(next([{ kind: 'waits', reason: 'soak' }]), [
    'Next: newleaf does nothing by itself: the new certificate is still being watched on its first listener.',
  ]);
  assert.deepEqual(linesOf(expiryFacts({ outlook: [none, none] }), 'Looked at:'), [
    'Looked at: 202 does not answer for x.',
  ]);
  assert.deepEqual(linesOf(expiryFacts({ outlook: [none] }), 'Run:'), ['Run: newleaf plan']);
  assert.deepEqual(linesOf(expiryFacts(), 'Run:'), []);
});

test('each end of a rotation has its own words', () => {
  const listener = 'edge port 443 (lsn-1@443)';
  assert.equal(ended({}), `${listener} has its new certificate`);
  assert.equal(
    ended({ detail: 'a later look shows something else' }),
    `${listener} has changed since its rotation`,
  );
  assert.equal(
    ended({ outcome: 'rolled-back' }),
    `${listener} was rolled back to its old certificate`,
  );
  assert.equal(
    ended({ outcome: 'refused', reason: 'blind' }),
    `${listener} was not rotated: its endpoints cannot be looked at`,
  );
  assert.equal(
    ended({ outcome: 'refused', reason: 'listener-gone' }),
    `${listener} was not rotated: the listener is gone`,
  );
  assert.equal(
    ended({ outcome: 'needs-operator' }),
    `${listener} needs an operator: no reason was given`,
  );
  assert.deepEqual(linesOf(rotationEnded('info').facts, 'Run:'), ['Run: newleaf show r-1']);
});

test('an end says from when until when it lasted', () => {
  const over = announcing(expiryFacts(), 'warning', { status: 'resolved', resolvedAt: today });

  assert.equal(
    asText(render(over, { ...reading, timezone: 'UTC' })),
    [
      '[resolved] Certificate shop.example.com is no longer bound or served',
      'It lasted from 2026-11-21 21:00 UTC to 2026-11-22 00:00 UTC.',
      'Runbook: docs/alerts.md#expiring',
    ].join('\n'),
  );
});

test('an end that is a decision of the operator says so', () => {
  const over = announcing(expiryFacts(), 'warning', {
    status: 'resolved',
    resolvedAt: today,
    endedBecause: 'not-configured',
  });

  assert.match(asText(render(over, reading)), /was taken out of the configuration: newleaf/);
});

test('who has seen it is said', () => {
  const seen = announcing(expiryFacts(), 'warning', {
    acknowledged: { by: 'li', at: today, note: 'renewing' },
  });

  assert.ok(render(seen, reading).body.includes('\nSeen by li: renewing\n'));
});

test('what is not known is said so', () => {
  assert.match(
    textOf({ kind: 'scan-stale', lastSuccess: null, expectedEvery: hours(6) }, 'critical'),
    /^\[critical\] No scan has succeeded yet\nOne is due every 6 h\. Nothing is known\./,
  );
  assert.match(
    textOf({ kind: 'not-probed', account: 'main', vpcId: null, listeners: 1 }, 'info'),
    /^\[info\] 1 listener in a network cannot be looked at/,
  );
  assert.match(
    textOf({ kind: 'clock-skew', skewMs: 61_000, against: 'store' }, 'critical'),
    /store's differ by 61 s\nThis clock is behind\./,
  );
});
