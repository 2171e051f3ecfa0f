import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecOf } from '../../../src/adapters/state/codec.ts';
import { knownListeners } from '../../../src/adapters/state/shapes/inventory.ts';
import { aListener, servedAt, today } from '../../helpers/facts.ts';

test('looks that were stored before kinds of clients and CA names were told can be read', () => {
  const codec = codecOf(knownListeners);
  const known = [{ state: aListener(), seenAt: today, absences: 0, served: [servedAt()] }];
  const older = codec.encode(known).replace('"keyType":"any",', '').replace('"caNames":null,', '');

  assert.doesNotMatch(older, /caNames|"keyType":"any"/);
  assert.deepEqual(codec.decode(older, 'inventory/listeners/main/cn-hangzhou'), known);
});
