import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openWorld, type World } from './ground.ts';
import { Lane, type LaneOptions } from './lane.ts';
import type { Course } from './shares.ts';

/** What one lane of a fleet does, on a ground of its own. */
export interface LanePlan {
  readonly title: string;
  readonly course: Course;
  /** The store of its daemons, and what else is special about them. */
  readonly options: Pick<LaneOptions, 'replica' | 'meanwhile'> & {
    readonly config: Readonly<Record<string, unknown>>;
  };
  readonly work: (lane: Lane) => Promise<void>;
}

/** Works all lanes at the same time: they mostly wait for leases and jobs of the dead to be judged dead. Resolves to the number of kills. */
export async function workFleet(t: TestContext, plans: readonly LanePlan[]): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'newleaf-crash-'));
  await using grounds = new Grounds(dir);
  const staffed: { readonly plan: LanePlan; readonly world: World; readonly dir: string }[] = [];
  for (const [at, plan] of plans.entries()) {
    const place = join(dir, `lane-${at}`);
    await mkdir(place);
    staffed.push({ plan, world: await grounds.for(plan), dir: place });
  }
  const kills: number[] = [];
  await Promise.all(
    staffed.map(({ plan, world, dir: place }) =>
      t.test(plan.title, async () => {
        kills.push(await workLane(plan, world, place));
      }),
    ),
  );
  return kills.reduce((sum, each) => sum + each, 0);
}

async function workLane(
  { course, options, work }: LanePlan,
  { grounds }: World,
  dir: string,
): Promise<number> {
  const goesBack = course === 'restore';
  const ground = grounds[goesBack ? 'default' : course];
  const verify = { deadline: '1s', rounds: 2, gap: '50ms', settle: '300ms' };
  const config = goesBack ? { ...options.config, verify } : options.config;
  await using lane = new Lane({
    ...options,
    dir,
    ground,
    config,
    ends: goesBack ? 'rolled-back' : 'committed',
  });
  if (goesBack) {
    const { listenerId, sandbox } = ground;
    const fault = { kind: 'keep-old', zone: 'cn-hangzhou-b', listenerId };
    const reply = await fetch(`${sandbox.control}/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault),
    });
    assert.ok(reply.ok, await reply.text());
  }
  await lane.open();
  await work(lane);
  return lane.kills;
}

/** Sandboxes as needed: in each, every slot is given to one lane. */
class Grounds implements AsyncDisposable {
  readonly #dir: string;
  readonly #worlds: World[] = [];
  readonly #taken = new Map<string, number>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  async for({ course }: LanePlan): Promise<World> {
    const slot = course === 'restore' ? 'default' : course;
    const at = this.#taken.get(slot) ?? 0;
    this.#taken.set(slot, at + 1);
    const world = this.#worlds[at] ?? (await openWorld(join(this.#dir, `world-${at}`)));
    this.#worlds[at] = world;
    return world;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#worlds.map((world) => world[Symbol.asyncDispose]()));
    await rm(this.#dir, { recursive: true, force: true });
  }
}
