import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Problem } from '../../src/domain/problem.ts';
import type { WaitingJob } from '../../src/ports/queue-look.ts';
import { openQueueWatch } from '../../src/usecases/watch-queues.ts';
import { after, today } from '../helpers/facts.ts';

const minute = 60_000;

/** A queue as it looks from outside, and what people were told of it. */
function world() {
  const firing = new Map<string, Problem>();
  let now = today;
  let job: WaitingJob | null = null;
  const watch = openQueueWatch({
    queues: { oldestWaiting: async () => [{ queue: 'newleaf-rotation', job }] },
    alerts: {
      raise: async (problem) => void firing.set(problem.key, problem),
      withdraw: async (key) => void firing.delete(key),
    },
    clock: { now: () => now },
  });
  return {
    firing,
    /** What is seen at a minute, with a job that was added at another. */
    look: async (at: number, waiting: { readonly id: string; readonly added: number } | null) => {
      now = after(today, at * minute);
      job = waiting && { id: waiting.id, since: after(today, waiting.added * minute) };
      await watch();
      return [...firing.keys()];
    },
  };
}

const key = 'queue-stuck/newleaf-rotation';

test('a job that nobody takes for more than five minutes is an alert, until somebody takes it', async () => {
  const { look, firing } = world();
  const job = { id: 'a', added: 0 };

  assert.deepEqual(await look(4, job), []);
  assert.deepEqual(await look(5, job), []);
  assert.deepEqual(await look(6, job), [key]);

  assert.deepEqual(firing.get(key), {
    key,
    severity: 'critical',
    facts: { kind: 'queue-stuck', queue: 'newleaf-rotation', oldest: today },
  });
  assert.deepEqual(await look(7, job), [key]);
  assert.deepEqual(await look(8, null), []);
});

test('what waited while no daemon ran is no alarm, unless it stays', async () => {
  const { look } = world();

  assert.deepEqual(await look(60, { id: 'a', added: 0 }), []);
  assert.deepEqual(await look(61, { id: 'b', added: 0 }), []);
  assert.deepEqual(await look(62, { id: 'b', added: 0 }), [key]);
});

test('a queue that moves is not stuck, however much waits in it', async () => {
  const { look } = world();

  for (let at = 10; at < 30; at += 1)
    assert.deepEqual(await look(at, { id: `job-${at}`, added: at - 9 }), []);
});
