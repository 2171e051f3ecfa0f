import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256, systemClock, systemEntropy } from '../../src/adapters/clock.ts';

test('a sleep lasts as long as asked, and ends with the reason when it is aborted', async () => {
  const began = systemClock.monotonic();
  await systemClock.sleep(30, new AbortController().signal);
  assert.ok(systemClock.monotonic() - began >= 29);

  const stop = new AbortController();
  const asleep = systemClock.sleep(60_000, stop.signal);
  const reason = new Error('stopping');
  stop.abort(reason);

  await assert.rejects(asleep, reason);
  await assert.rejects(systemClock.sleep(1, stop.signal), reason);
  assert.ok(Math.abs(systemClock.now().getTime() - Date.now()) < 1000);
});

test('ids are fresh lower-case hex, fractions lie in [0, 1)', () => {
  const ids = new Set(Array.from({ length: 1000 }, () => systemEntropy.id()));

  assert.equal(ids.size, 1000);
  for (const id of ids) assert.match(id, /^[0-9a-f]{32}$/);
  for (let turn = 0; turn < 1000; turn += 1) {
    const fraction = systemEntropy.fraction();
    assert.ok(fraction >= 0 && fraction < 1);
  }
});

test('the digest is SHA-256 over UTF-8, as others compute it', () => {
  // NIST FIPS 180-2, appendix B.1.
  assert.equal(sha256('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
