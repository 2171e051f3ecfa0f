import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Inventory, Missing, Snapshot } from '../../src/domain/inventory.ts';
import { mergeInventory } from '../../src/domain/merge.ts';
import {
  aCertificate,
  after,
  aListener,
  anInventory,
  days,
  servedAt,
  today,
} from '../helpers/facts.ts';

function aSnapshot(parts: Partial<Snapshot>): Snapshot {
  return { takenAt: today, scope: [], listeners: [], certificates: [], missing: [], ...parts };
}

function unread(place: Pick<Missing, 'account' | 'region' | 'part'>): Missing {
  return { ...place, action: 'ListListeners', code: 'ServiceUnavailable', listener: null };
}

const aScope = fc.subarray([
  { account: 'main', region: 'cn-hangzhou' },
  { account: 'main', region: 'eu-central-1' },
  { account: 'other', region: 'cn-hangzhou' },
]);
const everything = anInventory({
  listeners: [
    aListener(),
    aListener({ ref: { region: 'eu-central-1' } }),
    aListener({ ref: { account: 'other' } }),
  ],
  certificates: [
    aCertificate(),
    { account: 'other', certificate: aCertificate(), seenAt: today, absences: 1 },
  ],
});

test('merging a scan that could read nothing changes only when it was and what is missing', () => {
  fc.assert(
    fc.property(aScope, fc.integer({ min: 1, max: 5 }), (scope, times) => {
      const missing = scope.flatMap((place) => [
        unread(place),
        unread({
          ...place,
          part: 'certificates',
          region: place.region.startsWith('cn-') ? 'cn-hangzhou' : 'ap-southeast-1',
        }),
      ]);
      const blind = aSnapshot({ scope, missing, takenAt: after(today, days(times)) });

      const merged = Array.from({ length: times }).reduce<Inventory>(
        (known) => mergeInventory(known, blind),
        everything,
      );

      assert.deepEqual(merged.listeners, everything.listeners);
      assert.deepEqual(merged.certificates, everything.certificates);
    }),
  );
});

test('merging the same scan again changes nothing', () => {
  fc.assert(
    fc.property(
      aScope,
      fc.subarray(everything.listeners.map(({ state }) => ({ state, served: [servedAt()] }))),
      (scope, listeners) => {
        const complete = aSnapshot({
          scope: [...scope, ...listeners.map(({ state }) => state.ref)],
          listeners,
        });
        const once = mergeInventory(mergeInventory(everything, complete), complete);

        const again = mergeInventory(once, complete);
        assert.deepEqual(again.listeners, once.listeners);
        assert.deepEqual(again.missing, once.missing);
      },
    ),
  );
});
