import type { CertificateId, Fingerprint } from './certificate.ts';
import type { Slot } from './listener.ts';

/** What is known of a candidate from rotations already made towards it. A candidate not listed is untested. */
export type CandidateState =
  | { readonly kind: 'canary'; readonly rotationId: string }
  | { readonly kind: 'proven'; readonly since: Date }
  | {
      readonly kind: 'quarantined';
      readonly since: Date;
      readonly until: Date;
      readonly rotationId: string;
      readonly reason: string;
    };

export interface InFlight {
  readonly rotationId: string;
  readonly listener: string;
  readonly loadBalancer: string;
  readonly candidate: Fingerprint;
  readonly policy: string;
  readonly since: Date;
}

/** A listener that needs an operator: nothing plans it until someone resolves it. */
export interface Hold {
  readonly rotationId: string;
  readonly since: Date;
  readonly reason: string;
}

/** What the last committed rotation of a listener did, so that it shows when somebody undoes it. */
export interface Commit {
  readonly rotationId: string;
  readonly slot: Slot;
  readonly from: CertificateId;
  /** The leaf that was replaced: the same one under another id is the same revert. Null: the store did not tell. */
  readonly fromLeaf: Fingerprint | null;
  readonly to: CertificateId;
  readonly at: Date;
  /** Until when it is worth remembering. */
  readonly until: Date;
}

/** The one document that decides what may run now, over all replicas. Keys: listener key; candidate fingerprint. */
export interface Admission {
  readonly inFlight: readonly InFlight[];
  readonly candidates: Readonly<Record<Fingerprint, CandidateState>>;
  readonly holds: Readonly<Record<string, Hold>>;
  /**
   * By listener key, the last one of each listener; beside it, by `commitKey`, those of its other slots. Left out while no rotation has
   * been committed.
   */
  readonly commits?: Readonly<Record<string, Commit>> | undefined;
  /** By listener key, when the last rotation left the listener. Left out while none has. */
  readonly left?: Readonly<Record<string, Date>> | undefined;
}

export const emptyAdmission: Admission = { inFlight: [], candidates: {}, holds: {} };
