import type { KnownListener } from './inventory.ts';
import { loadBalancerKey } from './trial.ts';

/** How many additional certificates the listeners of each load balancer hold, which is what the quota counts. */
export function additionalCounts(listeners: readonly KnownListener[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { state } of listeners) {
    const key = loadBalancerKey(state.ref);
    const own = state.bound.filter(({ slot }) => slot === 'additional').length;
    counts.set(key, (counts.get(key) ?? 0) + own);
  }
  return counts;
}
