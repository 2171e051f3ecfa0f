import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOf, sinsOf } from '../../helpers/lab/judge.ts';
import { shapes } from '../../helpers/lab/shapes.ts';
import { LabWorld, type Event, type Faults } from '../../helpers/lab/world.ts';

async function ran(
  shape: string,
  faults: Faults,
  events: readonly Event[] = [],
): Promise<LabWorld> {
  const found = shapes.find(({ name }) => name === shape);
  assert.ok(found);
  const world = new LabWorld(found, faults, events);
  await world.run();
  assert.deepEqual(sinsOf(world), []);
  return world;
}

/** The place in the course of a clean run: before or after its n-th boundary of this kind. */
async function place(shape: string, kind: string, n: number): Promise<number> {
  const { trace } = await ran(shape, {});
  const places = trace.flatMap((boundary, index) => (boundary === kind ? [index + 1] : []));
  return places[n - 1] ?? assert.fail('no such place');
}

function kinds({ entries }: LabWorld): readonly string[] {
  return entries.map(({ kind }) => kind);
}

test('a step that another process sent, and a refusal of the next, is a rollback and never a refusal', async () => {
  const at = await place('additional', 'start', 1);

  const world = await ran('additional', { calls: { 2: 'refused' } }, [
    { at, when: 'after', kind: 'kill' },
  ]);

  assert.equal(endOf(world), 'rolled-back');
});

test('a write that may have been sent by a killed process is not taken for refused', async () => {
  const at = await place('default', 'append', 2);

  const world = await ran('default', { swaps: 'refused' }, [{ at, when: 'after', kind: 'kill' }]);

  assert.equal(endOf(world), 'rolled-back');
  assert.ok(!kinds(world).includes('refused'));
});

test('a lost write of the second step that lands after both were undone is undone again', async () => {
  const lost = { 3: 'lost-before', 4: 'lost-before', 5: 'lost-before' } as const;

  const world = await ran('all three', { calls: { 2: 'late', ...lost } });

  assert.equal(endOf(world), 'rolled-back');
});

test('the new certificate stays bound while the removal of the old one may still land', async () => {
  const lost = { 3: 'lost-before', 4: 'lost-before', 5: 'lost-before' } as const;

  const world = await ran('additional', { calls: { 2: 'late', ...lost } });

  assert.equal(endOf(world), 'rolled-back');
  assert.ok(world.cloud.history.every(({ slots }) => /101|202/.test(slots.additional.join())));
});

test('a write that lands long after a rollback is told, even where it is one step of several', async () => {
  const lost = { 3: 'lost-before', 4: 'lost-before', 5: 'lost-before' } as const;

  const world = await ran('all three', { calls: { 2: 'very-late', ...lost } });

  assert.equal(endOf(world), 'rolled-back');
  assert.deepEqual(world.cloud.slots.additional, ['101', '202', '901']);
  assert.deepEqual(
    [...world.problems.values()].map(({ severity }) => severity),
    ['critical'],
  );
});

test('a zone that shows what answers in the gap is late, and no fault of the new certificate', async () => {
  const at = await place('additional without room', 'start', 1);

  const world = await ran('additional without room', { zoneLag: 12_000 }, [
    { at, when: 'after', kind: 'kill' },
  ]);

  assert.equal(endOf(world), 'committed');
});

test('an expired certificate is not put back because a later step cannot be made', async () => {
  const world = await ran('additional', { oldExpired: true, calls: { 2: 'refused' } });

  assert.equal(endOf(world), 'needs-operator');
  assert.deepEqual(world.cloud.slots.additional, ['101', '202', '901']);
});

test('a CA found in place that turns a client away is not taken for a commit', async () => {
  const world = await ran('ca', { landed: true, strangeCa: true });

  assert.equal(endOf(world), 'needs-operator');
});

test('a process that wakes beside its successor cannot end the rotation in its stead', async () => {
  const at = await place('default', 'start', 1);

  for (let wake = 1; wake < 8; wake += 1) {
    const pause = { at, when: 'before', kind: 'pause', wake } as const;
    await ran('default', { calls: { 1: 'refused' } }, [pause]);
  }
});

test('a process that slept through the end of a change does not say that it never ended', async () => {
  const { trace } = await ran('default', {});
  const places = trace.flatMap((boundary, index) => (boundary === 'progress' ? [index + 1] : []));

  for (const at of places) {
    const world = await ran('default', {}, [{ at, when: 'before', kind: 'pause', wake: 3 }]);
    assert.equal(endOf(world), 'committed');
  }
});
