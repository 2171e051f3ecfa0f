import type { Fingerprint } from './certificate.ts';
import type { Endpoint } from './listener.ts';
import type { ClientAuth, FailureReason, KeyOffer, Observation, Trust } from './observation.ts';

/** One handshake of the matrix: endpoint × server name × offered key type. */
export interface Cell {
  readonly endpoint: Endpoint;
  readonly serverName: string | null;
  readonly keyType: KeyOffer;
  /**
   * The identity that the client presents, null: none. Left out where client authentication is not what the cell asks about: such a
   * cell offers no certificate and takes whatever protocol both sides know.
   */
  readonly client?: string | null | undefined;
  /** Offers nothing newer, as that tells more of client authentication. */
  readonly newest?: 'TLSv1.2' | undefined;
}

/** What a cell showed, reduced to what a verdict compares. */
export type Sight =
  | {
      readonly kind: 'served';
      readonly fingerprint256: Fingerprint;
      readonly trust: Trust;
      readonly nameCovered: boolean | null;
      readonly clientAuth: ClientAuth;
      /** Distinguished names of the CAs that the CertificateRequest named; left out where nothing was told. */
      readonly caNames?: readonly string[] | undefined;
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
  | 'client-refused'
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
  'client-refused',
]);

export function blamesCandidate(mismatch: Mismatch): boolean {
  return candidateFaults.has(mismatch.kind);
}

export function sightOf(observation: Observation): Sight {
  if (observation.kind === 'failed') return { kind: 'failed', reason: observation.reason };
  const { leaf, trust, nameCovered, clientAuth, caNames } = observation;
  const told = caNames === null || caNames.length === 0 ? {} : { caNames };
  return {
    kind: 'served',
    fingerprint256: leaf.fingerprint256,
    trust,
    nameCovered,
    clientAuth,
    ...told,
  };
}
