import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliveryResult } from '../../src/ports/sink.ts';
import { createAlerts } from '../../src/usecases/announce.ts';
import { deliver } from '../../src/usecases/deliver.ts';
import {
  type AlertWorld,
  alertWorld,
  expiring,
  memoryLeases,
  missing,
  steady,
  TestSink,
} from '../helpers/alerts.ts';
import { after, today } from '../helpers/facts.ts';

const everything = { covers: () => true };
const busy: DeliveryResult = { kind: 'retry', afterMs: 60_000, reason: 'busy' };
const bad: DeliveryResult = { kind: 'rejected', blames: 'message', reason: 'answered 400' };
const closed: DeliveryResult = { kind: 'rejected', blames: 'sink', reason: 'answered 401' };

async function worldWith(team: TestSink, ...problems: ReturnType<typeof missing>[]) {
  const world = alertWorld([team, new TestSink('oncall')]);
  await createAlerts(world).update(problems, everything);
  return world;
}

async function firingKeys(world: AlertWorld): Promise<readonly string[]> {
  const states = await world.ledger.all();
  return states.flatMap(({ key, status }) => (status === 'firing' ? [key] : []));
}

test('everything that waits goes in one batch, worst first, once', async () => {
  const team = new TestSink('team');
  const world = await worldWith(team, missing('a', 'info'), expiring('expired'), missing('b'));

  const outcome = await deliver(world, 'team', steady);
  await deliver(world, 'team', steady);

  assert.deepEqual(outcome, { kind: 'done', nextAt: null });
  assert.equal(team.batches.length, 1);
  assert.equal(team.batches[0]?.reason, 'first');
  assert.deepEqual(
    team.heard.map(({ severity }) => severity),
    ['expired', 'warning', 'info'],
  );
});

test('a sink that takes a part gets the rest in the next batch', async () => {
  const team = new TestSink('team');
  team.behave = () => ({ kind: 'accepted', taken: 1 });
  const world = await worldWith(team, missing('a'), missing('b'), missing('c'));

  await deliver(world, 'team', steady);

  assert.equal(team.batches.length, 3);
  assert.equal(new Set(team.ids).size, 3);
});

test('what is said is the state at that moment', async () => {
  const team = new TestSink('team');
  team.behave = () => busy;
  const world = await worldWith(team, expiring('info'), missing('a'));
  assert.deepEqual(await deliver(world, 'team', steady), {
    kind: 'later',
    at: after(today, 60_000),
  });

  await createAlerts(world).update([expiring('critical')], everything);
  await world.clock.sleep(60_000, steady);
  team.behave = () => 'accept';
  await deliver(world, 'team', steady);

  assert.deepEqual(
    team.heard.map(({ status, severity }) => [status, severity]),
    [
      ['firing', 'critical'],
      ['resolved', 'warning'],
    ],
  );
});

test('an end that comes while its beginning is being sent is sent after it', async () => {
  const team = new TestSink('team');
  const world = await worldWith(team, missing('a'));
  const ended: Promise<void>[] = [];
  team.behave = () => {
    ended.push(createAlerts(world).update([], everything));
    return 'accept';
  };

  await deliver(world, 'team', steady);
  await Promise.all(ended);
  await deliver(world, 'team', steady);

  assert.deepEqual(
    team.heard.map(({ status }) => status),
    ['firing', 'resolved'],
  );
});

test('what may have been heard is ended, although nobody recorded that it was heard', async () => {
  const team = new TestSink('team');
  const world = await worldWith(team, missing('a'));
  team.behave = () => 'die-after-sending';
  await assert.rejects(deliver(world, 'team', steady), /died/);

  await createAlerts(world).update([], everything);
  team.behave = () => 'accept';
  await deliver(world, 'team', steady);

  assert.deepEqual(
    team.heard.map(({ status }) => status),
    ['firing', 'resolved'],
  );
});

test('a send that nobody recorded is repeated with the same ids', async () => {
  const team = new TestSink('team');
  const world = await worldWith(team, missing('a'), missing('b'));
  team.behave = () => 'die-after-sending';

  await assert.rejects(deliver(world, 'team', steady), /died/);
  team.behave = () => 'accept';
  await deliver(world, 'team', steady);
  await deliver(world, 'team', steady);

  assert.equal(team.batches.length, 2);
  assert.deepEqual(team.batches[0]?.announcements, team.batches[1]?.announcements);
});

test('short pauses are waited out', async () => {
  const team = new TestSink('team');
  const failures: DeliveryResult[] = Array.from({ length: 3 }, () => ({ ...busy, afterMs: null }));
  team.behave = () => failures.pop() ?? 'accept';
  const world = await worldWith(team, missing('a'));

  assert.equal((await deliver(world, 'team', steady)).kind, 'done');
  assert.equal(world.clock.now().getTime() - today.getTime() >= 7_000, true);
});

test('while one replica delivers another does not, and what is unknown is nothing to do', async () => {
  const team = new TestSink('team');
  const world = await worldWith(team, missing('a'));
  await world.leases.acquire('sink-team');

  assert.deepEqual(await deliver(world, 'team', steady), { kind: 'busy' });
  assert.deepEqual(await deliver(world, 'nobody', steady), { kind: 'unknown' });
  assert.equal(team.batches.length, 0);
});

test('who loses the lease while sending stops, and records nothing', async () => {
  const team = new TestSink('team');
  const leases = memoryLeases();
  const world = { ...(await worldWith(team, missing('a'))), leases };
  team.behave = () => {
    leases.lose('sink-team');
    return 'hang';
  };

  await assert.rejects(deliver(world, 'team', steady), /lease is lost/);
  assert.equal((await world.ledger.all())[0]?.sinks['team']?.said, null);
});

test('stopping ends a send and frees the sink', async () => {
  const team = new TestSink('team');
  const world = await worldWith(team, missing('a'));
  const stop = new AbortController();
  team.behave = () => {
    stop.abort(new Error('stopping'));
    return 'hang';
  };

  await assert.rejects(deliver(world, 'team', stop.signal), /stopping/);
  assert.notEqual(await world.leases.acquire('sink-team'), null);
});

test('one bad message does not keep the others waiting, is told elsewhere and tried again', async () => {
  const team = new TestSink('team');
  const world = await worldWith(team, missing('bad', 'critical'), missing('a'), missing('b'));
  team.behave = ({ announcements }) =>
    announcements.some(({ key }) => key.endsWith('/bad')) ? bad : 'accept';

  const outcome = await deliver(world, 'team', steady);
  assert.deepEqual(
    team.heard.map(({ key }) => key),
    ['missing/main/a', 'missing/main/b'],
  );
  assert.ok((await firingKeys(world)).includes('sink-failing/team'));
  assert.ok(outcome.kind === 'done' && outcome.nextAt !== null);

  team.behave = () => 'accept';
  await world.clock.sleep(600_000, steady);
  await deliver(world, 'team', steady);
  assert.equal(team.heard.at(-1)?.key, 'missing/main/bad');
  assert.ok(!(await firingKeys(world)).includes('sink-failing/team'));
});

test('a sink that takes nothing is told to the others, keeps everything and recovers', async () => {
  const team = new TestSink('team');
  team.behave = () => closed;
  const world = await worldWith(team, missing('a'));

  await deliver(world, 'team', steady);
  await deliver(world, 'oncall', steady);
  const [oncall] = world.sinks.filter((sink) => sink.name === 'oncall');
  assert.ok(oncall instanceof TestSink);
  assert.deepEqual(
    oncall.heard.map(({ kind }) => kind),
    ['sink-failing', 'missing'],
  );

  team.behave = () => 'accept';
  await world.clock.sleep(600_000, steady);
  await deliver(world, 'team', steady);
  await deliver(world, 'oncall', steady);
  assert.deepEqual(
    team.heard.map(({ kind }) => kind),
    ['missing'],
  );
  assert.equal(oncall.heard.at(-1)?.status, 'resolved');
});
