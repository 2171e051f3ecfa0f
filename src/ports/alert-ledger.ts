import type { AlertState } from '../domain/alert.ts';
import type { SinkState } from '../domain/sink-state.ts';

/**
 * What was seen and what was said, surviving restarts and shared by all replicas. Every method rejects with
 * `store.unavailable` when the backend cannot be reached and may then be repeated.
 */
export interface AlertLedger {
  /** Every state, over and done ones too, in no particular order. */
  all(): Promise<readonly AlertState[]>;
  /**
   * Reads, asks `decide`, writes; starts again when another writer was first. `decide` must be pure: it may run several times.
   * Returning what it was given writes nothing. Resolves to the state as it is now.
   */
  change(
    key: string,
    decide: (current: AlertState | null) => AlertState | null,
  ): Promise<AlertState | null>;
  /** Removes a state if it is still exactly as `forgettable` wants it; absent is fine. */
  forget(key: string, forgettable: (current: AlertState) => boolean): Promise<void>;
  /** How a sink is doing; a new one's state when it was never used. */
  sink(name: string): Promise<SinkState>;
  /** As `change`, for a sink. */
  changeSink(name: string, decide: (current: SinkState) => SinkState): Promise<SinkState>;
}
