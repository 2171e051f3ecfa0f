import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { compareSeverity } from '../../src/domain/alert.ts';
import type { Severity } from '../../src/domain/policy.ts';
import { cappedThresholds, severityOf, thresholdInstants } from '../../src/domain/threshold.ts';
import { after, at, days, hours } from '../helpers/facts.ts';

const thresholds = { info: days(30), warning: days(7), critical: days(1) };
const notAfter = at('2026-12-31T12:00:00Z');
const long = { notBefore: after(notAfter, days(-200)), notAfter };

function severityWith(left: number, scheduled = true, floor: Severity = 'ok'): Severity {
  return severityOf(long, { thresholds, now: after(notAfter, -left), scheduled, floor });
}

test('each severity starts exactly at its threshold', () => {
  assert.equal(severityWith(days(30) + 1), 'ok');
  assert.equal(severityWith(days(30)), 'info');
  assert.equal(severityWith(days(7) + 1), 'info');
  assert.equal(severityWith(days(7)), 'warning');
  assert.equal(severityWith(days(1)), 'critical');
  assert.equal(severityWith(1), 'critical');
  assert.equal(severityWith(0), 'expired');
  assert.equal(severityWith(days(-400)), 'expired');
});

test('a certificate with nothing scheduled is critical at warning already, and nowhere else different', () => {
  assert.equal(severityWith(days(7), false), 'critical');
  assert.equal(severityWith(days(8), false), 'info');
  assert.equal(severityWith(days(31), false), 'ok');
  assert.equal(severityWith(0, false), 'expired');
});

test('severity never falls below what was told before', () => {
  assert.equal(severityWith(days(20), true, 'critical'), 'critical');
  assert.equal(severityWith(hours(5), true, 'info'), 'critical');
});

test('a short life caps every threshold at its share of the life', () => {
  const short = { notBefore: after(notAfter, -days(12)), notAfter };

  assert.deepEqual(cappedThresholds(thresholds, short), {
    info: days(4),
    warning: days(2),
    critical: hours(12),
  });
  assert.equal(
    severityOf(short, { thresholds, now: after(notAfter, -days(5)), scheduled: true }),
    'ok',
  );
});

test('a 47-day certificate is told from a third of its life on, not from 30 days', () => {
  const life = { notBefore: after(notAfter, -days(47)), notAfter };
  const instants = thresholdInstants(thresholds, life);

  assert.equal(instants.info.getTime(), notAfter.getTime() - days(47) / 3);
  assert.equal(instants.warning.getTime(), notAfter.getTime() - days(7));
  assert.equal(instants.expired, notAfter);
});

test('a life whose beginning the store does not tell is not capped', () => {
  const life = { notBefore: null, notAfter };

  assert.deepEqual(cappedThresholds(thresholds, life), thresholds);
});

test('as time goes on, severity never falls', () => {
  const moment = fc.integer({ min: -days(300), max: days(10) });
  fc.assert(
    fc.property(
      moment,
      moment,
      fc.integer({ min: 1, max: 400 }),
      fc.boolean(),
      (a, b, life, scheduled) => {
        const validity = { notBefore: after(notAfter, -days(life)), notAfter };
        const [earlier, later] = [Math.min(a, b), Math.max(a, b)].map((offset) =>
          severityOf(validity, { thresholds, now: after(notAfter, offset), scheduled }),
        );

        assert.ok(compareSeverity(earlier ?? 'ok', later ?? 'ok') <= 0);
      },
    ),
  );
});
