import type { ErrorCode } from './errors.ts';
import type { RecordedSlots, RotationPlan } from './plan.ts';
import type { Matrix, Verification } from './verification.ts';

/** Who or what asked for the rotation. */
export type Trigger =
  | { readonly kind: 'schedule'; readonly emergency: boolean }
  | {
      readonly kind: 'manual';
      readonly requestId: string;
      readonly requestedBy: string;
      readonly reason: string;
      readonly ignoreWindow: boolean;
    };

/** What is known of a rotation besides its Journal. Written once, before the first entry. */
export interface RotationRecord {
  readonly id: string;
  readonly plan: RotationPlan;
  readonly trigger: Trigger;
  readonly policy: string;
  readonly canary: boolean;
  readonly admittedAt: Date;
}

export type Direction = 'swap' | 'restore';

/** Names one write: which step, which way, which attempt. */
export interface Write {
  readonly step: number;
  readonly direction: Direction;
  readonly attempt: number;
}

/** Why a rotation ended without touching anything. */
export type RefusalReason =
  | 'listener-gone'
  | 'listener-not-running'
  | 'listener-changed'
  | 'owned-elsewhere'
  | 'policy-forbids'
  | 'frozen'
  | 'on-hold'
  | 'candidate-gone'
  | 'candidate-quarantined'
  | 'blind'
  | 'cloud-refused'
  | 'found-done-unproven';

/** Why a person must look. */
export type OperatorReason =
  | 'someone-else-writes'
  | 'settings-changed'
  | 'restore-failed'
  | 'restore-unproven'
  | 'old-certificate-unusable'
  | 'landed-unproven'
  | 'listener-gone'
  | 'job-never-ended';

/** How a failed write or wait is told: our code, the cloud's own, and its request id. */
export interface CallFailure {
  readonly code: ErrorCode;
  readonly cloudCode: string | null;
  readonly requestId: string | null;
}

/** One thing that happened, in order. Entries are facts; what follows from them is `nextAction`'s business. */
export type JournalEvent =
  | {
      readonly kind: 'baseline';
      readonly matrix: Matrix;
      readonly blind: readonly string[];
      readonly version: string;
    }
  | { readonly kind: 'landed'; readonly slots: RecordedSlots; readonly version: string }
  | ({ readonly kind: 'intended'; readonly token: string } & Write)
  | ({
      readonly kind: 'called';
      readonly ticket: string;
      readonly requestId: string | null;
    } & Write)
  | ({
      readonly kind: 'call-failed';
      readonly failure: CallFailure;
      readonly definite: boolean;
    } & Write)
  | ({ readonly kind: 'step-failed'; readonly failure: CallFailure } & Write)
  | ({ readonly kind: 'settled'; readonly found: boolean } & Write)
  | {
      readonly kind: 'verified';
      readonly direction: Direction;
      readonly step: number;
      readonly verification: Verification;
    }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly detail: string }
  | { readonly kind: 'committed'; readonly foundDone: boolean }
  | { readonly kind: 'rolled-back'; readonly blamesCandidate: boolean }
  | {
      readonly kind: 'needs-operator';
      readonly reason: OperatorReason;
      readonly detail: string;
      readonly bound: RecordedSlots | null;
      readonly failure: CallFailure | null;
    }
  | {
      readonly kind: 'resolved';
      readonly as: 'old' | 'new' | 'other';
      readonly by: string;
      readonly note: string;
    }
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'looked-again';
      readonly afterMs: number;
      readonly verification: Verification;
    };

/** An event as journaled. `id` makes a repeated append recognisable. */
export type JournalEntry = JournalEvent & { readonly id: string; readonly at: Date };

export type Outcome = 'committed' | 'rolled-back' | 'refused' | 'needs-operator';

export type Phase =
  | 'admitted'
  | 'baselined'
  | 'swapping'
  | 'verifying'
  | 'restoring'
  | 'verifying-restore'
  | 'finished'
  | 'closed';
