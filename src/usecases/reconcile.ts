import { replay } from '../domain/evolve.ts';
import { nextAction } from '../domain/next-action.ts';
import type { Clock } from '../ports/clock.ts';
import type { Dispatcher } from '../ports/dispatcher.ts';
import type { InventoryBook, Journal, Leases, StoredRotation } from '../ports/state.ts';
import { leaseOf } from './rotate/deps.ts';
import type { Rules } from '../domain/rules.ts';

export interface ReconcileDeps {
  readonly journal: Pick<Journal, 'open' | 'read'>;
  readonly inventory: Pick<InventoryBook, 'read'>;
  readonly dispatcher: Dispatcher;
  readonly rules: () => Pick<Rules, 'scanEvery'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly leases: Pick<Leases, 'watch'>;
  /** The sinks that have something to hear. */
  readonly pendingSinks: () => Promise<readonly string[]>;
}

/**
 * Reads the store and puts on the queues whatever should be there: open rotations that can move, sinks with something to hear, a
 * scan that is overdue. Jobs are hints that may be lost; this is what makes up for it, at start and every minute on every replica.
 * A rotation that cannot be read holds up nothing else; its error is thrown at the end.
 */
export async function reconcile(deps: ReconcileDeps): Promise<void> {
  const failures: unknown[] = [];
  for (const rotationId of await deps.journal.open()) {
    await hintAt(deps, rotationId).catch((error: unknown) => failures.push(error));
  }
  for (const sink of await deps.pendingSinks()) await deps.dispatcher.delivery(sink);
  const { takenAt } = await deps.inventory.read();
  const now = deps.clock.now();
  const { scanEvery } = deps.rules();
  if (takenAt === null || now.getTime() - takenAt.getTime() >= scanEvery) {
    await deps.dispatcher.scan(minuteOf(now));
  }
  if (failures.length > 0) throw failures[0];
}

async function hintAt(deps: ReconcileDeps, rotationId: string): Promise<void> {
  const stored = await deps.journal.read(rotationId);
  if (stored === null || !canMove(deps, stored)) return;
  await deps.dispatcher.rotation(rotationId);
  // Should whoever works on it be dead, the queue finds out in its own time: until then the lease is watched already.
  await deps.leases.watch(leaseOf(stored.record.plan.ref));
}

/** False while a rotation waits for a person, or for a later look that is not due yet. */
function canMove({ clock }: ReconcileDeps, { record, entries }: StoredRotation): boolean {
  const rotation = replay(record, entries);
  const action = nextAction(rotation);
  if (action.kind === 'look-again') return action.due <= clock.now();
  const asks = rotation.ending?.outcome === 'needs-operator' && rotation.resolution === null;
  return action.kind !== 'rest' || !asks;
}

/** The same instant on every replica, so that one scan is asked for and not one by each. */
function minuteOf(now: Date): Date {
  return new Date(Math.floor(now.getTime() / 60_000) * 60_000);
}
