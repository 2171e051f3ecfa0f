import type { Millis } from './certificate.ts';
import type { ErrorCode } from './errors.ts';
import type { RecordedSlots, RotationPlan } from './plan.ts';
import type { ServedNow } from './situation.ts';
import type { WaitReason } from './planning.ts';
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
      /** The committed rotation that this one takes back. */
      readonly undoes?: string | undefined;
    };

/** What is known of a rotation besides its Journal. Written once, before the first entry. */
export interface RotationRecord {
  readonly id: string;
  readonly plan: RotationPlan;
  readonly trigger: Trigger;
  readonly policy: string;
  readonly canary: boolean;
  readonly admittedAt: Date;
  /** What people recognise the listener by. */
  readonly listener: {
    readonly loadBalancerName: string;
    readonly description: string;
    readonly port: number;
    /** Left out by a release that did not note them. */
    readonly tags?: Readonly<Record<string, string>> | undefined;
  };
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
  | 'candidate-gone'
  | 'facts-unknown'
  | 'blind'
  | 'shadowed'
  | 'cloud-refused';

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

/** One thing that happened, in order. Entries are facts; what follows from them is the business of `nextAction`. */
export type JournalEvent =
  | {
      readonly kind: 'baseline';
      readonly matrix: Matrix;
      /** Addresses that could not be looked at, `zone address:port`. */
      readonly blind: readonly string[];
      /** The settings mark that must still hold after every step. */
      readonly version: string;
    }
  /** The slots already held the plan's target before we recorded any result of ours. */
  | { readonly kind: 'landed'; readonly blind: readonly string[] }
  | ({ readonly kind: 'intended'; readonly token: string } & Write)
  /** Another run goes on from an intent that it did not write: the write may have been sent, and whoever may have sent it is out. */
  | { readonly kind: 'resumed' }
  | ({ readonly kind: 'called'; readonly job: string; readonly requestId: string | null } & Write)
  /** `definite`: the cloud said that nothing was written; otherwise the write may still land. */
  | ({
      readonly kind: 'call-failed';
      readonly failure: CallFailure;
      readonly definite: boolean;
    } & Write)
  /** The cloud took the write and its job then failed. */
  | ({ readonly kind: 'job-failed'; readonly detail: string } & Write)
  /** The listener reads as this write wants it. `found`: it already did before we sent it. */
  | ({ readonly kind: 'settled'; readonly found: boolean } & Write)
  /** `oldUsable`: whether the old leaf was worth going back to when the verdict fell. */
  | {
      readonly kind: 'verified';
      readonly direction: Direction;
      readonly step: number;
      readonly verification: Verification;
      readonly oldUsable: boolean;
    }
  /** The slot left the restored state again before the rollback closed: a late write of ours landed. */
  | { readonly kind: 'relapsed'; readonly step: number }
  /** It may not start now: it ends without an outcome and will be planned again. */
  | { readonly kind: 'deferred'; readonly reason: WaitReason; readonly detail: string }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly detail: string }
  | { readonly kind: 'committed'; readonly foundDone: boolean }
  | { readonly kind: 'rolled-back'; readonly blamesCandidate: boolean }
  | {
      readonly kind: 'needs-operator';
      readonly reason: OperatorReason;
      readonly detail: string;
      readonly bound: RecordedSlots | null;
      /** What the endpoints showed then; left out where nobody could look. */
      readonly served?: readonly ServedNow[] | undefined;
    }
  | {
      readonly kind: 'resolved';
      readonly as: 'old' | 'new' | 'other';
      readonly by: string;
      readonly note: string;
    }
  /** Everything that the outcome causes has been applied. */
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'looked-again';
      readonly after: Millis;
      readonly verification: Verification;
    };

/** An event as journaled. `id` makes a repeated append recognisable. */
export type JournalEntry = JournalEvent & { readonly id: string; readonly at: Date };

export type Outcome = 'committed' | 'rolled-back' | 'refused' | 'needs-operator';

export type Phase =
  | 'admitted'
  | 'swapping'
  | 'verifying'
  | 'restoring'
  | 'verifying-restore'
  | 'finished'
  | 'closed';
