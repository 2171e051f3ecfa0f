import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure } from './failures.ts';
import { endOf, sinsOf, type End } from './judge.ts';
import type { Boundary } from './replica.ts';
import type { Shape } from './shapes.ts';
import { LabWorld, type Event, type Faults } from './world.ts';

/** What came of one schedule. */
interface Run {
  readonly end: End;
  readonly sins: readonly string[];
  readonly trace: readonly Boundary[];
  readonly story: string;
}

/** One failure with what happens to the processes meanwhile. */
async function runOne(shape: Shape, faults: Faults, events: readonly Event[]): Promise<Run> {
  const world = new LabWorld(shape, faults, events);
  await world.run();
  return { end: endOf(world), sins: sinsOf(world), trace: world.trace, story: storyOf(world) };
}

/** Counts schedules, and keeps those that ended as they must not. */
export class Explorer {
  /** Schedules of all explorers of this process. */
  static total = 0;
  schedules = 0;
  readonly failures: string[] = [];
  readonly ends = new Map<End, number>();

  /** Runs a schedule that has to end like this. */
  async expect({ shape, failure, events }: Schedule, allowed: readonly End[]): Promise<Run> {
    const run = await runOne(shape, failure.faults, events);
    this.schedules += 1;
    Explorer.total += 1;
    this.ends.set(run.end, (this.ends.get(run.end) ?? 0) + 1);
    const wrong = allowed.includes(run.end) ? run.sins : [`ended as ${run.end}`, ...run.sins];
    if (wrong.length > 0) {
      const what = `${shape.name}, ${failure.name}, ${JSON.stringify(events)}`;
      this.failures.push(`${what}: ${wrong.join('; ')} (${run.story})`);
    }
    return run;
  }

  summary(): string {
    const ends = [...this.ends].map(([end, count]) => `${count} ${end}`);
    return `${this.schedules} schedules: ${ends.join(', ')}`;
  }
}

/** Says how many schedules were run in this file, and that it was enough of them. */
export function testCount(least: number): void {
  test(`at least ${least} schedules were run`, (t) => {
    t.diagnostic(`${Explorer.total} schedules`);
    assert.ok(Explorer.total >= least, `${Explorer.total} schedules`);
  });
}

interface Schedule {
  readonly shape: Shape;
  readonly failure: Failure;
  readonly events: readonly Event[];
}

/** How the failure may end whatever happens to the processes. */
export function allowedEnds({ ends, orEnds = [] }: Failure): readonly End[] {
  return [ends, ...orEnds];
}

/** Later looks are the same after each course; only where nothing else goes wrong do they take part. */
export function withoutLaterLooks(trace: readonly Boundary[]): readonly Boundary[] {
  return trace.slice(0, trace.lastIndexOf('admission') + 2);
}

/**
 * Every place where something can happen to a process: before all that others can see, and after what changes something. After a
 * reading is before the next boundary.
 */
export function placesIn(trace: readonly Boundary[]): readonly Pick<Event, 'at' | 'when'>[] {
  return trace.flatMap((boundary, index) => {
    const at = index + 1;
    const changes = boundary !== 'read' && boundary !== 'progress';
    return changes
      ? [
          { at, when: 'before' as const },
          { at, when: 'after' as const },
        ]
      : [{ at, when: 'before' as const }];
  });
}

function storyOf({ entries }: LabWorld): string {
  const told = entries.map((entry) =>
    'step' in entry && 'direction' in entry
      ? `${entry.kind} ${entry.direction} ${entry.step}`
      : entry.kind,
  );
  return told.join(', ');
}
