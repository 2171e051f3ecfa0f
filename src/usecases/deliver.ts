import type { AlertState } from '../domain/alert.ts';
import { backlogOf } from '../domain/alert-delivery.ts';
import type { Due } from '../domain/alert-due.ts';
import { observe } from '../domain/alert.ts';
import type { Millis } from '../domain/certificate.ts';
import { pauseOf, type SinkState, sinkProblemKey } from '../domain/sink-state.ts';
import type { Sink } from '../ports/sink.ts';
import type { Lease } from '../ports/state.ts';
import { hearerOf, hintDeliveries, refreshOwed } from './alerting.ts';
import { type DeliverDeps, refresh, type Recipient, sendBatch } from './send-batch.ts';
import { withLease } from './with-lease.ts';

export type { DeliverDeps } from './send-batch.ts';

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

/** After so long the ledger is read anew, so that something worse need not queue behind what was there before. */
const FRESH: Millis = 10_000;

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
    const health = await deps.ledger.sink(sink.name);
    const backlog = backlogOf(states, hearerOf(sink, health), deps.rules(), now);
    const owed = refreshOwed(sink, health, states, now);
    if (backlog.due.length + owed.states.length === 0) {
      if (!backlog.holds) await calmDown(deps, sink, states);
      return { kind: 'done', nextAt: earliest(backlog.nextAt, owed.nextAt) };
    }
    const pause = pauseOf(health, sink.limits.perMinute, now);
    if (pause > PATIENCE) return { kind: 'later', at: new Date(now.getTime() + pause) };
    const to: Recipient = { sink, lease, health };
    if (pause > 0) await waitFor(deps, to, pause, signal);
    else if (backlog.due.length > 0) await sendAll(deps, to, backlog.due, signal);
    // Whoever is left out would end there, though it fires.
    else await refresh(deps, to, owed.states, signal);
  }
}

/** Batch after batch, worst first, until one fails, is not taken whole, or what was read is no longer fresh. */
async function sendAll(
  deps: DeliverDeps,
  to: Recipient,
  due: readonly Due[],
  signal: AbortSignal,
): Promise<void> {
  const readAt = deps.clock.monotonic();
  const size = to.health.singly ? 1 : MOST_AT_ONCE;
  let health: SinkState | null = to.health;
  for (let start = 0; start < due.length && health !== null; start += size) {
    const pause = pauseOf(health, to.sink.limits.perMinute, deps.clock.now());
    if (pause > PATIENCE || deps.clock.monotonic() - readAt > FRESH) return;
    if (pause > 0) await waitFor(deps, to, pause, signal);
    health = await sendBatch(deps, { ...to, health }, due.slice(start, start + size), signal);
  }
}

async function waitFor(
  deps: DeliverDeps,
  { lease }: Recipient,
  pause: Millis,
  signal: AbortSignal,
): Promise<void> {
  await withLease(lease, deps.clock, signal, (held) => deps.clock.sleep(pause, held));
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

function earliest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
