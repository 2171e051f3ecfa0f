import type { Endpoint } from '../domain/listener.ts';
import type { Observation, Probe } from '../domain/observation.ts';

/** Looks at what an endpoint really serves. */
export interface Prober {
  /** Whether the endpoint is inside this daemon's vantage. */
  reaches(endpoint: Endpoint): boolean;
  /** One fresh handshake, no resumption. A failed handshake is a value; rejects only when aborted. */
  observe(probe: Probe, signal: AbortSignal): Promise<Observation>;
}
