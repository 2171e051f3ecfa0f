import type { Admission } from '../domain/admission.ts';
import { replay } from '../domain/evolve.ts';
import { listenerKey } from '../domain/listener.ts';
import { outcomeOf, type Rotation } from '../domain/rotation-state.ts';
import { type RequestDeps, type Submitted, submitRequest } from './request.ts';

/** Who wants a committed rotation taken back, and why. */
export interface Rollback {
  readonly rotationId: string;
  readonly requestedBy: string;
  readonly reason: string;
  readonly ignoreWindow: boolean;
}

/**
 * Asks for the certificates of a committed rotation the other way round: a rotation of its own, under the same policy and the same
 * proof. Refused, with a reason for the requester, unless it is the last one of its listener. Null: nobody knows the rotation.
 */
export async function requestRollback(
  deps: RequestDeps,
  { rotationId, ...wanted }: Rollback,
): Promise<Submitted | null> {
  const found = await deps.journal.read(rotationId);
  if (found === null) return null;
  const rotation = replay(found.record, found.entries);
  const objection = objectionTo(rotation, await deps.admission.read());
  if (objection !== null) return { kind: 'refused', reason: objection };
  const { plan } = rotation.record;
  return submitRequest(deps, {
    ...wanted,
    listener: listenerKey(plan.ref),
    slot: plan.steps[0]?.slot ?? 'default',
    from: plan.to.id,
    to: plan.from.id,
    undoes: rotationId,
  });
}

function objectionTo(rotation: Rotation, admission: Admission): string | null {
  const { record, closed } = rotation;
  const outcome = outcomeOf(rotation);
  if (outcome !== 'committed')
    return `only a committed rotation can be taken back, this one ${outcome === null ? 'has no outcome' : `is ${outcome}`}`;
  if (!closed) return 'the rotation is just being closed: try again in a minute';
  const last = admission.commits?.[listenerKey(record.plan.ref)];
  return last === undefined || last.rotationId === record.id
    ? null
    : `rotation ${last.rotationId} has changed the listener since: take that one back first`;
}
