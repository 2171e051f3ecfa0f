import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRedis } from '../../../../src/adapters/redis/open.ts';
import { NewleafError } from '../../../../src/domain/errors.ts';
import { type AuditNote, genesis } from '../../../../src/domain/audit.ts';
import type { AuditTrail } from '../../../../src/ports/audit.ts';
import type { Store } from '../../../../src/ports/store.ts';
import { verifyAudit } from '../../../../src/usecases/audit/read.ts';
import { aTrail, noteNo, notesUpTo, sha256 } from '../../../helpers/audit.ts';
import { after, days, today } from '../../../helpers/facts.ts';
import { hasRedis, startRedis } from '../../../helpers/redis.ts';
import { memoryStore, quietLog } from '../../../helpers/store.ts';

async function sourcesOf(trail: AuditTrail): Promise<readonly string[]> {
  const sources: string[] = [];
  for await (const part of trail.parts('oldest'))
    sources.push(...part.map(({ entry }) => entry?.source ?? '?'));
  return sources;
}

const verify = (audit: AuditTrail) => verifyAudit({ audit, sha256 }, null);

test('an empty audit is whole and ends where it begins', async () => {
  const trail = aTrail(memoryStore());

  assert.deepEqual(await trail.head(), { entries: 0, hash: genesis });
  const { flaws, rows } = await verify(trail);
  assert.deepEqual([flaws, rows], [[], 0]);
});

test('each row names the one before by its hash, through as many parts as it takes', async () => {
  const trail = aTrail(memoryStore());

  await trail.append(notesUpTo(23));

  const { flaws, rows, head } = await verify(trail);
  assert.deepEqual([flaws, rows, head.entries], [[], 23, 23]);
  assert.deepEqual(await trail.head(), head);
  const newest: number[] = [];
  for await (const part of trail.parts('newest')) newest.push(part[0]?.entry?.sequence ?? -1);
  assert.deepEqual(newest, [20, 15, 10, 5, 0]);
});

test('a restart goes on where the chain ends', async () => {
  const store = memoryStore();
  await aTrail(store).append(notesUpTo(12));

  await aTrail(store).append([noteNo(12)]);

  const { flaws, rows } = await verify(aTrail(store));
  assert.deepEqual([flaws, rows], [[], 13]);
});

test('what was told is not told again, also by another replica and after a restart', async () => {
  const store = memoryStore();
  const [one, two] = [aTrail(store), aTrail(store)];
  await one.append(notesUpTo(7));

  await two.append([noteNo(3), noteNo(6), noteNo(7)]);
  await aTrail(store).append([noteNo(7)]);

  assert.equal((await sourcesOf(one)).length, 8);
});

function mine(who: string): readonly AuditNote[] {
  return Array.from({ length: 40 }, (_, n) => noteNo(n, { actor: who, source: `${who}/${n}` }));
}

async function appendFromBoth(stores: readonly [Store, Store]): Promise<void> {
  const [one, two] = [aTrail(stores[0]), aTrail(stores[1])];
  await Promise.all([
    ...mine('a').map((note) => one.append([note])),
    ...mine('b').map((note) => two.append([note])),
    one.append(mine('c')),
    two.append(mine('d')),
  ]);

  const { flaws, rows } = await verify(one);
  assert.deepEqual([flaws, rows], [[], 160]);
  assert.equal(new Set(await sourcesOf(two)).size, 160);
  for (const who of ['c', 'd']) {
    const told = (await sourcesOf(two)).filter((source) => source.startsWith(who));
    assert.deepEqual(
      told,
      mine(who).map(({ source }) => source),
    );
  }
}

test('two replicas that append at once lose nothing and keep their order', async () => {
  const store = memoryStore();

  await appendFromBoth([store, store]);
});

test('over Redis two replicas that append at once lose nothing', { skip: !hasRedis }, async () => {
  const redis = await startRedis();
  const open = () => openRedis({ url: redis.url, prefix: '{audit}', log: quietLog });
  const [one, two] = await Promise.all([open(), open()]);
  try {
    await appendFromBoth([one.store, two.store]);
  } finally {
    await Promise.all([one.close(), two.close()]);
    await redis.dispose();
  }
});

test('an append whose answer was lost may be repeated: it stands there once', async () => {
  const store = memoryStore();
  let lost = 0;
  const lossy: Store = {
    ...store,
    append: async (...args) => {
      await store.append(...args);
      lost += 1;
      if (lost === 2) throw new NewleafError('store.unavailable', 'no answer in time');
    },
  };
  const trail = aTrail(lossy);

  await assert.rejects(trail.append(notesUpTo(4)), { code: 'store.unavailable' });
  await trail.append(notesUpTo(4));

  const { flaws, rows } = await verify(trail);
  assert.deepEqual([flaws, rows], [[], 4]);
});

test('old parts are forgotten, and what remains is still proven', async () => {
  const store = memoryStore();
  const trail = aTrail(store);
  await trail.append(notesUpTo(23));
  const kept = await trail.head();

  const forgotten = await trail.forget(noteNo(12).at, after(today, days(1)));

  assert.equal(forgotten, 10);
  assert.equal((await trail.checkpoint())?.entries, 10);
  assert.deepEqual(await store.read('audit/0', 0), []);
  const { flaws, rows } = await verifyAudit({ audit: aTrail(store), sha256 }, kept);
  assert.deepEqual([flaws, rows], [[], 14]);
  assert.equal(await trail.forget(noteNo(12).at, after(today, days(1))), 0);
});

test('the part in which the chain goes on stays, however old it is', async () => {
  const trail = aTrail(memoryStore());
  await trail.append(notesUpTo(3));

  assert.equal(await trail.forget(after(today, days(900)), after(today, days(900))), 0);
  assert.equal((await verify(trail)).rows, 3);
});

test('forgetting that dies anywhere leaves a chain that is whole, and the next time ends it', async () => {
  for (let dies = 0; dies < 5; dies += 1) {
    const store = memoryStore();
    await aTrail(store).append(notesUpTo(23));
    let steps = 0;
    const step = <A extends unknown[], R>(work: (...args: A) => Promise<R>) => {
      return async (...args: A): Promise<R> => {
        if (steps >= dies) throw new NewleafError('store.unavailable', 'dead');
        steps += 1;
        return work(...args);
      };
    };
    const dying: Store = {
      ...store,
      append: step((...args: Parameters<Store['append']>) => store.append(...args)),
      put: step((...args: Parameters<Store['put']>) => store.put(...args)),
      trim: step((stream: string) => store.trim(stream)),
    };
    const [old, now] = [noteNo(17).at, after(today, days(1))];

    await aTrail(dying)
      .forget(old, now)
      .catch(() => {});

    const { flaws } = await verify(aTrail(store));
    assert.deepEqual(flaws, [], `dies after ${dies}`);
    await aTrail(store).forget(old, now);
    assert.deepEqual((await verify(aTrail(store))).flaws, []);
    for (const part of ['audit/0', 'audit/1', 'audit/2'])
      assert.deepEqual(await store.read(part, 0), [], `dies after ${dies}`);
  }
});

test('a damaged part stops nobody from telling more', async () => {
  const store = memoryStore();
  const trail = aTrail(store);
  await trail.append(notesUpTo(8));
  const [first, , third] = await store.read('audit/1', 0);
  assert.ok(first && third);
  await store.trim('audit/1');
  await store.append('audit/1', first, 0);
  await store.append('audit/1', third, 1);

  await trail.append([noteNo(8)]);
  await aTrail(store).append([noteNo(9)]);

  const { flaws, rows } = await verify(trail);
  assert.deepEqual(
    flaws.map(({ kind, sequence }) => [kind, sequence]),
    [['missing', 6]],
  );
  assert.equal(rows, 9);
});
