import type { CertificateId } from './certificate.ts';
import type { ListenerRef, Slot } from './listener.ts';
import type { RotationPlan } from './plan.ts';
import type { Mode } from './policy.ts';

/** Why a certificate may not replace the bound one. The order of the checks is in candidate.ts. */
export type RejectionReason =
  | 'same-leaf'
  | 'other-site'
  | 'not-yet-valid'
  | 'issued-too-recently'
  | 'no-gain'
  | 'expired'
  | 'revoked'
  | 'missing-name'
  | 'self-signed'
  | 'other-issuer'
  | 'other-key-type'
  | 'key-too-small'
  | 'already-bound'
  | 'quarantined'
  | 'not-a-ca'
  | 'facts-unknown';

export interface Rejection {
  readonly candidate: CertificateId;
  readonly reason: RejectionReason;
  /** What the operator reads, e.g. `does not answer for www.example.com`. */
  readonly detail: string;
  /** What the sentence names, in its order and in no language: names, ids, instants. For those who say it in another one. */
  readonly about?: readonly string[] | undefined;
}

/** Why a whole binding has no plan, apart from its candidates. */
export type PlanRefusal =
  | 'no-candidate'
  | 'owned-elsewhere'
  | 'on-hold'
  | 'not-running'
  | 'expiry-unknown'
  | 'no-way-back'
  | 'quota'
  | 'reverted';

/** Why a plan may not start now. Waiting is a readable reason, never an outcome. */
export type WaitReason =
  | 'observe-mode'
  | 'approval'
  | 'window'
  | 'freeze'
  | 'not-due'
  | 'hold'
  | 'canary'
  | 'soak'
  | 'concurrency'
  | 'load-balancer-busy'
  | 'paused'
  | 'clock-skew';

export interface Wait {
  readonly reason: WaitReason;
  readonly detail: string;
  /** When it ends by itself, where that is known. */
  readonly until: Date | null;
}

export interface PlannedRotation {
  readonly plan: RotationPlan;
  readonly policy: string;
  readonly mode: Mode;
  /** Null: it may start now. */
  readonly waitsFor: Wait | null;
  /** Earliest instant it can start as far as is known; null when a person must act first. */
  readonly startsAt: Date | null;
  readonly emergency: boolean;
  readonly canary: boolean;
  /** Why this certificate is to come, and what is done when it cannot be proven: sentences. */
  readonly because: string;
  readonly onFailure: string;
  /** The certificates that were passed over, the nearest first. */
  readonly others: readonly Pick<Rejection, 'candidate' | 'detail'>[];
}

export interface RefusedBinding {
  readonly ref: ListenerRef;
  readonly slot: Slot;
  readonly certificateId: CertificateId;
  readonly reason: PlanRefusal;
  readonly detail: string;
  readonly rejections: readonly Rejection[];
}

/** What would be done, and what cannot be and why. */
export interface Planning {
  readonly plans: readonly PlannedRotation[];
  readonly refused: readonly RefusedBinding[];
}
