import type { Fingerprint } from './certificate.ts';

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

/** The one document that decides what may run now, over all replicas. Keys: listener key; candidate fingerprint. */
export interface Admission {
  readonly inFlight: readonly InFlight[];
  readonly candidates: Readonly<Record<Fingerprint, CandidateState>>;
  readonly holds: Readonly<Record<string, Hold>>;
}

export const emptyAdmission: Admission = { inFlight: [], candidates: {}, holds: {} };
