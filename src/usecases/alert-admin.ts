import { type AlertState, acknowledge } from '../domain/alert.ts';
import { deliveryTo, dueAt, isForgettable, worstFirst } from '../domain/alert-delivery.ts';
import { NewleafError } from '../domain/errors.ts';
import { isWorking, type SinkState } from '../domain/sink-state.ts';
import type { AlertDeps } from './alerting.ts';

/** Where one sink stands with one alert, for people. */
interface SinkView {
  readonly name: string;
  /** When it accepted what it was told last; null when it was told nothing. */
  readonly toldAt: Date | null;
  /** When the next thing is to be said; in the past when it waits for the sink. Null: nothing is left to say. */
  readonly dueAt: Date | null;
}

export interface AlertView {
  readonly state: AlertState;
  /** Whether a sink other than the log has accepted the worst threshold of this episode. */
  readonly announced: boolean;
  readonly sinks: readonly SinkView[];
}

/** All alerts, or only what fires now; worst and oldest first. */
export async function listAlerts(
  deps: AlertDeps,
  which: 'firing' | 'all',
): Promise<readonly AlertView[]> {
  const states = await deps.ledger.all();
  return states
    .filter(({ status }) => which === 'all' || status === 'firing')
    .toSorted(worstFirst)
    .map((state) => viewOf(deps, state));
}

/** Notes that a person has seen a firing alert. Rejects with `not-found` when nothing fires under that key. */
export async function acknowledgeAlert(
  deps: AlertDeps,
  request: { readonly key: string; readonly by: string; readonly note: string },
): Promise<AlertView> {
  const at = deps.clock.now();
  const { key, by, note } = request;
  const state = await deps.ledger.change(
    key,
    (current) => current && acknowledge(current, { by, at, note }),
  );
  if (state?.status === 'firing') return viewOf(deps, state);
  throw new NewleafError('not-found', 'no alert fires under this key', { fields: { key } });
}

/** How each configured sink is doing, and whether one of them works: the log counts only when there is nothing else. */
export async function sinkHealth(
  deps: AlertDeps,
): Promise<{ readonly sinks: readonly SinkState[]; readonly anyWorks: boolean }> {
  const sinks = await Promise.all(deps.sinks.map(({ name }) => deps.ledger.sink(name)));
  const others = deps.sinks.filter(({ kind }) => kind !== 'log').map(({ name }) => name);
  const counting = others.length === 0 ? sinks : sinks.filter(({ name }) => others.includes(name));
  return { sinks, anyWorks: counting.some(isWorking) };
}

/** Forgets what was over before `before` and has been said to everyone. Firing states stay, however old. */
export async function forgetAlerts(deps: AlertDeps, before: Date): Promise<void> {
  const names = deps.sinks.map(({ name }) => name);
  const forgettable = (state: AlertState): boolean =>
    isForgettable(state, names, deps.rules(), before);
  for (const state of await deps.ledger.all()) {
    if (forgettable(state)) await deps.ledger.forget(state.key, forgettable);
  }
}

function viewOf(deps: AlertDeps, state: AlertState): AlertView {
  const rules = deps.rules();
  return {
    state,
    announced: deps.sinks.some(({ name, kind }) => kind !== 'log' && hasHeard(state, name)),
    sinks: deps.sinks.map(({ name }) => ({
      name,
      toldAt: deliveryTo(state, name).said?.at ?? null,
      dueAt: dueAt(state, name, rules),
    })),
  };
}

function hasHeard(state: AlertState, sink: string): boolean {
  const said = deliveryTo(state, sink).said;
  return said?.episode === state.episode && said.level === state.level;
}
