import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Certificate } from '../../src/domain/certificate.ts';
import { choose } from '../../src/domain/choose.ts';
import type { Rejection } from '../../src/domain/planning.ts';
import { aQuestion, aRenewal, bound, type Question } from '../helpers/candidates.ts';
import { after, days, fingerprint, hours, today } from '../helpers/facts.ts';

function rejectionOf(question: Question, candidate: Certificate): Rejection | null {
  return choose(question, [bound, candidate]).rejections()[0] ?? null;
}

const allowAll = { issuer: true, keyType: true, age: true };

/** Each check by itself: a renewal with one fault, the question it is asked under, what the operator reads. */
const faults: readonly {
  readonly title: string;
  readonly candidate: Certificate;
  readonly question?: Partial<Question>;
  readonly reason: Rejection['reason'];
  readonly detail: RegExp;
}[] = [
  {
    title: 'another copy of the bound leaf',
    candidate: aRenewal({ fingerprint256: bound.fingerprint256 }),
    reason: 'same-leaf',
    detail: /another copy of the bound certificate 101-cn-hangzhou/,
  },
  {
    title: 'a certificate in the store of another site',
    candidate: aRenewal({ site: 'ap-southeast-1' }),
    reason: 'other-site',
    detail: /ap-southeast-1.*reads cn-hangzhou/,
  },
  {
    title: 'a certificate that is not valid yet',
    candidate: aRenewal({ notBefore: after(today, hours(5)) }),
    reason: 'not-yet-valid',
    detail: /from 2026-11-22T05:00Z/,
  },
  {
    title: 'a certificate issued half an hour ago',
    candidate: aRenewal({ notBefore: after(today, hours(-0.5)) }),
    reason: 'issued-too-recently',
    detail: /from 2026-11-22T00:30Z/,
  },
  {
    title: 'an expired certificate',
    candidate: aRenewal({ notAfter: after(today, hours(-1)) }),
    reason: 'expired',
    detail: /expired on 2026-11-21T23:00Z/,
  },
  {
    title: 'a certificate that would be critical the day it is bound',
    candidate: aRenewal({ notBefore: after(today, days(-100)), notAfter: after(today, hours(20)) }),
    question: { bound: { ...bound, notAfter: after(today, hours(-50)) } },
    reason: 'expired',
    detail: /about to expire/,
  },
  {
    title: 'a certificate that gains less than the policy asks for',
    candidate: aRenewal({ notAfter: after(today, days(20) + hours(23)) }),
    reason: 'no-gain',
    detail: /expires on 2026-12-12T23:00Z, the bound one on 2026-12-12T00:00Z/,
  },
  {
    title: 'a revoked certificate',
    candidate: aRenewal({ revoked: true }),
    reason: 'revoked',
    detail: /revoked/,
  },
  {
    title: 'a certificate that misses a name',
    candidate: aRenewal({ names: ['www.example.com'] }),
    question: { bound: { ...bound, names: ['www.example.com', 'api.example.com'] } },
    reason: 'missing-name',
    detail: /^does not answer for api\.example\.com$/,
  },
  {
    title: 'a self-signed certificate in place of an issued one',
    candidate: aRenewal({ selfSigned: true }),
    question: { allow: allowAll },
    reason: 'self-signed',
    detail: /self-signed/,
  },
  {
    title: 'a certificate of another issuer',
    candidate: aRenewal({ issuer: 'CN=Other CA' }),
    reason: 'other-issuer',
    detail: /CN=Other CA.*CN=Test CA/,
  },
  {
    title: 'a certificate with another key type',
    candidate: aRenewal({ keyType: 'ecdsa', keyBits: 256 }),
    reason: 'other-key-type',
    detail: /ecdsa.*rsa/,
  },
  {
    title: 'an RSA key below 2048 bits',
    candidate: aRenewal({ keyBits: 1024 }),
    reason: 'key-too-small',
    detail: /1024 bits, at least 2048/,
  },
  {
    title: 'an elliptic curve below 256 bits',
    candidate: aRenewal({ keyType: 'ecdsa', keyBits: 224 }),
    question: { allow: allowAll },
    reason: 'key-too-small',
    detail: /224 bits, at least 256/,
  },
  {
    title: 'a certificate that sits in another slot under another id',
    candidate: aRenewal(),
    question: {
      onListener: [{ id: '55-cn-hangzhou', fingerprint256: fingerprint('202-cn-hangzhou') }],
    },
    reason: 'already-bound',
    detail: /55-cn-hangzhou/,
  },
  {
    title: 'a quarantined certificate',
    candidate: aRenewal(),
    question: {
      quarantined: () => ({ until: today, rotationId: 'r-9', reason: 'stale', everywhere: true }),
    },
    reason: 'quarantined',
    detail: /until .* after rotation r-9: stale/,
  },
];

for (const { title, candidate, question, reason, detail } of faults) {
  test(`${title} is rejected as ${reason}`, () => {
    const rejection = rejectionOf(aQuestion(question), candidate);

    assert.equal(rejection?.reason, reason);
    assert.match(rejection?.detail ?? '', detail);
  });

  test(`${title} is named by what it is about, without words`, () => {
    const about = rejectionOf(aQuestion(question), candidate)?.about ?? [];

    for (const word of about) assert.doesNotMatch(word, /undefined|null|^$/);
  });
}

test('a renewal without fault is chosen, and the bound certificate is never listed', () => {
  const choice = choose(aQuestion(), [bound, aRenewal()]);

  assert.equal(choice.chosen?.id, '202-cn-hangzhou');
  assert.deepEqual(choice.rejections(), []);
});

test('issuer, key type and age are accepted where the policy allows them', () => {
  const candidate = aRenewal({
    issuer: 'CN=Other CA',
    keyType: 'ecdsa',
    keyBits: 256,
    notBefore: after(today, hours(-0.1)),
  });

  assert.equal(choose(aQuestion({ allow: allowAll }), [candidate]).chosen, candidate);
});

test('a revoked certificate is replaced by one that lives no longer', () => {
  const revoked = { ...bound, revoked: true };
  const candidate = aRenewal({ notAfter: after(today, days(10)) });

  assert.equal(choose(aQuestion({ bound: revoked }), [candidate]).chosen, candidate);
});

test('a wildcard is covered by the same wildcard only, and covers one label of the names of the old', () => {
  const old = { ...bound, names: ['*.example.com', 'example.com'] };
  const listed = aRenewal({ names: ['www.example.com', 'example.com'] });
  const broader = aRenewal({ names: ['*.example.com', '*.other.com', 'example.com'] });

  assert.match(rejectionOf(aQuestion({ bound: old }), listed)?.detail ?? '', /\*\.example\.com$/);
  assert.equal(choose(aQuestion({ bound: old }), [broader]).chosen, broader);
  const deep = { ...bound, names: ['a.b.example.com'] };
  assert.equal(rejectionOf(aQuestion({ bound: deep }), broader)?.reason, 'missing-name');
});

for (const fact of ['fingerprint256', 'notBefore', 'notAfter', 'issuer', 'selfSigned'] as const) {
  test(`a candidate whose ${fact} the store does not tell is not used`, () => {
    const rejection = rejectionOf(aQuestion(), aRenewal({ [fact]: null }));

    assert.equal(rejection?.reason, 'facts-unknown');
    assert.match(rejection.detail, /^the store does not tell/);
  });
}

test('a key that the store does not describe is trusted from the issuer of the bound certificate only', () => {
  const sizeless = aRenewal({ keyBits: null });
  const listed = aRenewal({ keyBits: null, keyType: null });
  const elsewhere = aRenewal({ keyBits: null, issuer: 'CN=Other CA' });
  const unknown = { ...bound, keyType: null, keyBits: null };

  assert.equal(choose(aQuestion(), [sizeless]).chosen, sizeless);
  assert.equal(choose(aQuestion(), [listed]).chosen, listed);
  assert.equal(choose(aQuestion({ bound: unknown }), [sizeless]).chosen, sizeless);
  assert.equal(
    rejectionOf(aQuestion({ allow: allowAll }), elsewhere)?.detail,
    'the store does not tell the key size',
  );
  assert.equal(
    rejectionOf(aQuestion({ allow: allowAll }), aRenewal({ keyType: null, issuer: 'CN=Other CA' }))
      ?.reason,
    'facts-unknown',
  );
});

for (const [fact, unknown] of [
  ['fingerprint256', null],
  ['notAfter', null],
  ['issuer', null],
  ['keyType', 'other'],
  ['names', []],
] as const) {
  test(`nothing is compared with a bound certificate whose ${fact} is ${String(unknown)}`, () => {
    const question = aQuestion({ bound: { ...bound, [fact]: unknown } });

    const rejection = rejectionOf(question, aRenewal());

    assert.equal(rejection?.reason, 'facts-unknown');
    assert.match(rejection.detail, /of the bound certificate is not known/);
  });
}

test('many missing names are counted, not listed', () => {
  const names = Array.from({ length: 8 }, (_, index) => `h${index}.example.com`);

  const rejection = rejectionOf(aQuestion({ bound: { ...bound, names } }), aRenewal());

  assert.match(rejection?.detail ?? '', /h4\.example\.com and 3 more$/);
});
