import { evolve, replay } from '../../domain/evolve.ts';
import { nextAction, type Action } from '../../domain/next-action.ts';
import { isAlarmed, phaseOf, type Rotation } from '../../domain/rotation-state.ts';
import type { JournalEvent, RotationRecord } from '../../domain/rotation.ts';
import type { Lease } from '../../ports/state.ts';
import { close, tellEndOfAlarm, tellLateChange } from './close.ts';
import { accountOf, type Hands, leaseOf, type RotateDeps } from './deps.ts';
import { lookAgain, prove, proveLanded } from './prove.ts';
import { withSituation } from './situation.ts';
import { start } from './start.ts';
import { tellIfStuck } from './stuck.ts';
import { awaitChange, intend, send } from './write.ts';

/** How one execution ended. `later` and `busy` mean: somebody will be asked again. */
export type Execution =
  | { readonly kind: 'done'; readonly rotation: Rotation }
  | { readonly kind: 'later'; readonly rotation: Rotation; readonly due: Date }
  | { readonly kind: 'busy' }
  | { readonly kind: 'unknown' };

/**
 * Carries a rotation as far as it goes now. Everything it knows is in the Journal, so it may be called again at any time, by
 * any replica. Rejects with what stopped it (`store.unavailable`, `lease.lost`, a cloud error): calling again resumes.
 */
export async function executeRotation(
  deps: RotateDeps,
  rotationId: string,
  signal: AbortSignal,
): Promise<Execution> {
  const found = await deps.journal.read(rotationId);
  if (found === null) return { kind: 'unknown' };
  try {
    return await underLease(deps, found.record, signal);
  } catch (error) {
    if (!signal.aborted) await tellIfStuck(deps, rotationId, error);
    throw error;
  }
}

async function underLease(
  deps: RotateDeps,
  { id, plan }: RotationRecord,
  signal: AbortSignal,
): Promise<Execution> {
  const { ref } = plan;
  const cloud = accountOf(deps, ref.account);
  const lease = await deps.leases.acquire(leaseOf(ref));
  if (lease === null) return { kind: 'busy' };
  try {
    return await whileHeld(deps, lease, signal, (held) =>
      carryOn({ ...deps, cloud, lease, intents: new Set() }, id, held),
    );
  } finally {
    await lease.release();
  }
}

async function carryOn(hands: Hands, rotationId: string, signal: AbortSignal): Promise<Execution> {
  // Somebody may have carried it on while we waited for the lease.
  const found = await hands.journal.read(rotationId);
  if (found === null) return { kind: 'unknown' };
  let rotation = replay(found.record, found.entries);
  for (;;) {
    signal.throwIfAborted();
    const action = nextAction(rotation);
    if (action.kind === 'rest') return rest(hands, rotation);
    if (action.kind === 'look-again' && hands.clock.now() < action.due) {
      return { kind: 'later', rotation, due: action.due };
    }
    const done = await perform(hands, rotation, action, signal);
    const event = await withSituation(hands, rotation, done, signal);
    const entry = await hands.journal.append(rotationId, event, rotation.length);
    rotation = evolve(rotation, entry);
    hands.log.debug(
      { rotationId, event: event.kind, phase: phaseOf(rotation) },
      'rotation moved on',
    );
  }
}

/** A rotation that waits for a person stays open, so that nobody forgets it. */
async function rest(hands: Hands, rotation: Rotation): Promise<Execution> {
  const asks = rotation.ending?.outcome === 'needs-operator' && rotation.resolution === null;
  if (!asks) await hands.journal.settle(rotation.record.id);
  return { kind: 'done', rotation };
}

async function perform(
  hands: Hands,
  rotation: Rotation,
  action: Exclude<Action, { kind: 'rest' }>,
  signal: AbortSignal,
): Promise<JournalEvent> {
  switch (action.kind) {
    case 'look':
      return start(hands, rotation, signal);
    case 'prove-landed':
      return proveLanded(hands, rotation, signal);
    case 'intend':
      return intend(hands, rotation, action, signal);
    case 'call':
      return send(hands, rotation, action, signal);
    case 'await':
      return awaitChange(hands, rotation, action, signal);
    case 'prove':
      return prove(hands, rotation, action, signal);
    case 'record':
      return action.event;
    case 'close':
      return close(hands, rotation);
    case 'look-again':
      return secondLook(hands, rotation, action, signal);
  }
}

async function secondLook(
  hands: Hands,
  rotation: Rotation,
  action: Extract<Action, { kind: 'look-again' }>,
  signal: AbortSignal,
): Promise<JournalEvent> {
  const event = await lookAgain(hands, rotation, action, signal);
  if (event.kind !== 'looked-again') return event;
  const { verification } = event;
  if (verification.verdict === 'disproven') await tellLateChange(hands, rotation, verification);
  else if (isAlarmed(rotation)) await tellEndOfAlarm(hands, rotation, verification);
  return event;
}

/** Runs with a lease that is renewed in the background; the run is aborted when the lease is lost. */
async function whileHeld<T>(
  deps: RotateDeps,
  lease: Lease,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const finished = new AbortController();
  const renewing = keepRenewing(deps, lease, lost, finished.signal);
  try {
    return await run(AbortSignal.any([signal, lost.signal]));
  } finally {
    finished.abort();
    await renewing;
  }
}

async function keepRenewing(
  deps: RotateDeps,
  lease: Lease,
  lost: AbortController,
  finished: AbortSignal,
): Promise<void> {
  try {
    for (;;) {
      await deps.clock.sleep(Math.max(deps.pace.poll, lease.remaining() / 3), finished);
      await lease.renew();
    }
  } catch (error) {
    if (!finished.aborted) lost.abort(error);
  }
}
