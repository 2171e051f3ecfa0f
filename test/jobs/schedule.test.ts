import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ScheduleOptions, startSchedule } from '../../jobs/schedule.ts';
import type { LogFields } from '../../src/ports/log.ts';
import { quietLog } from '../helpers/store.ts';

const everySecond = '* * * * * *';
const never = '0 0 29 2 *';

function options(overrides: Partial<ScheduleOptions>): ScheduleOptions {
  return {
    scan: { expression: never, timezone: 'Asia/Shanghai' },
    minute: never,
    onScan: async () => undefined,
    onMinute: async () => undefined,
    log: quietLog,
    ...overrides,
  };
}

test('a scan tick names the instant that was due, the same on every replica', async () => {
  const scan = { expression: everySecond, timezone: 'Asia/Shanghai' };
  const tick = (): Promise<Date> =>
    new Promise((resolve) => {
      const schedule = startSchedule(
        options({
          scan,
          onScan: async (at) => {
            resolve(at);
            await schedule.stop();
          },
        }),
      );
    });

  const [one, two] = await Promise.all([tick(), tick()]);

  assert.deepEqual(one, two);
  assert.equal(one.getMilliseconds(), 0);
  assert.ok(Math.abs(Date.now() - one.getTime()) < 5000);
});

test('a minute tick that still runs is not started again, and is aborted when the schedule stops', async () => {
  let running = 0;
  const overlaps: number[] = [];
  let scans = 0;
  await new Promise<void>((enough) => {
    const schedule = startSchedule(
      options({
        minute: everySecond,
        scan: { expression: everySecond, timezone: 'Etc/UTC' },
        onMinute: async (_, signal) => {
          running += 1;
          overlaps.push(running);
          await new Promise<void>((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('stopped')));
          });
        },
        onScan: async () => {
          scans += 1;
          if (scans === 3) void schedule.stop().then(enough);
        },
      }),
    );
  });

  assert.deepEqual(overlaps, [1]);
});

test('a tick that fails is told, and the next one comes', async () => {
  const told: LogFields[] = [];
  let ticks = 0;
  await new Promise<void>((enough) => {
    const schedule = startSchedule(
      options({
        minute: everySecond,
        log: { ...quietLog, warn: (fields) => told.push(fields) },
        onMinute: async () => {
          ticks += 1;
          if (ticks === 2) {
            void schedule.stop().then(enough);
            return;
          }
          throw new Error('store gone');
        },
      }),
    );
  });

  assert.deepEqual(told, [{ tick: 'minute', reason: 'store gone' }]);
});
