import type { Endpoint } from '../domain/listener.ts';
import type { Observation, Probe } from '../domain/observation.ts';

/** Looks at what an endpoint really serves. */
export interface Prober {
  /** Handshakes a second with one load balancer; null when they are not limited. */
  readonly perLoadBalancerPerSecond: number | null;
  /** Whether the endpoint is inside this daemon's vantage. */
  reaches(endpoint: Endpoint): boolean;
  /** One fresh handshake, no resumption. A failed handshake is a value; rejects only when aborted. */
  observe(probe: Probe, signal: AbortSignal): Promise<Observation>;
}
