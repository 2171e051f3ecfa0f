import type { Certificate, CertificateId, Fingerprint, StoreSite } from './certificate.ts';
import type { ListenerRef, Slot } from './listener.ts';
import type { Severity } from './policy.ts';
import type { Rejection } from './planning.ts';
import type { OperatorReason, Outcome, RefusalReason } from './rotation.ts';
import type { Situation } from './situation.ts';
import type { Mismatch } from './verification.ts';

/** A binding as people recognise it. */
export interface BindingName {
  readonly ref: ListenerRef;
  readonly loadBalancerName: string;
  readonly listenerDescription: string;
  readonly port: number;
  readonly slot: Slot;
  /** What routes may choose by; left out where nobody assessed it. */
  readonly policy?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** Why a candidate may not be used. The words of `reason` in the store may be those of another release. */
export type ToldRejection = Omit<Rejection, 'reason'> & { readonly reason: string };

/** What newleaf will do about an expiring certificate, or the reason why it can do nothing. */
export type Outlook =
  | { readonly kind: 'rotates'; readonly to: CertificateId; readonly notBefore: Date | null }
  | { readonly kind: 'waits'; readonly reason: string }
  | {
      readonly kind: 'no-candidate';
      readonly rejections: readonly ToldRejection[];
    }
  | {
      readonly kind: 'not-ours';
      /** What to change instead, as a sentence. */
      readonly reason: string;
      /** Who manages it, in no language; left out by earlier releases. */
      readonly owner?: string | undefined;
    };

/** The facts of a problem, by kind. Text is made from them in src/messages. */
export type ProblemFacts =
  | {
      readonly kind: 'expiring' | 'expired';
      readonly account: string;
      readonly site: StoreSite;
      readonly certificate: Pick<Certificate, 'id' | 'label' | 'names' | 'fingerprint256'>;
      readonly notAfter: Date;
      readonly bindings: readonly BindingName[];
      readonly outlook: readonly Outlook[];
    }
  | {
      readonly kind: 'no-replacement';
      readonly account: string;
      readonly site: StoreSite;
      readonly certificate: Pick<Certificate, 'id' | 'label' | 'names' | 'fingerprint256'>;
      readonly notAfter: Date;
      readonly bindings: readonly BindingName[];
      readonly rejections: readonly ToldRejection[];
    }
  | {
      readonly kind: 'drift';
      readonly binding: BindingName;
      readonly zone: string;
      readonly address: string;
      readonly bound: Fingerprint | null;
      readonly served: Fingerprint;
    }
  | {
      readonly kind: 'unreachable';
      readonly binding: BindingName;
      readonly zone: string;
      readonly address: string;
      readonly reason: string;
      readonly lastServedAt: Date;
    }
  | {
      readonly kind: 'not-probed';
      readonly account: string;
      readonly vpcId: string | null;
      readonly listeners: number;
    }
  | {
      readonly kind: 'expiry-unknown';
      readonly account: string;
      readonly certificateId: CertificateId;
      readonly bindings: readonly BindingName[];
    }
  | {
      readonly kind: 'owned-elsewhere';
      readonly binding: BindingName;
      readonly owner: string;
      readonly notAfter: Date;
    }
  | {
      readonly kind: 'weak-tls-policy';
      readonly policy: string;
      /** One for each listener with this policy. */
      readonly bindings: readonly BindingName[];
    }
  | {
      readonly kind: 'quota-near';
      /** One of the load balancer. */
      readonly binding: BindingName;
      readonly used: number;
      readonly limit: number;
    }
  | {
      readonly kind: 'reverted';
      readonly binding: BindingName;
      /** The committed rotation that was undone. */
      readonly rotationId: string;
      readonly bound: CertificateId;
      /** What the rotation had bound. */
      readonly to: CertificateId;
      /** When it was committed. */
      readonly at: Date;
    }
  | {
      readonly kind: 'rotation';
      readonly rotationId: string;
      readonly binding: BindingName;
      readonly outcome: Outcome;
      readonly reason: RefusalReason | OperatorReason | null;
      readonly detail: string;
      readonly from: Pick<Certificate, 'id' | 'fingerprint256' | 'notAfter'>;
      readonly to: Pick<Certificate, 'id' | 'fingerprint256' | 'notAfter'>;
      readonly bound: readonly CertificateId[] | null;
      readonly mismatches: readonly Mismatch[];
      readonly requestId: string | null;
      /** Told when a person has to act. */
      readonly situation?: Situation | undefined;
    }
  | {
      readonly kind: 'approval-wanted';
      readonly binding: BindingName;
      readonly planHash: string;
      readonly from: CertificateId;
      readonly to: CertificateId;
      readonly notAfter: Date;
    }
  | {
      readonly kind: 'missing';
      readonly account: string;
      readonly region: string;
      readonly action: string;
      readonly code: string;
    }
  | {
      readonly kind: 'scan-stale';
      readonly lastSuccess: Date | null;
      readonly expectedEvery: number;
    }
  | { readonly kind: 'queue-stuck'; readonly queue: string; readonly oldest: Date }
  | {
      readonly kind: 'sink-failing';
      readonly sink: string;
      readonly since: Date;
      readonly reason: string;
    }
  | { readonly kind: 'clock-skew'; readonly skewMs: number; readonly against: 'store' | 'cloud' }
  | { readonly kind: 'store-not-durable'; readonly backend: string; readonly detail: string }
  /** Nothing is wrong: somebody tries whether a sink is heard. It is never kept. */
  | { readonly kind: 'test'; readonly sink: string; readonly by: string };

export type AlertKind = ProblemFacts['kind'];

/** A problem as seen now. The alert state decides whether, when and how often people hear of it. */
export interface Problem {
  /** Stable over thresholds, restarts and replicas, e.g. `expiring/main/cn-hangzhou/123-cn-hangzhou`. */
  readonly key: string;
  readonly severity: Severity;
  readonly facts: ProblemFacts;
}
