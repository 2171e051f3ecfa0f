import type { Fingerprint } from './certificate.ts';
import type { Slot } from './listener.ts';
import type { RecordedSlots } from './plan.ts';

/** What one endpoint showed when a person was about to be asked. */
export interface ServedNow {
  readonly zone: string;
  /** `address:port`. */
  readonly address: string;
  readonly serverName: string | null;
  /** Null when it showed no leaf; then `reason` says why. */
  readonly fingerprint256: Fingerprint | null;
  readonly reason: string | null;
}

/** All that a person needs who has to put a listener right by hand. */
export interface Situation {
  /** The slots that the plan changes. */
  readonly touched: readonly Slot[];
  /** Null when the listener cannot be read. */
  readonly bound: RecordedSlots | null;
  readonly before: RecordedSlots;
  readonly intended: RecordedSlots;
  readonly served: readonly ServedNow[];
  /** The last code of the cloud, or ours where it gave none; null when no call failed. */
  readonly code: string | null;
}
