import type { Fingerprint } from './certificate.ts';
import type { Endpoint } from './listener.ts';
import type { ClientAuth, FailureReason, KeyOffer, Observation, Trust } from './observation.ts';

/** One handshake of the matrix: endpoint × server name × offered key type. */
export interface Cell {
  readonly endpoint: Endpoint;
  readonly serverName: string | null;
  readonly keyType: KeyOffer;
}

/** What a cell showed, reduced to what a verdict compares. */
export type Sight =
  | {
      readonly kind: 'served';
      readonly fingerprint256: Fingerprint;
      readonly trust: Trust;
      readonly nameCovered: boolean | null;
      readonly clientAuth: ClientAuth;
    }
  | { readonly kind: 'failed'; readonly reason: FailureReason };

export interface SeenCell {
  readonly cell: Cell;
  readonly sight: Sight;
}

export type Matrix = readonly SeenCell[];

export type MismatchKind =
  | 'stale'
  | 'wrong-leaf'
  | 'untrusted'
  | 'name-not-covered'
  | 'client-auth-changed'
  | 'not-answering';

/** One cell that is not as expected. Only some kinds can be the candidate's own fault. */
export interface Mismatch {
  readonly kind: MismatchKind;
  readonly zone: string;
  readonly address: string;
  readonly serverName: string | null;
  readonly expected: Fingerprint | null;
  readonly served: Fingerprint | null;
  readonly detail: string | null;
  /** Whether the cell is in a worse state than at the baseline, not merely another one. */
  readonly worse: boolean;
}

export type Verification =
  | { readonly verdict: 'proven'; readonly cells: number; readonly rounds: number }
  | {
      readonly verdict: 'disproven';
      readonly mismatches: readonly Mismatch[];
      readonly rounds: number;
    };

/** Kinds that no other listener would see differently with the same candidate: they quarantine it. */
const candidateFaults: ReadonlySet<MismatchKind> = new Set([
  'wrong-leaf',
  'untrusted',
  'name-not-covered',
]);

export function blamesCandidate(mismatch: Mismatch): boolean {
  return candidateFaults.has(mismatch.kind);
}

export function sightOf(observation: Observation): Sight {
  if (observation.kind === 'failed') return { kind: 'failed', reason: observation.reason };
  return {
    kind: 'served',
    fingerprint256: observation.leaf.fingerprint256,
    trust: observation.trust,
    nameCovered: observation.nameCovered,
    clientAuth: observation.clientAuth,
  };
}
