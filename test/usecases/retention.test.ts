import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NewleafError } from '../../src/domain/errors.ts';
import { createAlerts } from '../../src/usecases/announce.ts';
import { openRetention, type RetentionDeps } from '../../src/usecases/retention.ts';
import { alertWorld, missing, steady } from '../helpers/alerts.ts';
import { after, days, hours, today } from '../helpers/facts.ts';
import { logBook } from '../helpers/log-book.ts';

/** A Journal that notes what it was asked to forget, and forgets as many each time as it is told. */
function world(counts: readonly (number | Error)[], storeAhead = 0) {
  const asked: Date[] = [];
  const { log, lines } = logBook();
  const alerts = { ...alertWorld([]), log };
  const audits: Date[] = [];
  let keep = days(400);
  const deps: RetentionDeps = {
    ...alerts,
    storeNow: async () => after(alerts.clock.now(), storeAhead),
    keep: () => ({ journal: keep, audit: 2 * keep }),
    audit: {
      forget: async (before) => {
        audits.push(before);
        return 0;
      },
    },
    journal: {
      forget: async (before) => {
        const count = counts[asked.push(before) - 1] ?? 0;
        if (count instanceof Error) throw count;
        return count;
      },
    },
  };
  const keepFor = (length: number): void => {
    keep = length;
  };
  return { ...alerts, asked, audits, lines, run: openRetention(deps), keepFor };
}

test('old rotations are forgotten at most once an hour, by the age in force then, and it is said', async () => {
  const { clock, asked, audits, lines, run, keepFor } = world([3, 0]);

  await run();
  await run();
  await clock.sleep(hours(1) - 1, steady);
  await run();
  keepFor(days(30));
  await clock.sleep(1, steady);
  await run();

  assert.deepEqual(asked, [after(today, -days(400)), after(after(today, hours(1)), -days(30))]);
  assert.deepEqual(audits, [after(today, -days(800)), after(after(today, hours(1)), -days(60))]);
  assert.deepEqual(lines, [
    {
      level: 'info',
      fields: { rotations: 3, before: after(today, -days(400)).toISOString() },
      sentence: 'old rotations forgotten',
    },
  ]);
});

test('a run that failed is repeated at the next tick', async () => {
  const away = new NewleafError('store.unavailable', 'list: no answer in time');
  const { asked, run } = world([away, 1]);

  await assert.rejects(run(), { code: 'store.unavailable' });
  await run();
  await run();

  assert.equal(asked.length, 2);
});

test('a clock of ours that runs ahead of the store makes nothing old', async () => {
  const { asked, run } = world([0], -days(900));

  await run();

  assert.deepEqual(asked, [after(today, -days(1300))]);
});

test('alerts that are over and said are forgotten with them, those that fire are not', async () => {
  const { clock, ledger, run, ...deps } = world([]);
  const alerts = createAlerts({ ...deps, clock, ledger });
  await alerts.raise(missing('fires'));
  await alerts.raise(missing('over'));
  await alerts.withdraw(missing('over').key);
  await clock.sleep(days(401), steady);

  await run();

  assert.deepEqual(
    (await ledger.all()).map(({ key }) => key),
    ['missing/main/fires'],
  );
});
