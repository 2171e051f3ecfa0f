import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'node:test';
import { outcomeOf } from '../../src/domain/rotation-state.ts';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { listenerState, shake } from '../sandbox/support.ts';
import { quickSandbox, RotationLab } from '../helpers/rotation-lab.ts';
import { slotCases } from '../helpers/rotation-steps.ts';
import { assertTruth, bindingsOf } from '../helpers/truth.ts';

/** A zone that lags 200 s, a deadline of 120 s and a minute to settle, a hundred times as fast. */
const zone = 'cn-hangzhou-b';
const propagationMillis = { [zone]: 2000, '*': 0 };
const verify = { deadline: 1200, settle: 600 };

/** What the zone answers whoever asks for the name, each leaf once for as long as it is served. */
class Watch {
  readonly seen: string[] = [];
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(sandbox: RunningSandbox, listener: string, servername: string) {
    this.#done = this.#look(sandbox, listener, servername);
  }

  async end(): Promise<readonly string[]> {
    this.#stop.abort();
    await this.#done;
    return this.seen;
  }

  async #look(sandbox: RunningSandbox, listener: string, servername: string): Promise<void> {
    const { serving } = await listenerState(sandbox, listener);
    const point = serving.find((each) => each.zone === zone);
    assert.ok(point);
    while (!this.#stop.signal.aborted) {
      const { fingerprint } = await shake(point, { servername });
      if (fingerprint !== null && fingerprint !== this.seen.at(-1)) this.seen.push(fingerprint);
      await pause(20);
    }
  }
}

const cases = [
  { slot: slotCases.default, name: 'www.example.com' },
  { slot: slotCases.additional, name: 'x.apps.example.com' },
] as const;

for (const { slot, name } of cases) {
  test(`a zone that lags longer than the deadline, ${slot.slot} slot: the rollback closes when it has settled`, async () => {
    const sandbox = await quickSandbox({ propagationMillis });
    try {
      const { to, config } = await slot.prepare(sandbox);
      const lab = await RotationLab.open(sandbox, { config, verify });
      const before = await bindingsOf(sandbox);
      const id = await lab.ask({ listener: slot.listener, slot: slot.slot, to });
      const watch = new Watch(sandbox, slot.listener, name);

      const rotation = await lab.run(id);

      const seen = await watch.end();
      assert.equal(outcomeOf(rotation), 'rolled-back');
      await assertTruth(sandbox, rotation, { before, third: null });
      // The zone took over the swap and then what was put back, in its own time: nothing is left to come.
      const { from, to: fresh } = rotation.record.plan;
      assert.deepEqual(
        seen,
        [from, fresh, from].map(({ fingerprint256 }) => fingerprint256),
      );
    } finally {
      await sandbox.close();
    }
  });
}
