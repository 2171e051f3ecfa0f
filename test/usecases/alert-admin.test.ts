import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256 } from '../../src/adapters/clock.ts';
import { alertId } from '../../src/domain/alert-name.ts';
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
    { name: team, toldAt: null, dueAt: today },
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

test('what fires can be acknowledged by key, by id, or by the beginning of either', async () => {
  const key = 'missing/main/a';
  const id = alertId(sha256, key);

  for (const alert of [key, id, id.slice(0, 4).toUpperCase(), 'missing/main/a', 'miss']) {
    const world = await worldOf(missing('a'), expiring('critical'));

    const ended = await acknowledgeAlert(world, { alert, by: 'li', note: 'on it' });

    assert.ok(ended.kind === 'done', alert);
    assert.deepEqual(ended.view.state.acknowledged, { by: 'li', at: today, note: 'on it' });
    const firing = await listAlerts(world, 'firing');
    assert.deepEqual(firing.find(({ state }) => state.key === key)?.state, ended.view.state);
  }
});

test('a name that fits several is told with them, and a whole key beats what begins with it', async () => {
  const world = await worldOf(missing('a'), missing('ab'), missing('c'));
  const named = (alert: string) => acknowledgeAlert(world, { alert, by: 'li', note: '' });

  assert.deepEqual(await named('missing/'), {
    kind: 'several',
    keys: ['missing/main/a', 'missing/main/ab', 'missing/main/c'],
  });
  assert.equal((await named('missing/main/a')).kind, 'done');
});

test('what does not fire cannot be acknowledged, and nothing is acknowledged by an empty name', async () => {
  const world = await worldOf(missing('a'), missing('b'));
  await createAlerts(world).withdraw('missing/main/a');
  const id = alertId(sha256, 'missing/main/b');

  for (const alert of ['missing/main/a', 'no/such/key', '', id.slice(0, 3)]) {
    const ended = await acknowledgeAlert(world, { alert, by: 'li', note: '' });
    assert.deepEqual(ended, { kind: 'none' }, alert);
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
    audit: { head: async () => ({ entries: 5, hash: 'ab' }) },
    heartbeat: {
      beat: async (head) => {
        assert.equal(head.entries, 5);
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
