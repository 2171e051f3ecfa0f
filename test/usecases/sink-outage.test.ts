import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pendingSinks } from '../../src/usecases/alerting.ts';
import { createAlerts } from '../../src/usecases/announce.ts';
import { deliver } from '../../src/usecases/deliver.ts';
import type { AlertRules } from '../../src/domain/alert-routing.ts';
import { alertWorld, expiring, missing, plainRules, steady, TestSink } from '../helpers/alerts.ts';
import { after, days, hours, today } from '../helpers/facts.ts';

const daily: AlertRules = { ...plainRules, repeat: days(1) };

function keyOf(id: number): string {
  return `expiring/main/cn-hangzhou/${id}`;
}

test('while one sink is down for a day the others are not delayed by a second, and it then hears once, grouped, how things are', async () => {
  const down = new TestSink('down');
  const team = new TestSink('team');
  const world = alertWorld([down, team], { rules: daily });
  const alerts = createAlerts(world);
  const heardAt: number[] = [];
  down.behave = () => ({ kind: 'retry', afterMs: null, reason: 'no answer' });
  team.behave = () => {
    heardAt.push(world.clock.now().getTime());
    return 'accept';
  };
  const raisedAt: number[] = [];

  for (let hour = 0; hour < 24; hour += 1) {
    raisedAt.push(world.clock.now().getTime());
    await alerts.raise(expiring('warning', { notAfter: after(today, days(6)) }, keyOf(hour)));
    if (hour === 12) await alerts.raise(expiring('critical', {}, keyOf(0)));
    if (hour === 13) await alerts.withdraw(keyOf(1));
    await Promise.all(
      (await pendingSinks(world)).toReversed().map((name) => deliver(world, name, steady)),
    );
    await world.clock.sleep(hours(1), steady);
  }
  down.behave = () => 'accept';
  const triedBefore = down.batches.length;
  for (const name of await pendingSinks(world)) await deliver(world, name, steady);

  assert.deepEqual(heardAt.slice(0, raisedAt.length), raisedAt.slice(0, heardAt.length));
  assert.equal(triedBefore, 0);
  assert.equal(down.batches.length, 1);
  const heard = new Map(down.heard.map(({ key, severity, status }) => [key, [severity, status]]));
  assert.equal(heard.size, down.heard.length);
  assert.deepEqual(heard.get(keyOf(0)), ['critical', 'firing']);
  assert.deepEqual(heard.get(keyOf(1)), ['warning', 'resolved']);
  assert.equal(down.heard[0]?.key, keyOf(0));
  assert.equal(heard.size, 24);
});

/** What a certificate's end looks like from here, hour by hour. */
test('at 23 h, 5 h, 0 h, −5 h and −3 d the severity rises, and what nobody acknowledges is told again every day', async () => {
  const team = new TestSink('team');
  const world = alertWorld([team], { rules: daily });
  const end = after(today, days(2));
  const look = async (): Promise<void> => {
    const left = end.getTime() - world.clock.now().getTime();
    const severity = left <= 0 ? 'expired' : 'critical';
    const kind = left <= 0 ? 'expired' : 'expiring';
    await createAlerts(world).update([expiring(severity, { kind, notAfter: end }, keyOf(1))], {
      covers: () => true,
    });
    await deliver(world, 'team', steady);
  };
  const heardWhen: string[] = [];
  const until = async (left: number): Promise<void> => {
    await world.clock.sleep(end.getTime() - left - world.clock.now().getTime(), steady);
    const before = team.heard.length;
    await look();
    for (const { severity, occasion } of team.heard.slice(before))
      heardWhen.push(`${left / hours(1)} h: ${severity} ${occasion?.kind ?? 'news'}`);
  };

  for (const left of [23, 5, 0, -5, -23, -24, -47, -48, -72]) await until(hours(left));

  assert.deepEqual(heardWhen, [
    '23 h: critical news',
    '0 h: expired news',
    '-24 h: expired repeat',
    '-48 h: expired repeat',
    '-72 h: expired repeat',
  ]);
  assert.equal(new Set(team.ids).size, 5);
});

test('fifty certificates that one look finds are one message a sink, the worst first', async () => {
  const team = new TestSink('team');
  const world = alertWorld([team], { rules: daily });
  await createAlerts(world).raise(missing('earlier'));
  await deliver(world, 'team', steady);
  const severities = ['info', 'warning', 'critical', 'expired'] as const;
  const found = Array.from({ length: 50 }, (_, index) =>
    expiring(severities[index % 4] ?? 'info', {}, keyOf(index)),
  );

  await createAlerts(world).update(found, { covers: () => false });
  for (const name of await pendingSinks(world)) await deliver(world, name, steady);

  const [, batch] = team.batches;
  assert.equal(team.batches.length, 2);
  assert.equal(batch?.announcements.length, 50);
  const order = batch.announcements.map(({ severity }) =>
    severities.findIndex((each) => each === severity),
  );
  assert.deepEqual(
    order,
    order.toSorted((a, b) => b - a),
  );
});
