import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  acknowledgeAlert,
  forgetAlerts,
  listAlerts,
  sinkHealth,
} from '../../src/usecases/alert-admin.ts';
import { createAlerts } from '../../src/usecases/announce.ts';
import { type BeatDeps, beat } from '../../src/usecases/beat.ts';
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
import { after, days, today } from '../helpers/facts.ts';

const team = 'team';

async function worldOf(...problems: ReturnType<typeof missing>[]): Promise<AlertWorld> {
  const world = alertWorld([new TestSink(team), new TestSink('log', 'log')]);
  await createAlerts(world).update(problems, { covers: () => true });
  return world;
}

function breakSink(world: AlertWorld): void {
  const [sink] = world.sinks;
  assert.ok(sink instanceof TestSink);
  sink.behave = () => ({ kind: 'rejected', blames: 'sink', reason: 'the receiver answered 401' });
}

test('the list shows the worst first, and who was told when', async () => {
  const world = await worldOf(missing('a'), expiring('critical'));
  await deliver(world, 'log', steady);

  const views = await listAlerts(world, 'firing');

  assert.deepEqual(
    views.map(({ state }) => state.severity),
    ['critical', 'warning'],
  );
  assert.deepEqual(views[0]?.sinks, [
    { name: team, toldAt: null, dueAt: new Date(0) },
    { name: 'log', toldAt: today, dueAt: null },
  ]);
});

test('a threshold counts as announced once a sink other than the log accepted it', async () => {
  const world = await worldOf(expiring('info'));
  const announced = async () => (await listAlerts(world, 'all'))[0]?.announced;

  await deliver(world, 'log', steady);
  assert.equal(await announced(), false);

  await deliver(world, team, steady);
  assert.equal(await announced(), true);

  await createAlerts(world).raise(expiring('critical'));
  assert.equal(await announced(), false);
});

test('what fires can be acknowledged, by name and with a note', async () => {
  const world = await worldOf(missing('a'));
  const key = 'missing/main/a';

  const view = await acknowledgeAlert(world, { key, by: 'li', note: 'on it' });

  assert.deepEqual(view.state.acknowledged, { by: 'li', at: today, note: 'on it' });
  assert.deepEqual((await listAlerts(world, 'firing'))[0]?.state, view.state);
});

test('what does not fire cannot be acknowledged', async () => {
  const world = await worldOf(missing('a'));
  await createAlerts(world).withdraw('missing/main/a');

  for (const key of ['missing/main/a', 'no/such/key']) {
    await assert.rejects(acknowledgeAlert(world, { key, by: 'li', note: '' }), {
      code: 'not-found',
      fields: { key },
    });
  }
});

test('what is over and was told is forgotten after a while, what fires or waits is not', async () => {
  const world = await worldOf(missing('over'), missing('fires'));
  const alerts = createAlerts(world);
  await alerts.raise(rotationEnded('info'));
  for (const { name } of world.sinks) await deliver(world, name, steady);
  await alerts.withdraw('missing/main/over');
  const left = async () => (await world.ledger.all()).map(({ key }) => key).toSorted();

  await forgetAlerts(world, after(today, days(1)));
  assert.deepEqual(await left(), ['missing/main/fires', 'missing/main/over']);

  for (const { name } of world.sinks) await deliver(world, name, steady);
  await forgetAlerts(world, today);
  assert.equal((await left()).length, 2);
  await forgetAlerts(world, after(today, days(1)));
  assert.deepEqual(await left(), ['missing/main/fires']);
});

test('the log alone does not count as a working sink where there are others', async () => {
  const world = await worldOf(missing('a'));
  assert.equal((await sinkHealth(world)).anyWorks, true);

  breakSink(world);
  await deliver(world, team, steady);

  const { sinks, anyWorks } = await sinkHealth(world);
  assert.equal(anyWorks, false);
  assert.equal(sinks[0]?.reason, 'the receiver answered 401');
  assert.equal((await sinkHealth({ ...world, sinks: world.sinks.slice(1) })).anyWorks, true);
});

test('the heart beats while scans are fresh and a sink works', async () => {
  const world = await worldOf(missing('a'));
  let calls = 0;
  const deps: BeatDeps = {
    ...world,
    scansAreFresh: async () => true,
    heartbeat: {
      beat: async () => {
        calls += 1;
        return calls === 1
          ? { kind: 'accepted' }
          : { kind: 'retry', afterMs: null, reason: 'the receiver answered 500' };
      },
    },
  };

  assert.deepEqual(await beat(deps, steady), { kind: 'beaten' });
  assert.deepEqual(await beat(deps, steady), {
    kind: 'failed',
    reason: 'the receiver answered 500',
  });
  assert.deepEqual(await beat({ ...deps, scansAreFresh: async () => false }, steady), {
    kind: 'withheld',
    reason: 'scans-stale',
  });

  breakSink(world);
  await deliver(world, team, steady);
  assert.deepEqual(await beat(deps, steady), { kind: 'withheld', reason: 'no-sink-works' });
  assert.equal(calls, 2);
});
