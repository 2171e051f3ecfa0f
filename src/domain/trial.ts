import type { Admission, CandidateState, InFlight } from './admission.ts';
import type { Fingerprint } from './certificate.ts';
import type { ListenerRef } from './listener.ts';
import type { RotationPlan } from './plan.ts';

/** The name a candidate has in the Admission. */
export function candidateOf(plan: Pick<RotationPlan, 'to'>): Fingerprint {
  return plan.to.fingerprint256 ?? plan.to.id;
}

/** A load balancer's name in the Admission. */
export function loadBalancerKey(ref: ListenerRef): string {
  return [ref.account, ref.region, ref.product, ref.loadBalancerId].join('/');
}

/**
 * Where the Admission keeps what one listener alone has seen of a candidate: when it was committed there, or until when
 * it is left alone after it failed without being the candidate's fault. Other listeners are not affected.
 */
export function onListener(candidate: Fingerprint, listener: string): string {
  return `${candidate}@${listener}`;
}

/** The listener of such a key; null for the key of a candidate itself. */
export function listenerOf(key: string): string | null {
  const mark = key.indexOf('@');
  return mark < 0 ? null : key.slice(mark + 1);
}

/** The rotations at work. One that waits for an operator keeps its place in the document until it is resolved, but uses none. */
export function running(admission: Admission): readonly InFlight[] {
  return admission.inFlight.filter((entry) => !isHeld(admission, entry));
}

/** A rotation towards this candidate that waits for an operator: it pauses all others. */
export function heldTowards(admission: Admission, candidate: Fingerprint): InFlight | null {
  const held = admission.inFlight.find(
    (entry) => entry.candidate === candidate && isHeld(admission, entry),
  );
  return held ?? null;
}

/** Where the candidate's trial stands. Null: untested, as after an ended quarantine or a canary that runs no more. */
export function trialOf(
  admission: Admission,
  candidate: Fingerprint,
  now: Date,
): CandidateState | null {
  const state = admission.candidates[candidate] ?? null;
  switch (state?.kind) {
    case undefined:
      return null;
    case 'proven':
      return state;
    case 'quarantined':
      return state.until > now ? state : null;
    case 'canary': {
      const { rotationId } = state;
      return admission.inFlight.some((entry) => entry.rotationId === rotationId) ? state : null;
    }
  }
}

function isHeld(admission: Admission, { listener, rotationId }: InFlight): boolean {
  return admission.holds[listener]?.rotationId === rotationId;
}
