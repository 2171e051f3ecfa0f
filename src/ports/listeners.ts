import type { CertificateId, Certificate, StoreSite } from '../domain/certificate.ts';
import type { Missing } from '../domain/inventory.ts';
import type { ListenerRef, ListenerState, Product } from '../domain/listener.ts';
import type { Step } from '../domain/plan.ts';

export interface ProductLimits {
  /** Certificate ids that one bind or unbind call may carry. */
  readonly idsPerCall: number;
  readonly additionalPerLoadBalancer: number;
  /** How many certificates the default slot holds: one, or an RSA and ECDSA pair. */
  readonly defaults: 1 | 2;
}

export type Discovery =
  | { readonly kind: 'listener'; readonly state: ListenerState }
  | { readonly kind: 'missing'; readonly missing: Missing };

/** The TLS listeners of one product in one account. */
export interface Listeners {
  readonly account: string;
  readonly product: Product;
  readonly limits: ProductLimits;
  /** Every TLS listener of a region, all pages, all slots. What cannot be read is told as `missing`; throws only on abort. */
  discover(region: string, signal: AbortSignal): AsyncIterable<Discovery>;
  /** A fresh reading of one listener; null when it no longer exists. Throws the cloud's error otherwise. */
  read(ref: ListenerRef, signal: AbortSignal): Promise<ListenerState | null>;
  /** The regions the account can use for this product. */
  regions(signal: AbortSignal): Promise<readonly string[]>;
  /** The last clock difference seen, cloud minus ours in milliseconds; null before the first reply. */
  skewMs(): number | null;
}

/** A write that the cloud took: how to follow it, and its request id for the audit. */
export interface Ticket {
  /** Opaque; survives a restart as text. */
  readonly job: string;
  readonly requestId: string | null;
}

export type Progress =
  | { readonly kind: 'pending' }
  | { readonly kind: 'done' }
  /** The job is not known (any more): only the listener can tell. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'failed'; readonly detail: string };

/** Changes certificates on listeners of one owner. */
export interface BindingWriter {
  /**
   * Starts one change. Same token and same change: safe to repeat, the cloud answers as the first time. Everything the step
   * does not name is left as it is; client authentication is sent as recorded in `was`.
   */
  start(was: ListenerState, step: Step, token: string, signal: AbortSignal): Promise<Ticket>;
  progress(was: ListenerState, job: string, signal: AbortSignal): Promise<Progress>;
}

/** The certificates of one store site in one account. Never returns a private key. */
export interface CertificateStore {
  readonly account: string;
  readonly site: StoreSite;
  /** Every certificate, expired ones too, all pages. */
  list(signal: AbortSignal): AsyncIterable<Certificate>;
  /** The certificate with exact dates where the account may ask for them; null when the store does not have it. */
  resolve(id: CertificateId, signal: AbortSignal): Promise<Certificate | null>;
  /**
   * The CA certificates that listeners name, each under the listener's own id, unaltered. An id that no list shows is left out. A
   * list that cannot be read is told as `missing` and the others answer; rejects only when aborted.
   */
  authorities(ids: readonly CertificateId[], signal: AbortSignal): Promise<Authorities>;
}

/** CA certificates, and what could not be read while looking for them. */
export interface Authorities {
  readonly certificates: readonly Certificate[];
  readonly missing: readonly Missing[];
}

/** What came of trying one action of the cloud, changing nothing. */
export interface ActionTrial {
  /** The API's name, e.g. `ListListeners`. */
  readonly action: string;
  /** What a RAM policy has to allow, e.g. `nlb:ListListeners`. */
  readonly ramAction: string;
  /** `failed`: no answer, or one that says nothing about the permission. */
  readonly verdict: 'permitted' | 'denied' | 'failed' | 'skipped';
  /** The cloud's own code where it gave one, else ours; null when it answered as asked, or was not asked. */
  readonly code: string | null;
  readonly detail: string;
}

export interface TrialOptions {
  readonly region: string;
  /** Whether the actions that rotations need are tried too: the writes as dry runs, and the questions about their jobs. */
  readonly writes: boolean;
  /** Whether certificates are asked for exact dates, which is a permission of its own. */
  readonly details: boolean;
}

/** The parts of one configured cloud account. */
export interface CloudAccount {
  readonly name: string;
  /** Configured regions, or null for all that the account can use. */
  readonly regions: readonly string[] | null;
  readonly listeners: Listeners;
  readonly writer: BindingWriter;
  stores(site: StoreSite): CertificateStore;
  /** Who the credentials belong to, for `doctor` and the audit. */
  identity(signal: AbortSignal): Promise<{ readonly accountId: string; readonly arn: string }>;
  /**
   * Tries every action that newleaf calls, once each, for `doctor`. Changes nothing: writes are dry runs of what already is.
   * A refused or unanswered call is a value; rejects only when aborted.
   */
  tryActions(options: TrialOptions, signal: AbortSignal): Promise<readonly ActionTrial[]>;
}
