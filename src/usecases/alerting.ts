import type { AlertState } from '../domain/alert.ts';
import { type AlertRules, backlogOf } from '../domain/alert-delivery.ts';
import { pauseOf } from '../domain/sink-state.ts';
import type { AlertLedger } from '../ports/alert-ledger.ts';
import type { Clock } from '../ports/clock.ts';
import type { Dispatcher } from '../ports/dispatcher.ts';
import type { Log } from '../ports/log.ts';
import type { Sink } from '../ports/sink.ts';

/** What every use case about alerts needs. */
export interface AlertDeps {
  readonly ledger: AlertLedger;
  readonly sinks: readonly Sink[];
  readonly rules: () => AlertRules;
  readonly clock: Clock;
  readonly dispatcher: Pick<Dispatcher, 'delivery'>;
  readonly log: Log;
}

/** The names of the sinks that have something to hear now and are not to be left alone for a while. For `reconcile`. */
export async function pendingSinks(deps: AlertDeps): Promise<readonly string[]> {
  return pendingFor(deps, await deps.ledger.all());
}

/** Puts a hint on the queue for every sink that has something to hear of these states. */
export async function hintDeliveries(
  deps: AlertDeps,
  states: readonly AlertState[],
): Promise<void> {
  for (const sink of await pendingFor(deps, states)) {
    await deps.dispatcher.delivery(sink);
  }
}

async function pendingFor(
  deps: AlertDeps,
  states: readonly AlertState[],
): Promise<readonly string[]> {
  const now = deps.clock.now();
  const rules = deps.rules();
  const waiting = deps.sinks.filter(
    ({ name }) => backlogOf(states, name, rules, now).due.length > 0,
  );
  const ready = await Promise.all(
    waiting.map(async ({ name, limits }) => {
      const pause = pauseOf(await deps.ledger.sink(name), limits.perMinute, now);
      return pause > LONGEST_SPACING ? [] : [name];
    }),
  );
  return ready.flat();
}

/** The spacing of a rate limit is waited out by the delivery itself; only a failing sink is left alone. */
const LONGEST_SPACING = 5_000;
