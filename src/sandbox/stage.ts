import type { AddressBlock } from './data-plane/addresses.ts';
import { DataPlane } from './data-plane/plane.ts';
import { carryOutFaults } from './faults/carry-out.ts';
import { foundCas } from './pca/found.ts';
import { seeds } from './seeds/seeds.ts';
import { sow } from './seeds/sow.ts';
import { emptyWorld, type World, type WorldBase } from './world.ts';

/** A seeded world and the live listeners in front of it. */
export interface Stage {
  readonly world: World;
  readonly plane: DataPlane;
}

/** Seeds a world and opens its listeners. `dial` learns where zone addresses really are, and is asked first. */
export async function setStage(
  base: WorldBase,
  block: AddressBlock,
  dial: Map<string, string>,
): Promise<Stage> {
  const world = emptyWorld(base);
  await foundCas(world);
  await sow(seeds[base.settings.seed], world, block);
  const plane = new DataPlane(world, block, dial);
  await plane.start();
  carryOutFaults(world);
  return { world, plane };
}

/** Closes the listeners and forgets the jobs under way. */
async function strikeStage({ world, plane }: Stage): Promise<void> {
  world.jobs.close();
  await plane.close();
}

/** The stage in use, and its exchange for a new one. */
export interface Stages {
  readonly current: () => Stage;
  /** Throws the stage away and sets a new one. Rejects when a new one cannot be set, or the stages are closed. */
  readonly reset: () => Promise<void>;
  /** Strikes the last stage. */
  readonly close: () => Promise<void>;
}

/** Sets the first stage. Exchanges take turns: two stages at once would fight for their addresses. */
export async function openStages(set: () => Promise<Stage>): Promise<Stages> {
  let current = await set();
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (change: () => Promise<void>): Promise<void> => {
    const mine = last.then(change);
    last = mine.catch(() => undefined);
    return mine;
  };
  return {
    current: () => current,
    reset: () =>
      inTurn(async () => {
        if (closed) throw new Error('the sandbox is closed');
        await strikeStage(current);
        current = await set();
      }),
    close: () => {
      closed = true;
      return inTurn(() => strikeStage(current));
    },
  };
}
