import type { Millis } from '../domain/certificate.ts';
import { replay } from '../domain/evolve.ts';
import type { RequestMove } from '../domain/operator.ts';
import { moveRequests } from '../domain/operator.ts';
import type { Digest } from '../domain/plan.ts';
import type { ManualRequest, RequestState } from '../domain/request.ts';
import { outcomeOf } from '../domain/rotation-state.ts';
import type { Clock } from '../ports/clock.ts';
import type { OperatorBook } from '../ports/operator-state.ts';
import type { Journal, StoredRotation } from '../ports/state.ts';

export interface FollowDeps {
  readonly operator: OperatorBook;
  readonly journal: Pick<Journal, 'read'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly sha256: Digest;
}

/** Between the Admission and the rotation's record lie two writes; whoever needs longer has died. */
export const recordGrace: Millis = 2 * 60_000;

/** The id of the rotation that a request starts: the same on every replica and after every crash, another after a deferral. */
export function requestRotationId(
  sha256: Digest,
  { requestId, deferrals }: Pick<ManualRequest, 'requestId' | 'deferrals'>,
): string {
  return sha256(JSON.stringify(['request', requestId, deferrals])).slice(0, 16);
}

/**
 * Brings every request in line with the Journal: one whose rotation was created before a crash could say so is admitted, one
 * whose rotation came to an outcome is finished, one whose rotation was deferred, or never written down, is open again.
 */
export async function followRequests(deps: FollowDeps): Promise<void> {
  const { requests } = await deps.operator.read();
  const moves = new Map<string, RequestMove>();
  for (const request of requests) {
    const to = await nextState(deps, request);
    if (to !== null) moves.set(request.requestId, { from: request.state.kind, to });
  }
  if (moves.size === 0) return;
  await deps.operator.update((state) => ({ next: moveRequests(state, moves), result: null }));
}

async function nextState(deps: FollowDeps, request: ManualRequest): Promise<RequestState | null> {
  const at = deps.clock.now();
  switch (request.state.kind) {
    case 'open': {
      const rotationId = requestRotationId(deps.sha256, request);
      const stored = await deps.journal.read(rotationId);
      return stored === null ? null : { kind: 'admitted', rotationId, at };
    }
    case 'admitted': {
      const { rotationId } = request.state;
      const stored = await deps.journal.read(rotationId);
      if (stored === null) return isAwaited(request.state, at) ? null : { kind: 'open' };
      if (!isOver(stored)) return null;
      return isDeferred(stored) ? { kind: 'open' } : { kind: 'finished', rotationId, at };
    }
    case 'finished':
    case 'refused':
      return null;
  }
}

/** Whoever let the rotation in may still be about to write it down; later than that nobody will. */
function isAwaited({ at }: { readonly at: Date }, now: Date): boolean {
  return now.getTime() < at.getTime() + recordGrace;
}

/** Over once nothing of its place in the Admission is left; a hold may last for days, so it counts as an outcome at once. */
function isOver({ record, entries }: StoredRotation): boolean {
  return replay(record, entries).closed;
}

function isDeferred({ record, entries }: StoredRotation): boolean {
  return outcomeOf(replay(record, entries)) === null;
}
