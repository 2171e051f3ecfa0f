import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { suite, test } from 'node:test';
import { openLimiter, type Turn } from '../../../src/adapters/tls/limiter.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

const never = new AbortController().signal;

function clockAtZero(): VirtualClock {
  return new VirtualClock(new Date(0));
}

/** A task that runs until it is told to stop. */
function openTask() {
  const told = new EventEmitter();
  const done = once(told, 'finish');
  let started = false;
  const run = () => {
    started = true;
    return done;
  };
  return { run, finish: () => told.emit('finish'), hasStarted: () => started };
}

function calm(key: string): Turn {
  return { key, isUrgent: false };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

suite('limiter', () => {
  test('no more than so many tasks run at once, first come, first served', async () => {
    const limiter = openLimiter({ concurrency: 2, perKeyPerSecond: null, clock: clockAtZero() });
    const tasks = [openTask(), openTask(), openTask(), openTask()];
    const runs = tasks.map((task) => limiter.run(calm('a'), never, task.run));
    const started = () => tasks.map((task) => task.hasStarted());

    await turn();
    assert.deepEqual(started(), [true, true, false, false]);
    tasks[1]?.finish();
    await turn();
    assert.deepEqual(started(), [true, true, true, false]);

    for (const task of tasks) task.finish();
    await Promise.all(runs);
  });

  test('the urgent goes before all that wait', async () => {
    const limiter = openLimiter({ concurrency: 1, perKeyPerSecond: null, clock: clockAtZero() });
    const order: string[] = [];
    const note = (name: string) => async () => {
      order.push(name);
    };
    const first = openTask();

    const runs = [
      limiter.run(calm('a'), never, first.run),
      limiter.run(calm('b'), never, note('scan')),
      limiter.run({ key: 'c', isUrgent: true }, never, note('proof')),
    ];
    await turn();
    first.finish();
    await Promise.all(runs);

    assert.deepEqual(order, ['proof', 'scan']);
  });

  test('a task that fails gives its place back', async () => {
    const limiter = openLimiter({ concurrency: 1, perKeyPerSecond: null, clock: clockAtZero() });

    await assert.rejects(
      limiter.run(calm('a'), never, () => Promise.reject(new Error('no'))),
      /no/,
    );

    assert.equal(await limiter.run(calm('a'), never, async () => 'next'), 'next');
  });

  test('who gives up while waiting neither starts nor takes a place', async () => {
    const limiter = openLimiter({ concurrency: 1, perKeyPerSecond: null, clock: clockAtZero() });
    const [first, second, third] = [openTask(), openTask(), openTask()];
    const caller = new AbortController();
    const running = limiter.run(calm('a'), never, first.run);
    const waiting = limiter.run(calm('a'), caller.signal, second.run);
    const last = limiter.run(calm('a'), never, third.run);

    await turn();
    caller.abort(new Error('given up'));
    await assert.rejects(waiting, /given up/);
    first.finish();
    third.finish();
    await Promise.all([running, last]);

    assert.equal(second.hasStarted(), false);
    assert.equal(third.hasStarted(), true);
  });

  test('starts for one key keep their distance, other keys do not wait', async () => {
    const clock = clockAtZero();
    const limiter = openLimiter({ concurrency: 9, perKeyPerSecond: 2, clock });
    const starts: [string, number][] = [];
    const note = (key: string) => async () => {
      starts.push([key, clock.monotonic()]);
    };

    await Promise.all(['a', 'a', 'a', 'b'].map((key) => limiter.run(calm(key), never, note(key))));

    assert.deepEqual(
      starts.toSorted(([a, x], [b, y]) => a.localeCompare(b) || x - y),
      [
        ['a', 0],
        ['a', 500],
        ['a', 1000],
        ['b', 0],
      ],
    );
  });

  test('a pause is forgotten once it has passed', async () => {
    const clock = clockAtZero();
    const limiter = openLimiter({ concurrency: 1, perKeyPerSecond: 1, clock });
    for (let key = 0; key < 5000; key += 1)
      await limiter.run(calm(`${key}`), never, async () => key);
    await clock.sleep(2000, never);

    await limiter.run(calm('0'), never, async () => 0);

    assert.equal(clock.monotonic(), 2000);
  });
});
