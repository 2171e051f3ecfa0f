import { ListenerIndex, type ListenerView } from './listener-index.ts';
import {
  defaultResourceGroup,
  type Listener,
  type ListenerChange,
  type LoadBalancer,
} from './model.ts';
import { RecentPast } from './recent-past.ts';

type NewLoadBalancer = Partial<LoadBalancer> &
  Pick<
    LoadBalancer,
    'id' | 'name' | 'region' | 'vpcId' | 'addressType' | 'createdAt' | 'zones' | 'tags'
  >;

/** The load balancers of all regions. Values are replaced, never changed in place, and every replacement is announced. */
export class LoadBalancing implements ListenerView {
  readonly #loadBalancers = new Map<string, LoadBalancer>();
  readonly #listeners = new ListenerIndex();
  readonly #past: RecentPast;
  readonly #watchers: ((change: ListenerChange) => void)[] = [];
  readonly #loadBalancerWatchers: ((loadBalancer: LoadBalancer) => void)[] = [];

  /** `readLagMillis` is how long after a change of a listener `seen` still shows what was before. */
  constructor(readLagMillis: number) {
    this.#past = new RecentPast(readLagMillis);
  }

  /** Adds a load balancer, or replaces the one of that id. What is left out is as in an account that is well kept. */
  addLoadBalancer(loadBalancer: NewLoadBalancer): void {
    const added: LoadBalancer = {
      status: 'Active',
      businessStatus: 'Normal',
      resourceGroupId: defaultResourceGroup,
      ipVersion: 'ipv4',
      ipv6AddressType: null,
      bandwidthPackageId:
        loadBalancer.addressType === 'Internet'
          ? `cbwp-${loadBalancer.id.slice('nlb-'.length)}`
          : null,
      deletionProtection: { reason: 'in production', since: loadBalancer.createdAt },
      modificationProtection: { reason: 'kept as code', since: loadBalancer.createdAt },
      locks: [],
      ...loadBalancer,
    };
    this.#loadBalancers.set(added.id, added);
    for (const watcher of this.#loadBalancerWatchers) watcher(added);
  }

  /** A listener that has always been there: reads show it at once. */
  addListener(listener: Listener): void {
    this.#listeners.set(listener);
    this.#announce({ before: null, after: listener });
  }

  /** A new listener, which reads show as late as any other change. */
  createListener(listener: Listener): void {
    this.addListener(listener);
    this.#record(listener.id, null);
  }

  loadBalancer(id: string): LoadBalancer | null {
    return this.#loadBalancers.get(id) ?? null;
  }

  listener(id: string): Listener | null {
    return this.#listeners.listener(id);
  }

  /** Replaces a listener by what `change` makes of it. A listener deleted meanwhile stays deleted. */
  update(id: string, change: (listener: Listener) => Listener): void {
    const before = this.#listeners.listener(id);
    if (before === null) return;
    const after = change(before);
    this.#record(id, before);
    this.#listeners.set(after);
    this.#announce({ before, after });
  }

  removeListener(id: string): void {
    const before = this.#listeners.listener(id);
    if (before === null) return;
    this.#record(id, before);
    this.#listeners.delete(before);
    this.#announce({ before, after: null });
  }

  /** In the order of creation. */
  loadBalancersIn(region: string): readonly LoadBalancer[] {
    return this.loadBalancers().filter((each) => each.region === region);
  }

  listenersIn(region: string): readonly Listener[] {
    return this.#listeners.listenersIn(region);
  }

  listenersOf(loadBalancerId: string): readonly Listener[] {
    return this.#listeners.listenersOf(loadBalancerId);
  }

  listeners(): readonly Listener[] {
    return this.#listeners.all();
  }

  loadBalancers(): readonly LoadBalancer[] {
    return [...this.#loadBalancers.values()];
  }

  /** Listeners as reads show them. Writes act on the truth. */
  seen(): ListenerView {
    return this.#past.view(this.#listeners);
  }

  watch(watcher: (change: ListenerChange) => void): void {
    this.#watchers.push(watcher);
  }

  /** Calls `watcher` after every load balancer added or replaced. */
  watchLoadBalancers(watcher: (loadBalancer: LoadBalancer) => void): void {
    this.#loadBalancerWatchers.push(watcher);
  }

  #record(id: string, before: Listener | null): void {
    this.#past.record(id, before, this.#listeners.place(id) ?? 0);
  }

  #announce(change: ListenerChange): void {
    for (const watcher of this.#watchers) watcher(change);
  }
}
