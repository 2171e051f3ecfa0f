import type { AlertState } from '../domain/alert.ts';
import { backlogOf, shownBy } from '../domain/alert-delivery.ts';
import type { Hearer } from '../domain/alert-due.ts';
import type { AlertRules } from '../domain/alert-routing.ts';
import { firstAcceptedAt, pauseOf, refreshAt, type SinkState } from '../domain/sink-state.ts';
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

/** The sink as far as it matters when it hears of what. */
export function hearerOf({ name, style }: Sink, health: SinkState): Hearer {
  return { name, style, firstAcceptedAt: firstAcceptedAt(health) };
}

/** What a sink must be told again by now so that it does not forget it, and else when that is. */
export function refreshOwed(
  sink: Sink,
  health: SinkState,
  states: readonly AlertState[],
  now: Date,
): { readonly states: readonly AlertState[]; readonly nextAt: Date | null } {
  const { name, style, refreshEvery } = sink;
  const shown = style === 'state' && refreshEvery !== undefined ? shownBy(states, name) : [];
  if (shown.length === 0 || refreshEvery === undefined) return { states: [], nextAt: null };
  const at = refreshAt(health, refreshEvery, now);
  return at > now ? { states: [], nextAt: at } : { states: shown, nextAt: null };
}

async function pendingFor(
  deps: AlertDeps,
  states: readonly AlertState[],
): Promise<readonly string[]> {
  const now = deps.clock.now();
  const rules = deps.rules();
  const pending = await Promise.all(
    deps.sinks.map(async (sink) => {
      const health = await deps.ledger.sink(sink.name);
      if (pauseOf(health, sink.limits.perMinute, now) > LONGEST_SPACING) return [];
      const { due } = backlogOf(states, hearerOf(sink, health), rules, now);
      const owed = refreshOwed(sink, health, states, now).states;
      return due.length > 0 || owed.length > 0 ? [sink.name] : [];
    }),
  );
  return pending.flat();
}

/** The spacing of a rate limit is waited out by the delivery itself; only a failing sink is left alone. */
const LONGEST_SPACING = 5_000;
