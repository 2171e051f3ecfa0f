import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JournalEntry } from '../../../src/domain/rotation.ts';
import type { Faults } from '../../helpers/memory-cloud.ts';
import { after } from '../../helpers/facts.ts';
import { RotationWorld } from '../../helpers/rotation-world.ts';

const hour = 3_600_000;

/** A world whose wall clock jumps by so much once the Journal has this entry, and is right again at the end. */
function jumping(by: number, faults: Faults, when: (entry: JournalEntry) => boolean) {
  const world = new RotationWorld(faults);
  world.adjust = (deps) => {
    const { clock } = world;
    const isOff = (): boolean =>
      world.entries.some(when) && !world.entries.some(({ kind }) => kind === 'closed');
    const now = (): Date => (isOff() ? after(clock.now(), by) : clock.now());
    const monotonic = (): number => clock.monotonic();
    return { ...deps, clock: { now, monotonic, sleep: (ms, signal) => clock.sleep(ms, signal) } };
  };
  return world;
}

/** From the first entry to the one that ended it, on a clock that does not jump. */
function lasted({ entries }: RotationWorld): number {
  const ended = entries.find(({ kind }) => kind === 'closed') ?? entries.at(-1);
  return (ended?.at.getTime() ?? 0) - (entries[0]?.at.getTime() ?? 0);
}

test('a clock set back does not keep a stale zone from being rolled back in time', async () => {
  const world = jumping(-hour, { stuckZone: 'cn-hangzhou-b' }, ({ kind }) => kind === 'settled');

  await world.run();

  assert.equal(world.outcome(), 'rolled-back');
  assert.ok(lasted(world) < 120_000, `${lasted(world)} ms`);
});

test('a clock set forward does not end the wait for a change that is under way', async () => {
  const world = jumping(hour, {}, ({ kind }) => kind === 'called');

  await world.run();

  assert.equal(world.outcome(), 'committed');
});

test('a clock set forward in mid-wait does not end it either', async () => {
  let jump = 0;
  const world = new RotationWorld();
  world.adjust = (deps) => {
    const { clock } = world;
    const account = world.cloud.account();
    const writer: typeof account.writer = {
      ...account.writer,
      progress: async (was, job, signal) => {
        jump = hour;
        return account.writer.progress(was, job, signal);
      },
    };
    return {
      ...deps,
      accounts: new Map([['main', { ...account, writer }]]),
      clock: {
        now: () => after(clock.now(), jump),
        monotonic: () => clock.monotonic(),
        sleep: (ms, signal) => clock.sleep(ms, signal),
      },
    };
  };

  await world.run();

  assert.equal(world.outcome(), 'committed');
});
