import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Announcement } from '../../src/domain/alert.ts';
import { digest } from '../../src/messages/digest.ts';
import { aBinding, expiryFacts, rotationEnded } from '../helpers/alerts.ts';
import { after, days, hours, today } from '../helpers/facts.ts';
import { announcing, reading, samples } from './samples.ts';

const expiring = announcing(expiryFacts(), 'warning');
const [expiredFacts] = samples.expired;
const expired = announcing(expiredFacts, 'expired');
const tonight = announcing(expiryFacts({ notAfter: after(today, hours(20)) }), 'critical');
const over = announcing(expiryFacts(), 'critical', { status: 'resolved', resolvedAt: today });
const notice = announcing(rotationEnded('info').facts, 'info', { status: 'notice' });

function told(announcements: readonly Announcement[], most = 10) {
  return digest({ announcements, reason: 'changes' }, { ...reading, most });
}

test('a digest has one line for each alert, worst first, and what is over last', () => {
  const { title, lines } = told([over, notice, expiring, tonight, expired]);

  assert.equal(title, '5 alerts: 1 expired, 1 critical, 1 warning, 1 info, 1 resolved');
  assert.deepEqual(lines, [
    '[expired] Certificate shop.example.com expired 5 h ago',
    '[critical] Certificate shop.example.com expires in 20 h',
    '[warning] Certificate shop.example.com expires in 6 days',
    '[info] edge port 443 (lsn-1@443) has its new certificate',
    '[resolved] Certificate shop.example.com is no longer bound or served',
  ]);
});

test('a line says how many bindings are affected where it is more than the one it names', () => {
  const bindings = Array.from({ length: 12 }, (_, n) => aBinding({ port: 443 + n }));

  const { lines } = told([announcing(expiryFacts({ bindings }), 'warning')]);

  assert.deepEqual(lines, [
    '[warning] Certificate shop.example.com expires in 6 days (12 bindings)',
  ]);
});

test('what has no room is counted, and the counts of the title are those of all', () => {
  const many = Array.from({ length: 50 }, (_, n) =>
    announcing(expiryFacts({ notAfter: after(today, days(3)) }), n === 49 ? 'critical' : 'warning'),
  );

  const { title, lines } = told(many, 10);

  assert.equal(title, '50 alerts: 1 critical, 49 warning');
  assert.equal(lines.length, 11);
  assert.match(lines[0] ?? '', /^\[critical\]/);
  assert.equal(lines.at(-1), 'and 40 more');
});

test('the first digest of a sink says that it is a summary of what was there', () => {
  const { title } = digest(
    { announcements: [expiring], reason: 'first' },
    { ...reading, most: 10 },
  );

  assert.equal(title, 'What newleaf found at its start: 1 alert: 1 warning');
});
