import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRedis } from '../../../src/adapters/redis/open.ts';
import { exportState, importState, isHalfImported } from '../../../src/adapters/state/transfer.ts';
import { NewleafError } from '../../../src/domain/errors.ts';
import type { Store } from '../../../src/ports/store.ts';
import { admitDue } from '../../../src/usecases/admit.ts';
import { verifyAudit } from '../../../src/usecases/audit/read.ts';
import { orderFreeze } from '../../../src/usecases/freeze.ts';
import { AdmissionWorld } from '../../helpers/admission-world.ts';
import { aTrail, notesUpTo, sha256 } from '../../helpers/audit.ts';
import { after, days } from '../../helpers/facts.ts';
import { fleet } from '../../helpers/plannings.ts';
import { hasRedis, startRedis } from '../../helpers/redis.ts';
import { memoryStore, quietLog } from '../../helpers/store.ts';

/** A store with an open rotation, a freeze, an audit of several parts, and a lease. */
async function lived(): Promise<Store> {
  const world = new AdmissionWorld(fleet(2));
  const [rotationId = ''] = await admitDue(world.deps(), new AbortController().signal);
  await world.journal.append(rotationId, { kind: 'landed', blind: ['b'] }, 0);
  const until = after(world.now, days(1));
  const freeze = { name: 'sale', from: world.now, until, allowEmergency: true };
  await orderFreeze(world.deps(), { ...freeze, reason: 'fair', by: 'kim' });
  await aTrail(world.store, 3).append(notesUpTo(8));
  await world.store.put('lease/load-balancer/x', 'held', null);
  return world.store;
}

async function textOf(store: Store): Promise<string> {
  let text = '';
  for await (const line of exportState(store)) text += line;
  return text;
}

/** Every write of this store fails once so many have been made. */
function dyingAfter(store: Store, writes: number): Store {
  let left = writes;
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    if (left === 0) throw new NewleafError('store.unavailable', 'dead');
    left -= 1;
    return work();
  };
  return {
    ...store,
    put: (...args) => step(() => store.put(...args)),
    append: (...args) => step(() => store.append(...args)),
    delete: (...args) => step(() => store.delete(...args)),
  };
}

test('what was exported and imported is the same state, without who held which lease', async () => {
  const store = await lived();
  const text = await textOf(store);
  const other = memoryStore();

  const moved = await importState(other, text);

  assert.equal(await textOf(other), text);
  assert.ok(moved.values >= 4 && moved.entries >= 9, JSON.stringify(moved));
  assert.equal(await other.get('lease/load-balancer/x'), null);
  assert.equal(await isHalfImported(other), false);
  const { flaws, rows } = await verifyAudit({ audit: aTrail(other), sha256 }, null);
  assert.deepEqual([flaws, rows], [[], 9]);
});

test('an import that dies at any write is known as half, and ends when it is repeated', async () => {
  const text = await textOf(await lived());
  const writes = text.split('\n').length;
  for (let dies = 1; dies < writes; dies += 3) {
    const other = memoryStore();
    await assert.rejects(importState(dyingAfter(other, dies), text), { code: 'store.unavailable' });
    assert.equal(await isHalfImported(other), true, `after ${dies}`);

    await importState(other, text);

    assert.equal(await textOf(other), text);
    assert.equal(await isHalfImported(other), false);
  }
});

async function refused(store: Store, given: string): Promise<string> {
  const error = await importState(store, given).catch((reason: unknown) => reason);
  return error instanceof NewleafError ? error.message : 'imported';
}

test('a store with a state of its own, and a text that is not whole, are refused before anything is written', async () => {
  const text = await textOf(await lived());
  const lines = text.trimEnd().split('\n');
  const full = memoryStore();
  await full.put('admission', '{}', null);

  assert.match(await refused(full, text), /the store is not empty/);
  const empty = memoryStore();
  assert.match(await refused(empty, lines.slice(0, -1).join('\n')), /is not whole/);
  assert.match(await refused(empty, text.replace('kim', 'lee')), /is not whole/);
  assert.match(await refused(empty, lines.toSpliced(2, 1).join('\n')), /is not whole/);
  assert.match(await refused(empty, 'hello'), /cannot read/);
  assert.match(await refused(empty, lines.slice(1).join('\n')), /no state that newleaf/);
  assert.deepEqual((await empty.list('', null)).page, []);
});

test('from one backend to another and back nothing changes', { skip: !hasRedis }, async () => {
  const redis = await startRedis();
  const opened = await openRedis({ url: redis.url, prefix: '{moved}', log: quietLog });
  try {
    const text = await textOf(await lived());

    await importState(opened.store, text);

    const back = memoryStore();
    await importState(back, await textOf(opened.store));
    assert.equal(await textOf(back), text);
  } finally {
    await opened.close();
    await redis.dispose();
  }
});
