import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf } from '../../src/domain/rotation-state.ts';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { listenerState, shake, stateOfSandbox } from '../sandbox/support.ts';
import { quickSandbox, RotationLab } from '../helpers/rotation-lab.ts';
import { order, portal, slotCases } from '../helpers/rotation-steps.ts';
import { assertTruth, bindingsOf } from '../helpers/truth.ts';

const every = 10;
const rotated = 'x.apps.example.com';
const others = ['portal.example.com', 'static.example.com', ''];

interface Sample {
  readonly serverName: string;
  readonly zone: string;
  /** The leaf, or what went wrong. */
  readonly saw: string;
}

type Points = Awaited<ReturnType<typeof listenerState>>['serving'];

/** So many looks may be under way: on a busy machine a tick is left out rather than have them pile up. */
const mostAtOnce = 4;

/** Each ten milliseconds a look at the rotated name, in the zones by turns, and at every fourth one at another name. */
class Sampler {
  readonly #points: Points;
  readonly #looks: Promise<Sample>[] = [];
  #underWay = 0;
  readonly #timer: NodeJS.Timeout;
  #ticks = 0;

  constructor(points: Points) {
    this.#points = points;
    this.#timer = setInterval(() => this.#tick(), every);
  }

  async end(): Promise<readonly Sample[]> {
    clearInterval(this.#timer);
    return Promise.all(this.#looks);
  }

  #tick(): void {
    if (this.#underWay >= mostAtOnce) return;
    const at = this.#ticks;
    this.#ticks += 1;
    this.#look(at, rotated);
    const fourth = Math.floor(at / 4);
    if (at % 4 === 0) this.#look(fourth, others[Math.floor(fourth / 2) % others.length] ?? '');
  }

  #look(turn: number, serverName: string): void {
    const point = this.#points[turn % this.#points.length];
    if (point !== undefined) this.#looks.push(this.#counted(point, serverName));
  }

  async #counted(point: Points[number], serverName: string): Promise<Sample> {
    this.#underWay += 1;
    try {
      return await look(point, serverName);
    } finally {
      this.#underWay -= 1;
    }
  }
}

async function look(
  point: { readonly zone: string; readonly address: string; readonly port: number },
  serverName: string,
): Promise<Sample> {
  const options = serverName === '' ? {} : { servername: serverName };
  const { fingerprint, error } = await shake(point, options);
  return { serverName, zone: point.zone, saw: fingerprint ?? error ?? 'nothing' };
}

async function rotateWatched(sandbox: RunningSandbox) {
  const { listener, slot, prepare } = slotCases.additional;
  const { to, config } = await prepare(sandbox);
  const lab = await RotationLab.open(sandbox, { config, verify: { deadline: 1000 } });
  const before = await bindingsOf(sandbox);
  const id = await lab.ask({ listener, slot, to });
  const sampler = new Sampler((await listenerState(sandbox, portal)).serving);
  const rotation = await lab.run(id);
  const samples = await sampler.end();
  return { before, rotation, samples };
}

const slow = { jobMillis: 60, propagationMillis: { 'cn-hangzhou-b': 150, '*': 20 } };

const cases = [
  { title: 'an additional rotation', outcome: 'committed', fault: null },
  {
    title: 'one that is rolled back',
    outcome: 'rolled-back',
    fault: { kind: 'keep-old', zone: 'cn-hangzhou-b', listenerId: portal },
  },
] as const;

for (const { title, outcome, fault } of cases) {
  test(`sampled every ${every} ms during ${title}, each name is answered by its old or its new leaf, the others by their own`, async () => {
    const sandbox = await quickSandbox(slow);
    try {
      const { certificates } = await stateOfSandbox(sandbox);
      const leafOf = (name: string) =>
        certificates.find((each) => each.name === name)?.fingerprint256;
      if (fault !== null) await order(sandbox, fault);

      const { before, rotation, samples } = await rotateWatched(sandbox);

      assert.equal(outcomeOf(rotation), outcome);
      await assertTruth(sandbox, rotation, { before, third: null });
      const { from, to } = rotation.record.plan;
      const allowed: Readonly<Record<string, readonly unknown[]>> = {
        [rotated]: [from.fingerprint256, to.fingerprint256],
        'portal.example.com': [leafOf('portal')],
        'static.example.com': [leafOf('static')],
        '': [leafOf('portal')],
      };
      const wrong = samples.filter(({ serverName, saw }) => !allowed[serverName]?.includes(saw));
      assert.deepEqual(wrong, []);
      const seen = new Set(samples.map(({ serverName, saw }) => `${serverName} ${saw}`));
      assert.equal(seen.has(`${rotated} ${from.fingerprint256}`), true);
      assert.ok(samples.length > 30, `only ${samples.length} samples`);
    } finally {
      await sandbox.close();
    }
  });
}
