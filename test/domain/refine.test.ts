import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refine } from '../../src/domain/refine.ts';
import { aCertificate, after, days, hours, today } from '../helpers/facts.ts';

const silent = {
  fingerprint256: null,
  keyType: null,
  keyBits: null,
  issuer: null,
  selfSigned: null,
  notBefore: null,
  notAfter: null,
};

test('what a later reading does not tell is taken from the earlier one', () => {
  assert.deepEqual(refine(aCertificate(), aCertificate(silent)), aCertificate());
  assert.deepEqual(refine(aCertificate(silent), aCertificate()), aCertificate());
  assert.deepEqual(refine(null, aCertificate(silent)), aCertificate(silent));
});

test('of two readings of a date the exact one stands, whichever came first', () => {
  const day = aCertificate({ notAfter: after(today, days(90)) });
  const exact = aCertificate({ notAfter: after(today, days(90) + hours(13)) });

  assert.deepEqual(refine(day, exact).notAfter, exact.notAfter);
  assert.deepEqual(refine(exact, day).notAfter, exact.notAfter);
});

test('dates further apart than a day can blur are two facts, and the later reading counts', () => {
  const before = aCertificate({ notAfter: after(today, days(90)) });
  const now = aCertificate({ notAfter: after(today, days(88)) });

  assert.deepEqual(refine(before, now).notAfter, now.notAfter);
});
