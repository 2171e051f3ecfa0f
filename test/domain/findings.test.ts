import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificateLookup, boundOn } from '../../src/domain/bound.ts';
import { expiryUnknown } from '../../src/domain/ca-names.ts';
import { servedFindings } from '../../src/domain/findings.ts';
import type { ServedAt } from '../../src/domain/inventory.ts';
import {
  aCertificate,
  aListener,
  anInventory,
  failed,
  served,
  servedAt,
  today,
} from '../helpers/facts.ts';

test('names that no look asked for are counted, where somebody looked', () => {
  const names = ['a.example.com', '*.b.example.com', '10.0.0.1', 'c.example.com'];
  const look = servedAt({ serverName: 'newleaf-probe.b.example.com' });
  const findingsWith = (looks: readonly ServedAt[]) => {
    const known = { state: aListener(), seenAt: today, absences: 0, served: looks };
    const lookup = certificateLookup(anInventory({ certificates: [aCertificate({ names })] }));
    const bound = boundOn(known, lookup);
    return bound.flatMap((each) => servedFindings(known, each, { bound, mayDrift: true }));
  };

  assert.deepEqual(findingsWith([look]), [{ kind: 'names-not-asked', asked: 1, names: 3 }]);
  assert.deepEqual(findingsWith([servedAt({ observation: failed('outside-vantage') })]), []);
  assert.deepEqual(findingsWith([]), []);
});

test('a CA whose end nobody knows has the names that the listener tells, or why it has none', () => {
  const ca = { slot: 'ca', id: '900-cn-hangzhou' } as const;
  const hint = (look: Parameters<typeof served>[0]) => {
    const { caNames, caNamesWhy } = expiryUnknown(ca, [
      servedAt(),
      servedAt({ observation: served(look) }),
    ]);
    return [caNames, caNamesWhy];
  };
  const asked = { clientAuth: 'required', protocol: 'TLSv1.3' } as const;

  assert.deepEqual(hint({ ...asked, caNames: ['CN=B', 'CN=A'] }), [['CN=A', 'CN=B'], null]);
  assert.deepEqual(hint({ ...asked, caNames: [] }), [[], 'none-named']);
  assert.deepEqual(hint({ ...asked, caNames: null }), [[], 'not-told']);
  assert.deepEqual(hint({ caNames: null }), [[], 'not-seen']);
  assert.deepEqual(expiryUnknown({ slot: 'default', id: '1' }, [servedAt()]), {
    kind: 'expiry-unknown',
    certificateId: '1',
    caNames: [],
    caNamesWhy: null,
  });
});
