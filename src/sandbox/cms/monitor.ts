import { createHash } from 'node:crypto';

/** An event as CloudMonitor keeps it. */
export interface CustomEvent {
  readonly id: string;
  readonly region: string;
  readonly name: string;
  /** `0` is no application group. */
  readonly groupId: string;
  readonly content: string;
  /** Milliseconds since 1970, as are all times here. */
  readonly time: number;
  readonly receivedAt: number;
}

/** A measurement as it was reported, its name and dimensions made fit. */
export interface CustomMetric {
  readonly region: string;
  readonly name: string;
  readonly groupId: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly kind: 'raw' | 'aggregated';
  /** Seconds; null for raw values. */
  readonly period: number | null;
  readonly values: Readonly<Record<string, number>>;
  readonly time: number;
  readonly receivedAt: number;
}

const kept = 20_000;

/** What CloudMonitor was told, in order of arrival; the oldest goes first when there is too much. */
export class Monitor {
  #events: readonly CustomEvent[] = [];
  #metrics: readonly CustomMetric[] = [];
  #count = 0;

  addEvents(events: readonly Omit<CustomEvent, 'id'>[]): void {
    const numbered = events.map((event) => ({ ...event, id: this.#nextId() }));
    this.#events = [...this.#events, ...numbered].slice(-kept);
  }

  addMetrics(metrics: readonly CustomMetric[]): void {
    this.#metrics = [...this.#metrics, ...metrics].slice(-kept);
  }

  events(): readonly CustomEvent[] {
    return this.#events;
  }

  metrics(): readonly CustomMetric[] {
    return this.#metrics;
  }

  #nextId(): string {
    this.#count += 1;
    return createHash('md5').update(`event ${this.#count}`).digest('hex');
  }
}
