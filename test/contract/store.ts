import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Store, StreamEntry, Versioned } from '../../src/ports/store.ts';

/** A fresh name, so that the tests can share one store. */
const fresh = (kind: string): string => `${kind}/${randomUUID()}`;

const entry = (id: string, value = `value of ${id}`): StreamEntry => ({ id, value });

const conflict = { code: 'store.conflict' };

async function everything(store: Store, prefix: string): Promise<Versioned[]> {
  const found: Versioned[] = [];
  for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
    const { page, next }: Awaited<ReturnType<Store['list']>> = await store.list(prefix, cursor);
    found.push(...page);
    cursor = next;
  }
  return found;
}

/** What every Store promises. `open` gives the store under test; it stays open until the caller's own `after`. */
export function testStreams(name: string, open: () => Store): void {
  test(`${name}: entries come back in the order they were appended, from any position`, async () => {
    const store = open();
    const stream = fresh('stream');
    for (const [after, id] of ['a', 'b', 'c'].entries())
      await store.append(stream, entry(id), after);

    assert.deepEqual(await store.read(stream, 0), [entry('a'), entry('b'), entry('c')]);
    assert.deepEqual(await store.read(stream, 2), [entry('c')]);
    assert.deepEqual(await store.read(stream, 3), []);
    assert.deepEqual(await store.read(fresh('stream'), 0), []);
  });

  test(`${name}: repeating a committed append is not a conflict and adds nothing`, async () => {
    const store = open();
    const stream = fresh('stream');
    await store.append(stream, entry('a'), 0);
    await store.append(stream, entry('b'), 1);

    await store.append(stream, entry('a'), 0);
    await store.append(stream, entry('b', 'told otherwise'), 1);

    assert.deepEqual(await store.read(stream, 0), [entry('a'), entry('b')]);
  });

  test(`${name}: a foreign entry at the place, and a gap before it, are conflicts`, async () => {
    const store = open();
    const stream = fresh('stream');
    await store.append(stream, entry('ab'), 0);

    await assert.rejects(store.append(stream, entry('b'), 0), conflict);
    // An id that is only the beginning of the one there is another id.
    await assert.rejects(store.append(stream, entry('a'), 0), conflict);
    await assert.rejects(store.append(stream, entry('ab'), 1 + 1), conflict);
    await assert.rejects(store.append(fresh('stream'), entry('a'), 1), conflict);
    assert.deepEqual(await store.read(stream, 0), [entry('ab')]);
  });

  test(`${name}: of many writers at one place exactly one wins, and the others hear why`, async () => {
    const store = open();
    const ids = Array.from({ length: 20 }, (_, index) => `writer-${index}`);
    for (let round = 0; round < 10; round += 1) {
      const stream = fresh('stream');

      const results = await Promise.allSettled(ids.map((id) => store.append(stream, entry(id), 0)));

      const winners = ids.filter((_, index) => results[index]?.status === 'fulfilled');
      assert.equal(winners.length, 1);
      for (const result of results)
        if (result.status === 'rejected') assert.equal(result.reason.code, 'store.conflict');
      assert.deepEqual(
        await store.read(stream, 0),
        winners.map((id) => entry(id)),
      );
    }
  });

  test(`${name}: writers that race through a stream lose nothing and double nothing`, async () => {
    const store = open();
    const stream = fresh('stream');
    const write = async (writer: string): Promise<number> => {
      let won = 0;
      for (let after = 0; after < 15; after += 1) {
        const appended = store.append(stream, entry(`${writer}-${after}`), after);
        won += await appended.then(
          () => 1,
          () => 0,
        );
      }
      return won;
    };

    const wins = await Promise.all(['x', 'y', 'z'].map(write));

    assert.equal(
      wins.reduce((a, b) => a + b),
      15,
    );
    assert.equal((await store.read(stream, 0)).length, 15);
  });

  test(`${name}: trimming removes the whole stream, twice is fine, and it can start again`, async () => {
    const store = open();
    const stream = fresh('stream');
    const neighbour = `${stream}-2`;
    await store.append(stream, entry('a'), 0);
    await store.append(neighbour, entry('n'), 0);

    await store.trim(stream);
    await store.trim(stream);

    assert.deepEqual(await store.read(stream, 0), []);
    assert.deepEqual(await store.read(neighbour, 0), [entry('n')]);
    await store.append(stream, entry('b'), 0);
    assert.deepEqual(await store.read(stream, 0), [entry('b')]);
  });

  test(`${name}: values of megabytes, line feeds and all scripts survive`, async () => {
    const store = open();
    const value = `${'long\n'.repeat(400_000)} 证书 \u0001 🍃`;
    const stream = fresh('stream');
    const key = fresh('key');

    await store.append(stream, entry('big', value), 0);
    await store.put(key, value, null);

    assert.deepEqual(await store.read(stream, 0), [entry('big', value)]);
    assert.equal((await store.get(key))?.value, value);
    assert.equal((await everything(store, key))[0]?.value, value);
  });
}

export function testValues(name: string, open: () => Store): void {
  test(`${name}: a value is written only from the version that was read`, async () => {
    const store = open();
    const key = fresh('key');

    assert.equal(await store.get(key), null);
    assert.equal(await store.put(key, 'never there', 'some-version'), null);
    const first = await store.put(key, 'one', null);
    assert.ok(first !== null);
    assert.equal(await store.put(key, 'again', null), null);
    const second = await store.put(key, 'two', first);
    assert.ok(second !== null && second !== first);
    assert.equal(await store.put(key, 'late', first), null);

    assert.deepEqual(await store.get(key), { key, value: 'two', version: second });
  });

  test(`${name}: a value is deleted only from the version that was read`, async () => {
    const store = open();
    const key = fresh('key');
    const first = (await store.put(key, 'one', null)) ?? '';
    const second = (await store.put(key, '', first)) ?? '';

    assert.equal(await store.delete(key, first), false);
    assert.deepEqual(await store.get(key), { key, value: '', version: second });
    assert.equal(await store.delete(key, second), true);
    assert.equal(await store.delete(key, second), true);
    assert.equal(await store.get(key), null);
  });

  test(`${name}: a key made anew has a version it never had before`, async () => {
    const store = open();
    const key = fresh('key');
    const first = (await store.put(key, 'same', null)) ?? '';
    await store.delete(key, first);

    const again = await store.put(key, 'same', null);

    assert.notEqual(again, first);
    assert.equal(await store.put(key, 'late', first), null);
  });

  test(`${name}: counting up by compare and set loses no count`, async () => {
    const store = open();
    const key = fresh('key');
    await store.put(key, '0', null);
    const count = async (): Promise<void> => {
      for (let done = 0; done < 5; ) {
        const read = await store.get(key);
        const next = String(Number(read?.value) + 1);
        if ((await store.put(key, next, read?.version ?? null)) !== null) done += 1;
      }
    };

    await Promise.all([count(), count(), count(), count()]);

    assert.equal((await store.get(key))?.value, '20');
  });

  test(`${name}: of many who delete and put one version exactly one is first`, async () => {
    const store = open();
    const key = fresh('key');
    const version = (await store.put(key, 'one', null)) ?? '';
    const put = async (): Promise<boolean> => (await store.put(key, 'two', version)) !== null;

    const puts = await Promise.all([put(), put(), put(), put(), put()]);

    assert.equal(puts.filter(Boolean).length, 1);
    assert.equal(await store.delete(key, version), false);
  });

  test(`${name}: a listing holds exactly the keys of its prefix, taken literally`, async () => {
    const store = open();
    const prefix = `${fresh('list')}/100%_[a*\\`;
    const keys = Array.from({ length: 250 }, (_, index) => `${prefix}/${index}`);
    await Promise.all(keys.map((key) => store.put(key, `at ${key}`, null)));
    await store.put(prefix.replace('%', 'x'), 'neighbour', null);
    await store.put(`${prefix.slice(0, -1)}]`, 'neighbour', null);

    const found = await everything(store, prefix);

    assert.deepEqual(found.map(({ key }) => key).toSorted(), keys.toSorted());
    for (const item of found) assert.deepEqual(item, await store.get(item.key));
  });

  test(`${name}: a key that exists all the while is listed once, whatever comes and goes`, async () => {
    const store = open();
    const prefix = fresh('list');
    const staying = Array.from({ length: 300 }, (_, index) => `${prefix}/stay-${index}`);
    await Promise.all(staying.map((key) => store.put(key, 'here', null)));
    const stop = new AbortController();
    const churn = async (worker: string): Promise<void> => {
      for (let turn = 0; !stop.signal.aborted; turn += 1) {
        const key = `${prefix}/${turn % 2 === 0 ? 'a' : 'z'}-${worker}-${turn % 7}`;
        const version = await store.put(key, 'gone soon', null);
        if (version !== null) await store.delete(key, version);
      }
    };
    const churning = [churn('1'), churn('2')];

    const found = await everything(store, prefix);
    stop.abort();
    await Promise.all(churning);

    const stayed = found.map(({ key }) => key).filter((key) => key.includes('/stay-'));
    assert.deepEqual(stayed.toSorted(), staying.toSorted());
    assert.equal(new Set(found.map(({ key }) => key)).size, found.length);
  });

  test(`${name}: it tells its own time`, async () => {
    const store = open();

    const skew = Math.abs((await store.now()).getTime() - Date.now());

    assert.ok(skew < 5000, `skew ${skew}`);
  });
}
