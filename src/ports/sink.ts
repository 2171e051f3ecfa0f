import type { AlertBatch } from '../domain/alert.ts';

export type DeliveryResult =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'retry'; readonly afterMs: number | null; readonly reason: string }
  | { readonly kind: 'rejected'; readonly reason: string };

/** One place where alerts go. */
export interface Sink {
  readonly name: string;
  readonly kind: string;
  /** `notify` gets each announcement once; `state` is told again until resolved. */
  readonly style: 'notify' | 'state';
  readonly limits: { readonly bytes: number; readonly perMinute: number };
  /**
   * Sends one batch. `key` is the same for every repeat of the same content, so that a receiver can drop repeats.
   * Never throws for the receiver's faults: they are values. Rejects only when aborted.
   */
  deliver(batch: AlertBatch, key: string, signal: AbortSignal): Promise<DeliveryResult>;
}

/** The dead man's switch: somebody outside notices when this stops being called. */
export interface Heartbeat {
  beat(signal: AbortSignal): Promise<DeliveryResult>;
}
