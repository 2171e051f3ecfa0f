import type { Listener } from './model.ts';

/** What can be asked about listeners. Lists are in the order of creation. */
export interface ListenerView {
  listener(id: string): Listener | null;
  listenersIn(region: string): readonly Listener[];
  listenersOf(loadBalancerId: string): readonly Listener[];
}

interface Kept {
  readonly listener: Listener;
  /** Grows with every new listener. */
  readonly place: number;
}

/** Listeners by id, region and load balancer, so that no question goes through those of all regions. */
export class ListenerIndex implements ListenerView {
  readonly #byId = new Map<string, Kept>();
  readonly #byRegion = new Map<string, Map<string, Listener>>();
  readonly #byLoadBalancer = new Map<string, Map<string, Listener>>();
  #places = 0;

  /** Adds a listener or replaces the one of that id, which keeps its place. */
  set(listener: Listener): void {
    const place = this.#byId.get(listener.id)?.place ?? (this.#places += 1);
    this.#byId.set(listener.id, { listener, place });
    groupOf(this.#byRegion, listener.region).set(listener.id, listener);
    groupOf(this.#byLoadBalancer, listener.loadBalancerId).set(listener.id, listener);
  }

  delete(listener: Listener): void {
    this.#byId.delete(listener.id);
    groupOf(this.#byRegion, listener.region).delete(listener.id);
    groupOf(this.#byLoadBalancer, listener.loadBalancerId).delete(listener.id);
  }

  listener(id: string): Listener | null {
    return this.#byId.get(id)?.listener ?? null;
  }

  /** Null for a listener that is not there. */
  place(id: string): number | null {
    return this.#byId.get(id)?.place ?? null;
  }

  listenersIn(region: string): readonly Listener[] {
    return [...(this.#byRegion.get(region)?.values() ?? [])];
  }

  listenersOf(loadBalancerId: string): readonly Listener[] {
    return [...(this.#byLoadBalancer.get(loadBalancerId)?.values() ?? [])];
  }

  all(): readonly Listener[] {
    return [...this.#byId.values()].map((kept) => kept.listener);
  }
}

function groupOf(groups: Map<string, Map<string, Listener>>, key: string): Map<string, Listener> {
  const group = groups.get(key) ?? new Map<string, Listener>();
  groups.set(key, group);
  return group;
}
