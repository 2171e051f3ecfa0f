import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Announcement } from '../../src/domain/alert.ts';
import { announcementOf } from '../../src/domain/alert-delivery.ts';
import type { Problem } from '../../src/domain/problem.ts';
import type { Severity } from '../../src/domain/policy.ts';
import { createAlerts } from '../../src/usecases/announce.ts';
import { deliver } from '../../src/usecases/deliver.ts';
import { type AlertWorld, alertWorld, expiring, steady, TestSink } from '../helpers/alerts.ts';
import { after, days, today } from '../helpers/facts.ts';

const certificates = ['a', 'b', 'c'] as const;
type Name = (typeof certificates)[number];

/** What may happen to one installation of two replicas. */
type Event =
  | { readonly kind: 'time'; readonly days: number }
  /** Both replicas look when `twice`; `hidden` is what this look could not see. */
  | { readonly kind: 'look'; readonly twice: boolean; readonly hidden: readonly Name[] }
  | { readonly kind: 'unbind' | 'bind'; readonly name: Name }
  | { readonly kind: 'deliver'; readonly sink: number; readonly how: How };

type How = 'works' | 'busy' | 'refuses' | 'dies' | 'picky';

const events: fc.Arbitrary<readonly Event[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('time' as const), days: fc.integer({ min: 1, max: 12 }) }),
    fc.record({
      kind: fc.constant('look' as const),
      twice: fc.boolean(),
      hidden: fc.subarray([...certificates]),
    }),
    fc.record({
      kind: fc.constantFrom('unbind' as const, 'bind' as const),
      name: fc.constantFrom(...certificates),
    }),
    fc.record({
      kind: fc.constant('deliver' as const),
      sink: fc.nat(1),
      how: fc.constantFrom<How>('works', 'works', 'busy', 'refuses', 'dies', 'picky'),
    }),
  ),
  { maxLength: 40 },
);

function keyOf(name: Name): string {
  return `expiring/main/cn-hangzhou/${name}`;
}

function severityAt(left: number): Severity {
  if (left <= 0) return 'expired';
  if (left <= days(1)) return 'critical';
  if (left <= days(7)) return 'warning';
  return left <= days(30) ? 'info' : 'ok';
}

/** The world as it really is, and the ledger, sinks and replicas that watch it. */
class History {
  readonly sinks = [new TestSink('team'), new TestSink('oncall')];
  readonly replicas: readonly AlertWorld[];
  readonly bound = new Set<Name>(certificates);
  /** Ids that may have been sent without a record: only these may come twice. */
  readonly unrecorded = new Set<string>();
  /** Keys that were on their way to some sink: their end may be said although the beginning did not arrive. */
  readonly tried = new Set<string>();
  /** Keys that some look has found ended, with the time of that look. */
  readonly ended = new Map<string, Date[]>();

  constructor() {
    const one = alertWorld(this.sinks);
    this.replicas = [one, alertWorld(this.sinks, { share: one })];
  }

  get world(): AlertWorld {
    return this.replicas[0] ?? assert.fail();
  }

  problems(): readonly Problem[] {
    return certificates.flatMap((name, index) => {
      const notAfter = after(today, days(10 + index * 15));
      const severity = severityAt(notAfter.getTime() - this.world.clock.now().getTime());
      const kind = severity === 'expired' ? 'expired' : 'expiring';
      if (!this.bound.has(name) || severity === 'ok') return [];
      return [expiring(severity, { kind, notAfter }, keyOf(name))];
    });
  }

  async look(twice: boolean, hidden: readonly Name[]): Promise<void> {
    const hiddenKeys = new Set(hidden.map(keyOf));
    const seen = this.problems().filter(({ key }) => !hiddenKeys.has(key));
    const seenKeys = new Set(seen.map(({ key }) => key));
    for (const key of certificates.map(keyOf))
      if (!seenKeys.has(key) && !hiddenKeys.has(key))
        this.ended.set(key, [...(this.ended.get(key) ?? []), this.world.clock.now()]);
    const lookers = twice ? this.replicas : [this.world];
    await Promise.all(
      lookers.map((replica) =>
        createAlerts(replica).update(seen, { covers: (key) => !hiddenKeys.has(key) }),
      ),
    );
  }

  /** A delivery by both replicas at once; whatever the sink does, nothing may be lost by it. */
  async deliver(index: number, how: How): Promise<void> {
    const sink = this.sinks[index] ?? assert.fail();
    sink.behave = ({ announcements }) => {
      for (const { key } of announcements) this.tried.add(key);
      if (how === 'dies') for (const { id } of announcements) this.unrecorded.add(id);
      return {
        works: 'accept' as const,
        dies: 'die-after-sending' as const,
        busy: { kind: 'retry' as const, afterMs: 60_000, reason: 'busy' },
        refuses: { kind: 'rejected' as const, blames: 'sink' as const, reason: 'closed' },
        picky: announcements.some(({ key }) => key === keyOf('b'))
          ? { kind: 'rejected' as const, blames: 'message' as const, reason: 'bad' }
          : ('accept' as const),
      }[how];
    };
    await Promise.allSettled(this.replicas.map((replica) => deliver(replica, sink.name, steady)));
  }

  async apply(event: Event): Promise<void> {
    switch (event.kind) {
      case 'time':
        return this.world.clock.sleep(days(event.days), steady);
      case 'look':
        return this.look(event.twice, event.hidden);
      case 'bind':
        this.bound.add(event.name);
        return undefined;
      case 'unbind':
        this.bound.delete(event.name);
        return undefined;
      case 'deliver':
        return this.deliver(event.sink, event.how);
    }
  }
}

function assertNoRepeats(history: History, { ids, name }: TestSink): void {
  for (const id of new Set(ids)) {
    const times = ids.filter((other) => other === id).length;
    assert.ok(times === 1 || history.unrecorded.has(id), `${name} heard ${id} ${times} times`);
  }
}

/** Per key: a beginning before its end, thresholds only upwards, and no end that no look has seen. */
function assertOrder(history: History, key: string, heard: readonly Announcement[]): void {
  let firing = false;
  for (const { status, resolvedAt } of heard) {
    if (status === 'resolved') {
      assert.ok(firing || history.tried.has(key), `${key} ended before it began`);
      const seen = history.ended.get(key) ?? [];
      assert.ok(
        seen.some((at) => at.getTime() === resolvedAt?.getTime()),
        `${key} ended unseen`,
      );
    }
    firing = status === 'firing';
  }
}

async function assertAllSaid(history: History, sink: TestSink): Promise<void> {
  for (const state of await history.world.ledger.all()) {
    const heard = sink.heard.filter(({ key }) => key === state.key);
    if (state.status === 'firing') {
      assert.ok(
        sink.ids.includes(announcementOf({ state, occasion: { kind: 'news' } }).id),
        `${state.key} was not said`,
      );
    }
    if (state.status === 'resolved')
      assert.notEqual(heard.at(-1)?.status, 'firing', `${state.key} ended unsaid`);
    if (state.key.startsWith('expiring/')) assertOrder(history, state.key, heard);
  }
}

/** What nobody may have recorded as heard, and is then refused, was heard all the same. */
const heardThenRefused: readonly Event[] = [
  { kind: 'look', twice: false, hidden: [] },
  { kind: 'deliver', sink: 0, how: 'dies' },
  { kind: 'unbind', name: 'b' },
  { kind: 'deliver', sink: 0, how: 'picky' },
];

test('whatever happens, each threshold is said once to each sink, and nothing ends early or stays unsaid', async () => {
  await fc.assert(
    fc.asyncProperty(events, async (happenings) => {
      const history = new History();
      for (const event of happenings) await history.apply(event);

      await history.world.clock.sleep(days(1), steady);
      await history.look(true, []);
      for (const index of [0, 1]) await history.deliver(index, 'works');
      for (const index of [0, 1]) await history.deliver(index, 'works');

      for (const sink of history.sinks) {
        assertNoRepeats(history, sink);
        await assertAllSaid(history, sink);
      }
      const known = await history.world.ledger.all();
      for (const { key, severity } of history.problems())
        assert.ok(known.some((state) => state.key === key && state.severity === severity));
    }),
    { numRuns: 150, examples: [[heardThenRefused]] },
  );
});

test('a year day by day with a working sink: every threshold once, in order', async () => {
  const history = new History();
  for (let day = 0; day < 60; day += 1) {
    await history.look(true, []);
    await history.deliver(0, 'works');
    await history.world.clock.sleep(days(1), steady);
  }

  for (const key of certificates.map(keyOf)) {
    const heard = history.sinks[0]?.heard.filter((said) => said.key === key) ?? [];
    assert.deepEqual(
      heard.map(({ severity }) => severity),
      ['info', 'warning', 'critical', 'expired'],
    );
  }
});
