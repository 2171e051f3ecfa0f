import type { ListenerState } from '../../domain/listener.ts';
import { inParallel } from './in-parallel.ts';

/**
 * How many load balancers are worked on at a time. Each has a rate of its own, so a few slow ones must not keep the others waiting;
 * the prober bounds the handshakes themselves.
 */
const atOnce = 256;

/**
 * Works on all listeners, those of one load balancer one after the other; the results come in the listeners' order. The first
 * failure rejects, and no further listener is begun.
 */
export async function perLoadBalancer<T extends { readonly state: ListenerState }, R>(
  listeners: readonly T[],
  work: (listener: T) => Promise<R>,
): Promise<readonly R[]> {
  const groups = new Map<string, (readonly [number, T])[]>();
  for (const [index, listener] of listeners.entries()) {
    const { loadBalancerId } = listener.state.ref;
    const group = groups.get(loadBalancerId) ?? [];
    group.push([index, listener]);
    groups.set(loadBalancerId, group);
  }
  const results = await inParallel([...groups.values()], atOnce, (group) =>
    inParallel(group, 1, async ([index, listener]) => [index, await work(listener)] as const),
  );
  return results
    .flat()
    .toSorted(([a], [b]) => a - b)
    .map(([, result]) => result);
}
