import type { AlertBatch } from '../domain/alert.ts';
import type { AuditHead } from '../domain/audit.ts';
import type { Millis } from '../domain/certificate.ts';

/** Why a send failed, in words fit for people and logs: never an address, a key or what the receiver wrote. */
export type SendFailure =
  /** Worth trying again; `afterMs` is the pause that the receiver named. */
  | { readonly kind: 'retry'; readonly afterMs: Millis | null; readonly reason: string }
  /**
   * Trying the same again at once is useless. `blames: 'message'` when this content was refused and another may pass;
   * `sink` when the receiver takes nothing from us (wrong secret, wrong address).
   */
  | { readonly kind: 'rejected'; readonly blames: 'message' | 'sink'; readonly reason: string };

/** `taken`: how many announcements, from the front of the batch, the receiver has accepted; at least one. */
export type DeliveryResult = { readonly kind: 'accepted'; readonly taken: number } | SendFailure;

interface SinkLimits {
  /** The longest one message may be; the sink takes as many announcements from the front of a batch as fit. */
  readonly bytes: number;
  readonly perMinute: number;
}

/** One place where alerts go. */
export interface Sink {
  readonly name: string;
  readonly kind: string;
  /** `notify` gets each announcement once; `state` is told again until resolved. */
  readonly style: 'notify' | 'state';
  /** Of a `state` sink that forgets: how often what fires is told again. Left out, the receiver keeps what it was told. */
  readonly refreshEvery?: Millis | undefined;
  readonly limits: SinkLimits;
  /**
   * Sends one batch, or as much of its front as one message may hold. Each announcement carries its id, the same on every
   * repeat, so that the receiver can drop repeats. The receiver's faults are values; rejects only when aborted.
   */
  deliver(batch: AlertBatch, signal: AbortSignal): Promise<DeliveryResult>;
}

/** The dead man's switch: somebody outside notices when this stops being called. */
export interface Heartbeat {
  /** One call, with where the audit ends, so that it stands outside too. The receiver's faults are values; rejects only when aborted. */
  beat(audit: AuditHead, signal: AbortSignal): Promise<{ readonly kind: 'accepted' } | SendFailure>;
}
