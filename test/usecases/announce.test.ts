import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Problem } from '../../src/domain/problem.ts';
import { pendingSinks } from '../../src/usecases/alerting.ts';
import { createAlerts } from '../../src/usecases/announce.ts';
import { deliver } from '../../src/usecases/deliver.ts';
import {
  type AlertWorld,
  alertWorld,
  expiring,
  missing,
  rotationEnded,
  steady,
  TestSink,
} from '../helpers/alerts.ts';

const everything = { covers: () => true };
const nothing = { covers: () => false };

async function firing(world: AlertWorld): Promise<readonly string[]> {
  const states = await world.ledger.all();
  return states
    .filter(({ status }) => status === 'firing')
    .map(({ key }) => key)
    .toSorted();
}

test('a problem is raised, every sink is hinted at, and the same look again writes and hints nothing', async () => {
  const world = alertWorld([new TestSink('team'), new TestSink('log', 'log')]);
  const alerts = createAlerts(world);

  await alerts.update([expiring('warning')], everything);
  const written = await world.store.list('alert/', null);
  await alerts.update([expiring('warning')], everything);

  assert.deepEqual(world.hints, ['team', 'log']);
  assert.deepEqual(await world.store.list('alert/', null), written);
});

test('a problem ends only where the look could have seen it', async () => {
  const world = alertWorld([new TestSink('team')]);
  const alerts = createAlerts(world);
  await alerts.update([missing('a'), missing('b')], everything);

  await alerts.update([], nothing);
  assert.deepEqual(await firing(world), ['missing/main/a', 'missing/main/b']);

  await alerts.update([], { covers: (key) => key.endsWith('/a') });
  assert.deepEqual(await firing(world), ['missing/main/b']);
});

test('of one key seen twice the worst counts', async () => {
  const world = alertWorld([new TestSink('team')]);

  await createAlerts(world).update(
    [missing('a', 'warning'), missing('a', 'critical'), missing('a', 'info')],
    everything,
  );

  assert.equal((await world.ledger.all())[0]?.severity, 'critical');
});

test('two replicas that see the same at once raise it once', async () => {
  const team = new TestSink('team');
  const one = alertWorld([team]);
  const other = alertWorld([team], { share: one });
  const problems = Array.from({ length: 40 }, (_, n) => expiring('warning', {}, `expiring/${n}`));

  await Promise.all([one, other].map((world) => createAlerts(world).update(problems, everything)));
  await Promise.all([one, other].map((world) => deliver(world, 'team', steady)));

  const states = await one.ledger.all();
  assert.deepEqual(new Set(states.map(({ wanted }) => wanted)), new Set([1]));
  assert.equal(team.batches.length, 1);
  assert.equal(new Set(team.ids).size, 40);
  assert.equal(team.ids.length, 40);
});

test('two replicas that see a threshold and an end at once leave one of both orders, not a mixture', async () => {
  const one = alertWorld([new TestSink('team')]);
  const other = alertWorld(one.sinks, { share: one });
  await createAlerts(one).raise(expiring('info'));

  const seen: readonly (readonly Problem[])[] = [[expiring('critical')], []];
  await Promise.all(
    [one, other].map((world, n) => createAlerts(world).update(seen[n] ?? [], everything)),
  );

  const [state] = await one.ledger.all();
  assert.ok(state !== undefined);
  const both = [state.status, state.episode, state.wanted].join(' ');
  assert.ok(['resolved 1 3', 'firing 2 3', 'firing 1 2'].includes(both), both);
});

test('an end tells its reason to whoever hears of it, and the next episode does not', async () => {
  const team = new TestSink('team');
  const world = alertWorld([team]);
  const alerts = createAlerts(world);
  const givenUp = { ...everything, endedBecause: () => 'not-configured' as const };
  const heard = () => team.batches.at(-1)?.announcements[0]?.endedBecause;

  await alerts.update([expiring('warning')], givenUp);
  await deliver(world, 'team', steady);
  assert.equal(heard(), undefined);

  await alerts.update([], givenUp);
  await deliver(world, 'team', steady);
  assert.equal(heard(), 'not-configured');

  await alerts.update([expiring('warning')], everything);
  await deliver(world, 'team', steady);
  assert.equal(heard(), undefined);
});

test('single events are raised and withdrawn without touching anything else', async () => {
  const world = alertWorld([new TestSink('team')]);
  const alerts = createAlerts(world);
  await alerts.raise(missing('a'));

  const stuck = rotationEnded('critical', { outcome: 'needs-operator' });
  await alerts.raise(stuck);
  await alerts.raise(stuck);
  assert.deepEqual(await firing(world), ['missing/main/a', stuck.key]);

  await alerts.withdraw(stuck.key);
  await alerts.withdraw('never/raised');
  assert.deepEqual(await firing(world), ['missing/main/a']);
  assert.equal((await world.ledger.all()).length, 2);
});

test('a sink that is to be left alone gets no hint until its pause is over', async () => {
  const team = new TestSink('team');
  team.behave = () => ({ kind: 'retry', afterMs: 60_000, reason: 'busy' });
  const world = alertWorld([team]);
  await createAlerts(world).raise(missing('a'));

  await deliver(world, 'team', steady);
  assert.deepEqual(await pendingSinks(world), []);

  await world.clock.sleep(60_000, steady);
  assert.deepEqual(await pendingSinks(world), ['team']);
});

test('a threshold that passes while the daemon is down is announced once, over three restarts', async () => {
  const team = new TestSink('team');
  const before = alertWorld([team]);
  await createAlerts(before).update([expiring('info')], everything);
  await deliver(before, 'team', steady);

  for (const restarted of Array.from({ length: 3 }, () => alertWorld([team], { share: before }))) {
    await createAlerts(restarted).update([expiring('critical')], everything);
    for (const sink of await pendingSinks(restarted)) await deliver(restarted, sink, steady);
  }

  assert.deepEqual(
    team.heard.map(({ severity }) => severity),
    ['info', 'critical'],
  );
});
