import { type AlertState, observe } from '../domain/alert.ts';
import {
  afterAccepted,
  afterRefused,
  afterRefusedTogether,
  batchOf,
  beforeSending,
  refreshOf,
} from '../domain/alert-delivery.ts';
import { type Due, dueOf } from '../domain/alert-due.ts';
import {
  choosing,
  failing,
  refreshed,
  refusing,
  type SinkState,
  sinkProblem,
  working,
} from '../domain/sink-state.ts';
import type { SendFailure, Sink } from '../ports/sink.ts';
import type { Lease, Leases } from '../ports/state.ts';
import { type AlertDeps, hearerOf, hintDeliveries } from './alerting.ts';
import { inParallel } from './in-parallel.ts';
import { withLease } from './with-lease.ts';

export interface DeliverDeps extends AlertDeps {
  readonly leases: Pick<Leases, 'acquire'>;
}

/** A sink that this replica may send to. */
export interface Recipient {
  readonly sink: Sink;
  readonly lease: Lease;
  readonly health: SinkState;
}

/** What is about to be said, and the state as it was before that was written down. */
interface Prepared {
  readonly due: Due;
  readonly before: AlertState;
}

/**
 * Sends one batch, each state as it is now, and writes down what became of it. Resolves to how the sink is doing; null when the
 * batch failed or was not taken whole, so that the ledger is to be read again.
 */
export async function sendBatch(
  deps: DeliverDeps,
  to: Recipient,
  dues: readonly Due[],
  signal: AbortSignal,
): Promise<SinkState | null> {
  const batch = await prepare(deps, to, dues);
  if (batch.length === 0) return to.health;
  const sending = batchOf(
    batch.map(({ due }) => due),
    to.health,
    deps.clock.now(),
  );
  const result = await withLease(to.lease, deps.clock, signal, (held) =>
    to.sink.deliver(sending, held),
  );
  if (result.kind !== 'accepted') {
    await failed(deps, to.sink, batch, result);
    return null;
  }
  const health = await accepted(deps, to.sink, batch.slice(0, result.taken));
  return result.taken < batch.length ? null : health;
}

/** Tells a sink that shows states what still fires. Nothing is news, so nothing but the refreshing itself is written down. */
export async function refresh(
  deps: DeliverDeps,
  { sink, lease }: Recipient,
  states: readonly AlertState[],
  signal: AbortSignal,
): Promise<void> {
  let left = states;
  while (left.length > 0) {
    const batch = refreshOf(left, deps.clock.now());
    const result = await withLease(lease, deps.clock, signal, (held) => sink.deliver(batch, held));
    if (result.kind !== 'accepted') return failed(deps, sink, [], result);
    left = left.slice(result.taken);
  }
  const at = deps.clock.now();
  await deps.ledger.changeSink(sink.name, (health) => refreshed(working(health, at), at));
}

/** Decides again on each state as it is now, and notes that it is on its way. What is no longer to be said falls out. */
async function prepare(
  deps: DeliverDeps,
  { sink, health }: Recipient,
  dues: readonly Due[],
): Promise<readonly Prepared[]> {
  const now = deps.clock.now();
  const rules = deps.rules();
  const hearer = hearerOf(sink, health);
  const dueNow = (state: AlertState): Due | null => {
    const due = dueOf(state, hearer, rules, now);
    return due !== null && due.at <= now ? due : null;
  };
  const prepared = await inParallel(dues, async ({ state: { key } }) => {
    const seen: { before: AlertState | null } = { before: null };
    const state = await deps.ledger.change(key, (current) => {
      seen.before = current;
      return current !== null && dueNow(current) !== null
        ? beforeSending(current, sink.name)
        : current;
    });
    const due = state === null ? null : dueNow(state);
    return due === null || seen.before === null ? [] : [{ due, before: seen.before }];
  });
  return prepared.flat();
}

async function accepted(
  deps: DeliverDeps,
  { name }: Sink,
  batch: readonly Prepared[],
): Promise<SinkState> {
  const at = deps.clock.now();
  await inParallel(batch, ({ due }) =>
    deps.ledger.change(due.state.key, (state) => state && afterAccepted(state, due, name, at)),
  );
  const health = await deps.ledger.changeSink(name, (was) => working(was, at));
  deps.log.info({ sink: name, alerts: batch.length }, 'alerts delivered');
  return health;
}

async function failed(
  deps: DeliverDeps,
  { name }: Sink,
  batch: readonly Prepared[],
  failure: SendFailure,
): Promise<void> {
  const at = deps.clock.now();
  const alone = batch.length === 1;
  if (failure.kind === 'rejected' && failure.blames === 'message')
    await inParallel(batch, ({ due, before }) =>
      deps.ledger.change(
        due.state.key,
        (state) =>
          state &&
          (alone
            ? afterRefused(state, before, name, at)
            : afterRefusedTogether(state, before, name)),
      ),
    );
  const health = await deps.ledger.changeSink(name, (was) => after(was, failure, batch.length, at));
  deps.log.warn(
    { sink: name, alerts: batch.length, result: failure.kind, reason: failure.reason },
    'delivery failed',
  );
  await tellTheOthers(deps, health);
}

function after(was: SinkState, failure: SendFailure, size: number, at: Date): SinkState {
  const { reason } = failure;
  if (failure.kind === 'retry') return failing(was, { reason, askedMs: failure.afterMs }, at);
  if (failure.blames === 'sink') return refusing(was, reason, at);
  // A refresh says nothing new: there is no message to hold back, and no hurry either.
  if (size === 0) return failing(was, { reason, askedMs: null }, at);
  return size === 1 ? choosing(was, reason, at) : { ...was, singly: true };
}

async function tellTheOthers(deps: DeliverDeps, health: SinkState): Promise<void> {
  const problem = sinkProblem(health);
  if (problem === null) return;
  const now = deps.clock.now();
  const state = await deps.ledger.change(problem.key, (was) => observe(was, problem, now));
  if (state !== null) await hintDeliveries(deps, [state]);
}
