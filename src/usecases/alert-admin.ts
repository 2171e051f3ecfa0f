import { type AlertState, acknowledge } from '../domain/alert.ts';
import { isForgettable, worstFirst } from '../domain/alert-delivery.ts';
import { deliveryTo, type Due, dueOf, type Hearer } from '../domain/alert-due.ts';
import { findAlert } from '../domain/alert-name.ts';
import type { Digest } from '../domain/plan.ts';
import { isWorking, type SinkState } from '../domain/sink-state.ts';
import { type AlertDeps, hearerOf } from './alerting.ts';

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
  const view = await viewer(deps);
  return states
    .filter(({ status }) => which === 'all' || status === 'firing')
    .toSorted(worstFirst)
    .map(view);
}

/** How an acknowledgement ended: done, or the name stands for no firing alert, or for several. */
export type Acknowledged =
  | { readonly kind: 'done'; readonly view: AlertView }
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly keys: readonly string[] };

/**
 * Notes that a person has seen a firing alert, named by its key, its id or a beginning of either. It is then repeated and escalated
 * no more until it gets worse or ends. Doing it again replaces the note.
 */
export async function acknowledgeAlert(
  deps: AlertDeps & { readonly sha256: Digest },
  request: { readonly alert: string; readonly by: string; readonly note: string },
): Promise<Acknowledged> {
  const { alert, by, note } = request;
  const firing = (await deps.ledger.all()).filter(({ status }) => status === 'firing');
  const named = findAlert(firing, alert, deps.sha256);
  if (named.kind === 'none') return named;
  if (named.kind === 'several')
    return { kind: 'several', keys: named.states.map(({ key }) => key).toSorted() };
  const { key } = named.state;
  const at = deps.clock.now();
  const state = await deps.ledger.change(
    key,
    (current) => current && acknowledge(current, { by, at, note }),
  );
  // It may have ended between the two readings.
  if (state?.status !== 'firing') return { kind: 'none' };
  deps.log.info({ key, by, note }, 'alert acknowledged');
  return { kind: 'done', view: (await viewer(deps))(state) };
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
  const hearers = await hearersOf(deps);
  const rules = deps.rules();
  const forgettable = (state: AlertState): boolean => isForgettable(state, hearers, rules, before);
  for (const state of await deps.ledger.all()) {
    if (forgettable(state)) await deps.ledger.forget(state.key, forgettable);
  }
}

async function hearersOf(deps: AlertDeps): Promise<readonly Hearer[]> {
  return Promise.all(
    deps.sinks.map(async (sink) => hearerOf(sink, await deps.ledger.sink(sink.name))),
  );
}

/** How alerts are shown now; made once for all of them. */
async function viewer(deps: AlertDeps): Promise<(state: AlertState) => AlertView> {
  const hearers = await hearersOf(deps);
  const rules = deps.rules();
  const now = deps.clock.now();
  return (state) => ({
    state,
    announced: deps.sinks.some(({ name, kind }) => kind !== 'log' && hasHeard(state, name)),
    sinks: hearers.map((hearer) => ({
      name: hearer.name,
      toldAt: deliveryTo(state, hearer.name).said?.at ?? null,
      dueAt: dueSince(state, dueOf(state, hearer, rules, now)),
    })),
  });
}

/** What is said at once is due since there is something to say. */
function dueSince({ raisedAt }: AlertState, due: Due | null): Date | null {
  if (due === null) return null;
  return due.at < raisedAt ? raisedAt : due.at;
}

function hasHeard(state: AlertState, sink: string): boolean {
  const said = deliveryTo(state, sink).said;
  return said?.episode === state.episode && said.level === state.level;
}
