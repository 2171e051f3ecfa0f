export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface Zone {
  readonly id: string;
  readonly vSwitchId: string;
  readonly publicAddress: string | null;
  readonly privateAddress: string | null;
}

export interface LoadBalancer {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly vpcId: string;
  readonly addressType: 'Internet' | 'Intranet';
  readonly createdAt: string;
  readonly zones: readonly Zone[];
  readonly tags: readonly Tag[];
}

export type ListenerStatus =
  | 'Running'
  | 'Configuring'
  | 'Stopped'
  | 'Starting'
  | 'Stopping'
  | 'Provisioning'
  | 'Deleting';

export const alpnPolicies = ['HTTP1Only', 'HTTP2Only', 'HTTP2Preferred', 'HTTP2Optional'] as const;
export type AlpnPolicy = (typeof alpnPolicies)[number];

/** A certificate beside the default one. `Diassociating` is the API's spelling. */
export interface AdditionalRow {
  readonly certificateId: string;
  readonly status: 'Associating' | 'Associated' | 'Diassociating';
}

export interface Listener {
  readonly id: string;
  readonly loadBalancerId: string;
  readonly region: string;
  readonly protocol: 'TCP' | 'UDP' | 'TCPSSL';
  readonly port: number;
  readonly status: ListenerStatus;
  readonly description: string;
  readonly serverGroupId: string;
  readonly securityPolicyId: string;
  readonly idleTimeout: number;
  readonly cps: number;
  readonly mss: number;
  readonly alpnEnabled: boolean;
  readonly alpnPolicy: AlpnPolicy | null;
  readonly secSensorEnabled: boolean;
  readonly proxyProtocolEnabled: boolean;
  readonly proxyProtocolV2: ProxyProtocolV2;
  readonly tags: readonly Tag[];
  /** Null on listeners that do not end TLS. */
  readonly certificateId: string | null;
  readonly caCertificateId: string | null;
  readonly caEnabled: boolean;
  readonly additional: readonly AdditionalRow[];
}

export interface ProxyProtocolV2 {
  readonly vpcId: boolean;
  readonly privateLinkEndpointId: boolean;
  readonly privateLinkServiceId: boolean;
}

export interface ListenerChange {
  readonly before: Listener | null;
  /** Null when the listener was deleted. */
  readonly after: Listener | null;
}

/** The load balancers of all regions. Values are replaced, never changed in place, and every replacement is announced. */
export class LoadBalancing {
  readonly #loadBalancers = new Map<string, LoadBalancer>();
  readonly #listeners = new Map<string, Listener>();
  readonly #watchers: ((change: ListenerChange) => void)[] = [];

  addLoadBalancer(loadBalancer: LoadBalancer): void {
    this.#loadBalancers.set(loadBalancer.id, loadBalancer);
  }

  addListener(listener: Listener): void {
    this.#listeners.set(listener.id, listener);
    this.#announce({ before: null, after: listener });
  }

  loadBalancer(id: string): LoadBalancer | null {
    return this.#loadBalancers.get(id) ?? null;
  }

  listener(id: string): Listener | null {
    return this.#listeners.get(id) ?? null;
  }

  /** Replaces a listener by what `change` makes of it. A listener deleted meanwhile stays deleted. */
  update(id: string, change: (listener: Listener) => Listener): void {
    const before = this.#listeners.get(id);
    if (before === undefined) return;
    const after = change(before);
    this.#listeners.set(id, after);
    this.#announce({ before, after });
  }

  removeListener(id: string): void {
    const before = this.#listeners.get(id);
    if (before === undefined) return;
    this.#listeners.delete(id);
    this.#announce({ before, after: null });
  }

  /** In the order of creation. */
  loadBalancersIn(region: string): readonly LoadBalancer[] {
    return [...this.#loadBalancers.values()].filter((each) => each.region === region);
  }

  listenersIn(region: string): readonly Listener[] {
    return [...this.#listeners.values()].filter((each) => each.region === region);
  }

  listenersOf(loadBalancerId: string): readonly Listener[] {
    return [...this.#listeners.values()].filter((each) => each.loadBalancerId === loadBalancerId);
  }

  listeners(): readonly Listener[] {
    return [...this.#listeners.values()];
  }

  loadBalancers(): readonly LoadBalancer[] {
    return [...this.#loadBalancers.values()];
  }

  watch(watcher: (change: ListenerChange) => void): void {
    this.#watchers.push(watcher);
  }

  #announce(change: ListenerChange): void {
    for (const watcher of this.#watchers) watcher(change);
  }
}
