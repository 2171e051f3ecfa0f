import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Weekday, Window } from '../../src/domain/policy.ts';
import { closesAt, earliestStart, isOpen, nextOpening } from '../../src/domain/window.ts';
import { at } from '../helpers/facts.ts';

const minute = 60_000;
const week: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Zones with their changes of the clock: an hour, half an hour, a whole day, none, and one at midnight. */
const clockChanges = [
  { timezone: 'America/New_York', around: '2026-03-08T07:00:00Z' },
  { timezone: 'America/New_York', around: '2026-11-01T06:00:00Z' },
  { timezone: 'Europe/London', around: '2026-03-29T01:00:00Z' },
  { timezone: 'Europe/London', around: '2026-10-25T01:00:00Z' },
  { timezone: 'Australia/Lord_Howe', around: '2026-04-04T15:00:00Z' },
  { timezone: 'Australia/Lord_Howe', around: '2026-10-03T15:30:00Z' },
  { timezone: 'America/Sao_Paulo', around: '2018-11-04T03:00:00Z' },
  { timezone: 'America/Sao_Paulo', around: '2019-02-17T02:00:00Z' },
  { timezone: 'Pacific/Apia', around: '2011-12-30T10:00:00Z' },
  { timezone: 'Asia/Shanghai', around: '2026-11-22T00:00:00Z' },
] as const;

function aWindow(overrides: Partial<Window> = {}): Window {
  return {
    name: 'nights',
    days: ['mon', 'tue', 'wed', 'thu'],
    start: '02:00',
    end: '05:00',
    timezone: 'Asia/Shanghai',
    ...overrides,
  };
}

/**
 * The oracle: walks minute by minute with a clock of its own (the Swedish locale prints ISO dates) and opens when the wall
 * clock first reaches the start of a named day, closes when it first reaches the end. Returns the open minutes.
 */
function walk(window: Window, from: number, until: number): ReadonlySet<number> {
  const wall = new Intl.DateTimeFormat('sv-SE', {
    timeZone: window.timezone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const open = new Set<number>();
  const started = new Set<string>();
  let closing = '';
  for (let time = from; time < until; time += minute) {
    const shown = wall.format(time);
    for (const opened of [shift(shown, -1), shift(shown, 0)]) {
      if (started.has(opened) || shown < `${opened} ${window.start}:00`) continue;
      started.add(opened);
      if (window.days.includes(weekdayOf(opened))) closing = endOf(window, opened);
    }
    if (shown < closing) open.add(time);
    else closing = '';
  }
  return open;
}

function endOf(window: Window, opened: string): string {
  return `${shift(opened, window.end <= window.start ? 1 : 0)} ${window.end}:00`;
}

function weekdayOf(date: string): Weekday {
  return week[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? 'sun';
}

function shift(date: string, days: number): string {
  return new Date(Date.parse(`${date.slice(0, 10)}T00:00:00Z`) + days * 1440 * minute)
    .toISOString()
    .slice(0, 10);
}

/** Where one opening ends the next may begin; a walk through the minutes cannot see that seam. */
function lastClose(window: Window, opening: Date): number {
  let now = opening;
  for (let close = closesAt(window, now); close !== null; close = closesAt(window, now)) {
    now = close;
    if (now.getTime() - opening.getTime() > 10_000 * minute) break;
  }
  return now.getTime();
}

const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);

test('a window is open exactly when a walk through its minutes says so, over every change of the clock', () => {
  const arbitrary = fc.record({
    change: fc.constantFrom(...clockChanges),
    start: clock,
    end: clock,
    days: fc.uniqueArray(fc.constantFrom(...week), { minLength: 1 }),
    offsets: fc.array(fc.integer({ min: -2160, max: 2160 }), { minLength: 8, maxLength: 8 }),
  });

  fc.assert(
    fc.property(arbitrary, ({ change, start, end, days, offsets }) => {
      const window = aWindow({ timezone: change.timezone, start, end, days });
      const around = Date.parse(change.around);
      const open = walk(window, around - 5040 * minute, around + 2880 * minute);

      for (const offset of offsets) {
        const now = around + offset * minute;
        assert.equal(isOpen(window, new Date(now)), open.has(now), new Date(now).toISOString());
      }
    }),
    { numRuns: 120 },
  );
});

test('the next opening is the first open minute of a walk, and the closing the first closed one after it', () => {
  const arbitrary = fc.record({
    change: fc.constantFrom(...clockChanges),
    start: clock,
    end: clock,
    offset: fc.integer({ min: -1440, max: 1440 }),
  });

  fc.assert(
    fc.property(arbitrary, ({ change, start, end, offset }) => {
      fc.pre(start !== end);
      const window = aWindow({ timezone: change.timezone, start, end, days: week });
      const now = Date.parse(change.around) + offset * minute;
      const open = walk(window, now - 4320 * minute, now + 5760 * minute);
      let expected = now;
      while (!open.has(expected)) expected += minute;
      let closing = expected;
      while (open.has(closing)) closing += minute;

      const opening = nextOpening([window], new Date(now));

      assert.equal(opening?.getTime(), expected);
      assert.equal(lastClose(window, opening ?? new Date(0)), closing);
    }),
    { numRuns: 100 },
  );
});

test('the delay of a plan never carries it past the end of the window, and is the same on every replica', () => {
  const arbitrary = fc.record({
    plan: fc.stringMatching(/^[0-9a-f]{64}$/),
    change: fc.constantFrom(...clockChanges),
    start: clock,
    end: clock,
    offset: fc.integer({ min: -2880, max: 1440 }),
  });

  fc.assert(
    fc.property(arbitrary, ({ plan, change, start, end, offset }) => {
      const window = aWindow({ timezone: change.timezone, start, end, days: week });
      const now = new Date(Date.parse(change.around) + offset * minute);

      const first = earliestStart([window], plan, now);

      assert.ok(first !== null && first >= now);
      assert.ok(isOpen(window, first));
      assert.deepEqual(earliestStart([window], plan, now), first);
      assert.deepEqual(earliestStart([window], plan, first), first);
    }),
    { numRuns: 300 },
  );
});

test('without windows a rotation may start at any time', () => {
  const now = at('2026-11-22T13:37:00Z');

  assert.deepEqual(nextOpening([], now), now);
  assert.deepEqual(earliestStart([], 'ff'.repeat(32), now), now);
});

test('the days name the day a window opens, so it stays open past midnight into a day that is not named', () => {
  const window = aWindow({ days: ['fri'], start: '23:00', end: '03:00', timezone: 'UTC' });

  assert.equal(isOpen(window, at('2026-11-20T22:59:00Z')), false);
  assert.equal(isOpen(window, at('2026-11-20T23:00:00Z')), true);
  assert.equal(isOpen(window, at('2026-11-21T02:59:59Z')), true);
  assert.equal(isOpen(window, at('2026-11-21T03:00:00Z')), false);
  assert.equal(isOpen(window, at('2026-11-21T23:00:00Z')), false);
});

test('a start that the clock skips opens at the next instant', () => {
  const window = aWindow({
    days: week,
    start: '02:30',
    end: '04:00',
    timezone: 'America/New_York',
  });

  const opening = nextOpening([window], at('2026-03-08T06:00:00Z'));

  assert.deepEqual(opening, at('2026-03-08T07:00:00Z'));
  assert.deepEqual(closesAt(window, at('2026-03-08T07:00:00Z')), at('2026-03-08T08:00:00Z'));
});

test('a window that the clock skips whole does not open that day', () => {
  const window = aWindow({
    days: ['sun'],
    start: '02:10',
    end: '02:50',
    timezone: 'America/New_York',
  });

  assert.deepEqual(nextOpening([window], at('2026-03-08T00:00:00Z')), at('2026-03-15T06:10:00Z'));
});

test('an hour that comes twice opens the window once, the first time', () => {
  const window = aWindow({
    days: week,
    start: '01:15',
    end: '01:45',
    timezone: 'America/New_York',
  });

  assert.equal(isOpen(window, at('2026-11-01T05:30:00Z')), true);
  assert.equal(isOpen(window, at('2026-11-01T06:30:00Z')), false);
});

test('of several windows the one that opens first counts', () => {
  const nights = aWindow({ days: week, start: '02:00', end: '05:00', timezone: 'UTC' });
  const noon = aWindow({ days: week, start: '12:00', end: '13:00', timezone: 'UTC' });

  assert.deepEqual(
    nextOpening([nights, noon], at('2026-11-22T06:00:00Z')),
    at('2026-11-22T12:00:00Z'),
  );
  assert.deepEqual(
    nextOpening([nights, noon], at('2026-11-22T13:00:00Z')),
    at('2026-11-23T02:00:00Z'),
  );
});

test('a window without days never opens', () => {
  const window = aWindow({ days: [] });

  assert.equal(isOpen(window, at('2026-11-22T00:00:00Z')), false);
  assert.equal(closesAt(window, at('2026-11-22T00:00:00Z')), null);
  assert.equal(nextOpening([window], at('2026-11-22T00:00:00Z')), null);
});

test('a window that ends when it starts is open for a day', () => {
  const window = aWindow({ days: ['sun'], start: '02:00', end: '02:00', timezone: 'UTC' });

  assert.equal(isOpen(window, at('2026-11-22T01:59:00Z')), false);
  assert.deepEqual(closesAt(window, at('2026-11-22T02:00:00Z')), at('2026-11-23T02:00:00Z'));
});
