import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMeter } from '../src/adapters/meter/meter.ts';
import type { JournalEvent, OperatorReason } from '../src/domain/rotation.ts';
import { meteredJournal, meteredSink } from '../src/metered.ts';
import type { DeliveryResult, Sink } from '../src/ports/sink.ts';
import { executeRotation } from '../src/usecases/rotate/execute.ts';
import { parseExposition } from './adapters/meter/exposition.ts';
import { steady } from './helpers/alerts.ts';
import { today } from './helpers/facts.ts';
import { RotationWorld } from './helpers/rotation-world.ts';

const deferred: JournalEvent = {
  kind: 'deferred',
  reason: 'window',
  detail: 'the window has closed',
};

function needsOperator(reason: OperatorReason): JournalEvent {
  return { kind: 'needs-operator', reason, detail: '', bound: null };
}

async function counts(meter: ReturnType<typeof openMeter>, name: string) {
  const samples = parseExposition((await meter.expose()).text).get(name)?.samples ?? [];
  return samples.filter(({ value }) => value > 0).map(({ labels, value }) => [labels, value]);
}

test('a rotation is counted when it ends, and not again by its later looks', async () => {
  const meter = openMeter('0.1.0');
  const world = new RotationWorld();
  const deps = { ...world.deps(), journal: meteredJournal(world.deps().journal, meter) };
  const kinds: string[] = [];

  for (;;) {
    const execution = await executeRotation(deps, world.record.id, steady);
    kinds.push(execution.kind);
    if (execution.kind !== 'later') break;
    await world.clock.sleep(execution.due.getTime() - world.clock.now().getTime(), steady);
  }
  await executeRotation(deps, world.record.id, steady);

  assert.deepEqual(kinds, ['later', 'later', 'done']);
  assert.deepEqual(await counts(meter, 'newleaf_rotation_total'), [[{ result: 'committed' }, 1]]);
  const { entries } = (await world.deps().journal.read(world.record.id)) ?? { entries: [] };
  const [first, last] = ['intended', 'committed'].map((kind) =>
    entries.find((entry) => entry.kind === kind),
  );
  const seconds = ((last?.at.getTime() ?? 0) - (first?.at.getTime() ?? 0)) / 1000;
  const { text } = await meter.expose();
  assert.ok(
    text.includes(`newleaf_rotation_duration_seconds_sum{result="committed"} ${seconds}\n`),
  );
});

const endings: readonly (readonly [JournalEvent, object])[] = [
  [{ kind: 'rolled-back', blamesCandidate: true }, { result: 'restored' }],
  [needsOperator('restore-failed'), { result: 'failed' }],
  [needsOperator('restore-unproven'), { result: 'failed' }],
];

test('a rollback is counted by whether the old certificate came back', async () => {
  for (const [event, labels] of endings) {
    const meter = openMeter('0.1.0');
    const { journal } = new RotationWorld().deps();

    await meteredJournal(journal, meter).append('r1', event, 0);

    assert.deepEqual(await counts(meter, 'newleaf_rollback_total'), [[labels, 1]]);
    assert.deepEqual(await counts(meter, 'newleaf_rotation_duration_seconds'), []);
  }
});

test('another question to an operator is no rollback', async () => {
  const meter = openMeter('0.1.0');
  const { journal } = new RotationWorld().deps();

  await meteredJournal(journal, meter).append('r1', needsOperator('someone-else-writes'), 0);

  assert.deepEqual(await counts(meter, 'newleaf_rollback_total'), []);
});

test('an ending that another replica wrote is not counted here', async () => {
  const meter = openMeter('0.1.0');
  const world = new RotationWorld();
  const { journal } = world.deps();
  await journal.append('r1', deferred, 0);

  const counted = meteredJournal(journal, meter);
  await assert.rejects(counted.append('r1', deferred, 0), { code: 'store.conflict' });

  assert.deepEqual(await counts(meter, 'newleaf_rotation_total'), []);
});

test('every answer of a receiver is counted under the name of its sink', async () => {
  const meter = openMeter('0.1.0');
  const answers: DeliveryResult[] = [
    { kind: 'retry', afterMs: null, reason: 'the receiver answered 500' },
    { kind: 'accepted', taken: 1 },
  ];
  class Team implements Sink {
    readonly name = 'team';
    readonly kind = 'webhook';
    readonly style = 'notify';
    readonly limits = { bytes: 1000, perMinute: 60 };
    async deliver(): Promise<DeliveryResult> {
      return answers.shift() ?? { kind: 'rejected', blames: 'sink', reason: 'gone' };
    }
  }
  const sink = meteredSink(new Team(), meter);
  const batch = { reason: 'changes', at: today, announcements: [] } as const;

  for (let sent = 0; sent < 3; sent += 1) await sink.deliver(batch, steady);

  const { name, kind, style, limits } = sink;
  assert.deepEqual(
    { name, kind, style, limits },
    {
      name: 'team',
      kind: 'webhook',
      style: 'notify',
      limits: { bytes: 1000, perMinute: 60 },
    },
  );
  assert.deepEqual(await counts(meter, 'newleaf_alert_delivery_total'), [
    [{ sink: 'team', result: 'retry' }, 1],
    [{ sink: 'team', result: 'accepted' }, 1],
    [{ sink: 'team', result: 'rejected' }, 1],
  ]);
});
