import type { Millis } from '../domain/certificate.ts';

/** Something that happened, as a monitoring service of the cloud takes it. */
export interface MonitorEvent {
  /** Rules there are made for a name. */
  readonly name: string;
  readonly content: string;
  readonly at: Date;
}

/** One measured value. */
export interface MonitorValue {
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly at: Date;
}

/** The monitoring service of one cloud account and region. */
export interface Monitor {
  readonly limits: {
    readonly eventsPerCall: number;
    readonly valuesPerCall: number;
    /** The period that values are reported for. */
    readonly period: Millis;
  };
  /**
   * Reports events in one call, which is not repeated. Rejects with a `NewleafError`, or with the signal's reason; what was
   * reported twice is there twice.
   */
  putEvents(events: readonly MonitorEvent[], signal: AbortSignal): Promise<void>;
  /** As `putEvents`. The same value for the same period takes the place of the one before. */
  putValues(values: readonly MonitorValue[], signal: AbortSignal): Promise<void>;
}
