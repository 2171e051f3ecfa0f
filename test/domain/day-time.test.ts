import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOfHours, nextDayTime } from '../../src/domain/day-time.ts';

const shanghai = 'Asia/Shanghai';
const berlin = 'Europe/Berlin';

const next = (at: string, timezone: string, since: string): string =>
  nextDayTime({ at, timezone }, new Date(since)).toISOString();

const end = (from: string, until: string, now: string, timezone = shanghai): string =>
  endOfHours({ from, until, timezone }, new Date(now)).toISOString();

test('the next time of day is today, or tomorrow once it has passed', () => {
  assert.equal(next('09:00', shanghai, '2026-11-22T00:59:00Z'), '2026-11-22T01:00:00.000Z');
  assert.equal(next('09:00', shanghai, '2026-11-22T01:00:00Z'), '2026-11-22T01:00:00.000Z');
  assert.equal(next('09:00', shanghai, '2026-11-22T01:00:01Z'), '2026-11-23T01:00:00.000Z');
});

test('a time that summer time skips comes when the clock jumps, and one that comes twice comes once', () => {
  assert.equal(next('02:30', berlin, '2027-03-28T00:00:00Z'), '2027-03-28T01:00:00.000Z');
  assert.equal(next('02:30', berlin, '2026-10-25T00:00:00Z'), '2026-10-25T00:30:00.000Z');
  assert.equal(next('02:30', berlin, '2026-10-25T00:30:01Z'), '2026-10-26T01:30:00.000Z');
});

test('hours over midnight end the next day, whichever side of it one asks', () => {
  assert.equal(end('22:00', '09:00', '2026-11-22T14:00:00Z'), '2026-11-23T01:00:00.000Z');
  assert.equal(end('22:00', '09:00', '2026-11-22T18:00:00Z'), '2026-11-23T01:00:00.000Z');
});

test('their beginning belongs to the hours and their end does not', () => {
  assert.equal(end('12:00', '14:00', '2026-11-22T03:59:59Z'), '2026-11-22T03:59:59.000Z');
  assert.equal(end('12:00', '14:00', '2026-11-22T04:00:00Z'), '2026-11-22T06:00:00.000Z');
  assert.equal(end('12:00', '14:00', '2026-11-22T06:00:00Z'), '2026-11-22T06:00:00.000Z');
  assert.equal(end('22:00', '09:00', '2026-11-23T01:00:00Z'), '2026-11-23T01:00:00.000Z');
});

test('a night in which the clock changes is as long as it is', () => {
  assert.equal(end('22:00', '07:00', '2027-03-27T22:00:00Z', berlin), '2027-03-28T05:00:00.000Z');
  assert.equal(end('22:00', '07:00', '2026-10-24T22:00:00Z', berlin), '2026-10-25T06:00:00.000Z');
});
