import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serial } from '../../src/usecases/serial.ts';

/** Work whose runs end when they are told to. */
function gated() {
  const gates: { readonly open: () => void; readonly fail: () => void }[] = [];
  let running = 0;
  let most = 0;
  const run = serial(async () => {
    running += 1;
    most = Math.max(most, running);
    try {
      await new Promise<void>((resolve, reject) => {
        gates.push({ open: resolve, fail: () => reject(new Error('run failed')) });
      });
    } finally {
      running -= 1;
    }
  });
  return { run, gates, most: () => most };
}

const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

test('however often it is asked while it runs, it runs once more afterwards', async () => {
  const { run, gates, most } = gated();
  const first = run();
  const others = [run(), run(), run()];

  gates[0]?.open();
  await first;
  await settled();
  assert.equal(gates.length, 2);
  gates[1]?.open();
  await Promise.all(others);
  await settled();

  assert.deepEqual([gates.length, most()], [2, 1]);
});

test('asking between the end of one run and the start of the next does not start a third beside it', async () => {
  const { run, gates, most } = gated();
  const first = run();
  const second = run();
  const third = first.then(() => run());

  gates[0]?.open();
  await first;
  await settled();
  for (const gate of gates) gate.open();
  await settled();
  for (const gate of gates) gate.open();
  await Promise.all([second, third]);

  assert.deepEqual([gates.length, most()], [2, 1]);
});

test('a run that fails is told to whoever asked for it, and the next one comes all the same', async () => {
  const { run, gates } = gated();
  const first = run();
  const second = run();

  gates[0]?.fail();
  await assert.rejects(first, /run failed/);
  await settled();
  gates[1]?.open();

  await second;
  assert.equal(gates.length, 2);
});
