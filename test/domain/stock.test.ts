import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeStock } from '../../src/domain/assessment.ts';
import {
  aCertificate,
  after,
  aListener,
  anInventory,
  aPolicy,
  days,
  today,
} from '../helpers/facts.ts';

const context = {
  now: today,
  policies: [aPolicy()],
  planning: null,
  admission: { inFlight: [] },
  additionalLimit: () => 25,
};

test('stock is sorted by time left, unknown ends last', () => {
  const bound = ['3', '1', 'unknown', '2'].map(
    (id) => ({ slot: 'additional', id, state: 'bound' }) as const,
  );
  const certificates = [1, 2, 3].map((n) =>
    aCertificate({ id: `${n}`, notAfter: after(today, days(n)) }),
  );

  const stock = takeStock(
    anInventory({ listeners: [aListener({ bound })], certificates }),
    context,
  );

  assert.deepEqual(
    stock.bindings.map(({ certificateId }) => certificateId),
    ['1', '2', '3', 'unknown'],
  );
  assert.deepEqual(stock.takenAt, today);
});
