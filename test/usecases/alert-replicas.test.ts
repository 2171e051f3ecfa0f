import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemEntropy } from '../../src/adapters/clock.ts';
import { openRedis } from '../../src/adapters/redis/open.ts';
import { openAlertLedger } from '../../src/adapters/state/alerts.ts';
import { openLeases } from '../../src/adapters/state/leases.ts';
import { pendingSinks } from '../../src/usecases/alerting.ts';
import { createAlerts } from '../../src/usecases/announce.ts';
import { type DeliverDeps, deliver } from '../../src/usecases/deliver.ts';
import { expiring, plainRules, steady, TestSink } from '../helpers/alerts.ts';
import { after, days, today } from '../helpers/facts.ts';
import { hasRedis, startRedis, type TestRedis } from '../helpers/redis.ts';
import { quietLog } from '../helpers/store.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

const names = Array.from({ length: 20 }, (_, index) => `${100 + index}-cn-hangzhou`);

/** One process: its own connection, its own leases, nothing shared with another but Redis and the receiver. */
class Daemon implements AsyncDisposable {
  readonly #deps: DeliverDeps;
  readonly #close: () => Promise<void>;

  private constructor(deps: DeliverDeps, close: () => Promise<void>) {
    this.#deps = deps;
    this.#close = close;
  }

  static async start({ url }: TestRedis, team: TestSink, clock: VirtualClock): Promise<Daemon> {
    const { store, close } = await openRedis({ url, prefix: '{newleaf}', log: quietLog });
    const parts = { store, clock, entropy: systemEntropy };
    const deps: DeliverDeps = {
      ledger: openAlertLedger(store),
      leases: openLeases({ ...parts, ttl: 45_000, callTimeout: 8000 }),
      sinks: [team],
      rules: () => plainRules,
      clock,
      dispatcher: { delivery: async () => {} },
      log: quietLog,
    };
    return new Daemon(deps, () => close());
  }

  /** What every minute does: look at the clock, and send what is to be said. */
  async minute(): Promise<void> {
    const severity = this.#deps.clock.now() < after(today, days(10)) ? 'info' : 'warning';
    const problems = names.map((id) =>
      expiring(severity, { notAfter: after(today, days(17)) }, `expiring/main/cn-hangzhou/${id}`),
    );
    await createAlerts(this.#deps).update(problems, { covers: () => false });
    for (const sink of await pendingSinks(this.#deps)) await deliver(this.#deps, sink, steady);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

async function aMinuteOfBoth(redis: TestRedis, team: TestSink, clock: VirtualClock): Promise<void> {
  await using one = await Daemon.start(redis, team, clock);
  await using other = await Daemon.start(redis, team, clock);
  await Promise.all([one.minute(), other.minute()]);
  await Promise.all([one.minute(), other.minute()]);
}

const title =
  'two replicas on one Redis, restarted three times, announce a threshold that passed while both were down once for each certificate';

test(title, { skip: !hasRedis && 'no redis-server here' }, async () => {
  const redis = await startRedis();
  const clock = new VirtualClock(today);
  const team = new TestSink('team');
  try {
    await aMinuteOfBoth(redis, team, clock);
    assert.equal(team.heard.length, names.length);

    await clock.sleep(days(11), steady);
    for (const _restart of [1, 2, 3]) await aMinuteOfBoth(redis, team, clock);
  } finally {
    await redis.dispose();
  }

  const later = team.heard.slice(names.length);
  assert.deepEqual(
    later.map(({ key }) => key).toSorted(),
    names.map((id) => `expiring/main/cn-hangzhou/${id}`),
  );
  assert.deepEqual(new Set(later.map(({ severity }) => severity)), new Set(['warning']));
  assert.equal(new Set(team.ids).size, 2 * names.length);
  assert.equal(team.batches.length, 2);
});
