import type { Certificate, Fingerprint, Millis, StoreSite } from './certificate.ts';
import type { Slot } from './listener.ts';
import type { Rejection } from './planning.ts';
import type { CandidateAllowance } from './policy.ts';

/** What the checks ask about: the bound certificate, the listener it sits on and what its policy allows. */
export interface Question {
  readonly bound: Certificate;
  /** Left out: a slot of server certificates. */
  readonly slot?: Slot | undefined;
  /** A person takes a rotation back: what was bound before is good enough again, whatever a renewal would have to be. */
  readonly isUndo?: boolean | undefined;
  /** The store the listener's load balancer reads. */
  readonly site: StoreSite;
  /** Every certificate on the listener, in any slot, as far as it is known. */
  readonly onListener: readonly Pick<Certificate, 'id' | 'fingerprint256'>[];
  readonly allow: CandidateAllowance;
  readonly minimumGain: Millis;
  /** A candidate with less life left than this would be critical the day it is bound. */
  readonly critical: Millis;
  /** Why this leaf is quarantined for the listener; null when it is not. */
  readonly quarantined: (fingerprint: Fingerprint) => Quarantine | null;
  /** The certificate to use for a leaf that the store holds more than once. */
  readonly preferredCopy: (candidate: Certificate) => Certificate;
  readonly now: Date;
}

/** Why a leaf is not used for a while. */
export interface Quarantine {
  readonly until: Date;
  /** The rotation in which it failed, and why. */
  readonly rotationId: string;
  readonly reason: string;
  /** Whether the leaf itself was at fault, so that no listener tries it. */
  readonly everywhere: boolean;
}

/** The sentence is made only for those who read it: a store holds thousands of certificates that nobody asks about. */
export interface Objection {
  readonly reason: Rejection['reason'];
  readonly detail: () => string;
  /** What the sentence names, in its order. */
  readonly about: () => readonly string[];
}

/** Null: nothing to object to. A fact the store did not tell is an objection wherever the check needs it. */
export type Check = (question: Question, candidate: Certificate) => Objection | null;

/** An objection, its sentence made when somebody reads it. */
export function no(
  reason: Rejection['reason'],
  detail: () => string,
  about: () => readonly string[] = nothing,
): Objection {
  return { reason, detail, about };
}

function nothing(): readonly string[] {
  return [];
}

/** A fact that the check needs and nobody told: of the candidate, or of the bound certificate it is compared with. */
export function unknown(fact: string, ofCandidate: boolean): Objection {
  return no(
    'facts-unknown',
    () =>
      ofCandidate
        ? `the store does not tell ${fact}`
        : `${fact} of the bound certificate is not known, so nothing can be compared with it`,
    () => [fact, ofCandidate ? 'candidate' : 'bound'],
  );
}
