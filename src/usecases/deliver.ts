import { type AlertState, observe } from '../domain/alert.ts';
import {
  afterAccepted,
  afterRefused,
  afterRefusedTogether,
  backlogOf,
  batchOf,
  beforeSending,
} from '../domain/alert-delivery.ts';
import type { Millis } from '../domain/certificate.ts';
import {
  choosing,
  failing,
  pauseOf,
  refusing,
  type SinkState,
  sinkProblem,
  sinkProblemKey,
  working,
} from '../domain/sink-state.ts';
import type { DeliveryResult, SendFailure, Sink } from '../ports/sink.ts';
import type { Lease, Leases } from '../ports/state.ts';
import { type AlertDeps, hintDeliveries } from './alerting.ts';
import { inParallel } from './in-parallel.ts';
import { withLease } from './with-lease.ts';

export interface DeliverDeps extends AlertDeps {
  readonly leases: Leases;
}

export type DeliveryOutcome =
  /** Everything that may be said now is said. `nextAt`: when something held back becomes due. */
  | { readonly kind: 'done'; readonly nextAt: Date | null }
  /** The sink is left alone until then. */
  | { readonly kind: 'later'; readonly at: Date }
  /** Another replica is delivering to this sink. */
  | { readonly kind: 'busy' }
  /** No sink of that name is configured. */
  | { readonly kind: 'unknown' };

/** A pause up to this long is waited out here; a longer one is left to the next hint. */
const PATIENCE: Millis = 5_000;

/** A batch is written down before and after it is sent; this bounds what a failing sink makes us write. */
const MOST_AT_ONCE = 500;

/**
 * Says everything to one sink that it has to hear, each state as it is at that moment, in one batch after the other.
 *
 * Guarantee: at least once, with the same id on every repeat. Only the holder of the sink's lease sends, one batch at a time,
 * so an end cannot overtake what it ends; a repeat happens only when the sender died, or lost its lease, between the
 * receiver's answer and the record of it.
 */
export async function deliver(
  deps: DeliverDeps,
  sinkName: string,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  const sink = deps.sinks.find(({ name }) => name === sinkName);
  if (sink === undefined) return { kind: 'unknown' };
  const lease = await deps.leases.acquire(`sink-${sinkName}`);
  if (lease === null) return { kind: 'busy' };
  try {
    return await drain(deps, sink, lease, signal);
  } finally {
    await lease.release();
  }
}

async function drain(
  deps: DeliverDeps,
  sink: Sink,
  lease: Lease,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  for (;;) {
    signal.throwIfAborted();
    const now = deps.clock.now();
    const states = await deps.ledger.all();
    const { due, nextAt } = backlogOf(states, sink.name, deps.rules(), now);
    if (due.length === 0) {
      if (nextAt === null) await calmDown(deps, sink, states);
      return { kind: 'done', nextAt };
    }
    const health = await deps.ledger.sink(sink.name);
    const pause = pauseOf(health, sink.limits.perMinute, now);
    if (pause > PATIENCE) return { kind: 'later', at: new Date(now.getTime() + pause) };
    if (pause === 0) await sendNext(deps, { sink, lease, health }, due, signal);
    else await withLease(lease, deps.clock, signal, (held) => deps.clock.sleep(pause, held));
  }
}

async function sendNext(
  deps: DeliverDeps,
  to: { readonly sink: Sink; readonly lease: Lease; readonly health: SinkState },
  due: readonly AlertState[],
  signal: AbortSignal,
): Promise<void> {
  const batch = due.slice(0, to.health.singly ? 1 : MOST_AT_ONCE);
  await inParallel(batch, (sent) =>
    deps.ledger.change(sent.key, (state) => state && beforeSending(state, sent, to.sink.name)),
  );
  const result = await withLease(to.lease, deps.clock, signal, (held) =>
    to.sink.deliver(batchOf(batch, to.health, deps.clock.now()), held),
  );
  if (result.kind === 'accepted') return accepted(deps, to.sink, batch, result);
  return failed(deps, to.sink, batch, result);
}

async function accepted(
  deps: DeliverDeps,
  { name }: Sink,
  batch: readonly AlertState[],
  { taken }: Extract<DeliveryResult, { kind: 'accepted' }>,
): Promise<void> {
  const at = deps.clock.now();
  await inParallel(batch.slice(0, taken), (sent) =>
    deps.ledger.change(sent.key, (state) => state && afterAccepted(state, sent, name, at)),
  );
  await deps.ledger.changeSink(name, (health) => working(health, at));
  deps.log.info({ sink: name, alerts: taken }, 'alerts delivered');
}

async function failed(
  deps: DeliverDeps,
  { name }: Sink,
  batch: readonly AlertState[],
  failure: SendFailure,
): Promise<void> {
  const at = deps.clock.now();
  const alone = batch.length === 1;
  if (failure.kind === 'rejected' && failure.blames === 'message')
    await inParallel(batch, (sent) =>
      deps.ledger.change(
        sent.key,
        (state) =>
          state &&
          (alone ? afterRefused(state, sent, name, at) : afterRefusedTogether(state, sent, name)),
      ),
    );
  const health = await deps.ledger.changeSink(name, (was) => after(was, failure, alone, at));
  deps.log.warn(
    { sink: name, alerts: batch.length, result: failure.kind, reason: failure.reason },
    'delivery failed',
  );
  await tellTheOthers(deps, health);
}

function after(was: SinkState, failure: SendFailure, alone: boolean, at: Date): SinkState {
  if (failure.kind === 'retry')
    return failing(was, { reason: failure.reason, askedMs: failure.afterMs }, at);
  if (failure.blames === 'sink') return refusing(was, failure.reason, at);
  return alone ? choosing(was, failure.reason, at) : { ...was, singly: true };
}

async function tellTheOthers(deps: DeliverDeps, health: SinkState): Promise<void> {
  const problem = sinkProblem(health);
  if (problem === null) return;
  const now = deps.clock.now();
  const state = await deps.ledger.change(problem.key, (was) => observe(was, problem, now));
  if (state !== null) await hintDeliveries(deps, [state]);
}

/** Nothing is left to say: what was wrong with the sink is over. */
async function calmDown(
  deps: DeliverDeps,
  { name }: Sink,
  states: readonly AlertState[],
): Promise<void> {
  const key = sinkProblemKey(name);
  const now = deps.clock.now();
  await deps.ledger.changeSink(name, (was) => (was.singly ? { ...was, singly: false } : was));
  if (!states.some((state) => state.key === key && state.status === 'firing')) return;
  const state = await deps.ledger.change(key, (was) => observe(was, null, now));
  if (state !== null) await hintDeliveries(deps, [state]);
}
