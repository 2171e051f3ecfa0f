import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { choose, compareIds } from '../../src/domain/choose.ts';
import { aQuestion, aRenewal } from '../helpers/candidates.ts';
import { after, days, fingerprint, hours, today } from '../helpers/facts.ts';

test('of equal leaves the highest id is used, by number and not by letters', () => {
  const leaf = fingerprint('renewed');
  const low = aRenewal({ id: '99-cn-hangzhou', fingerprint256: leaf });
  const high = aRenewal({ id: '100-cn-hangzhou', fingerprint256: leaf });

  const choice = choose(aQuestion(), [high, low]);

  assert.equal(choice.chosen?.id, '100-cn-hangzhou');
  assert.deepEqual(
    choice.rejections().map(({ candidate, reason }) => [candidate, reason]),
    [['99-cn-hangzhou', 'same-leaf']],
  );
});

test('a copy in another site does not hide the one that can be used', () => {
  const leaf = fingerprint('renewed');
  const here = aRenewal({ id: '7-cn-hangzhou', fingerprint256: leaf });
  const there = aRenewal({ id: '9-ap-southeast-1', fingerprint256: leaf, site: 'ap-southeast-1' });

  assert.equal(choose(aQuestion(), [there, here]).chosen, here);
});

test('exactly the same names are preferred, then the latest end, the newest, the highest id', () => {
  const broad = aRenewal({
    id: '900-x',
    names: ['www.example.com', 'more.example.com'],
    notAfter: after(today, days(300)),
  });
  const short = aRenewal({ id: '800-x', notAfter: after(today, days(80)) });
  const older = aRenewal({ id: '700-x', notBefore: after(today, days(-2)) });
  const newer = aRenewal({ id: '600-x' });
  const twin = aRenewal({ id: '500-x' });

  const ranking: string[] = [];
  let left = [broad, short, older, newer, twin];
  while (left.length > 0) {
    const { chosen } = choose(aQuestion(), left);
    ranking.push(chosen?.id ?? '');
    left = left.filter((each) => each !== chosen);
  }

  assert.deepEqual(ranking, ['600-x', '500-x', '700-x', '800-x', '900-x']);
});

test('the rejections that came furthest are read first', () => {
  const expired = aRenewal({ id: '1-x', notAfter: after(today, hours(-1)) });
  const small = aRenewal({ id: '2-x', keyBits: 1024 });
  const nameless = aRenewal({ id: '3-x', names: ['other.example.com'] });

  const rejections = choose(aQuestion(), [expired, small, nameless]).rejections();

  assert.deepEqual(
    rejections.map(({ reason }) => reason),
    ['key-too-small', 'missing-name', 'expired'],
  );
});

test('the order of the store does not matter', () => {
  const candidate = fc
    .record({
      number: fc.integer({ min: 1, max: 30 }),
      leaf: fc.integer({ min: 1, max: 12 }),
      life: fc.integer({ min: -5, max: 6 }),
      age: fc.integer({ min: -1, max: 3 }),
      names: fc.constantFrom(['www.example.com'], ['www.example.com', 'b.example.com'], ['c.com']),
    })
    .map(({ number, leaf, life, age, names }) =>
      aRenewal({
        id: `${number}-cn-hangzhou`,
        fingerprint256: fingerprint(`leaf${leaf}`),
        notAfter: after(today, days(life * 20)),
        notBefore: after(today, days(-age)),
        names,
      }),
    );
  const store = fc.uniqueArray(candidate, { selector: ({ id }) => id, maxLength: 12 });

  fc.assert(
    fc.property(
      store.chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
      ),
      ([all, shuffled]) => {
        const [one, other] = [choose(aQuestion(), all), choose(aQuestion(), shuffled)];
        assert.deepEqual(other.chosen, one.chosen);
        assert.deepEqual(other.rejections(), one.rejections());
      },
    ),
    { numRuns: 500 },
  );
});

test('ids are compared by the number they start with', () => {
  assert.ok(compareIds('9-cn-hangzhou', '10-cn-hangzhou') < 0);
  assert.ok(compareIds('18014398509481985-x', '18014398509481984-x') > 0);
  assert.ok(compareIds('a', 'b') < 0);
  assert.equal(compareIds('7-x', '7-x'), 0);
});
