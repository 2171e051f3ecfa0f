import type { Certificate, CertificateId } from '../../src/domain/certificate.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import { type ListenerState, listenerKey } from '../../src/domain/listener.ts';
import type { Observation, Probe } from '../../src/domain/observation.ts';
import type { CloudAccount } from '../../src/ports/listeners.ts';
import type { Prober } from '../../src/ports/prober.ts';
import {
  aCertificate,
  after,
  aListener,
  anEndpoint,
  anInventory,
  days,
  failed,
  served,
} from './facts.ts';

/** What is wrong in the fleet. */
interface FleetFaults {
  /** The renewal comes without its intermediate, wherever it is bound. */
  readonly badCandidate?: boolean;
  /** Numbers of listeners whose addresses answer nobody. */
  readonly silent?: readonly number[];
  /** Numbers of listeners whose addresses lie outside the vantage. */
  readonly blind?: readonly number[];
}

const zones = ['cn-hangzhou-a', 'cn-hangzhou-b'];

/** Listeners 1 to `count`, each alone on its load balancer, all holding one certificate with 20 days left; answers at once. */
export class FleetCloud {
  readonly old: Certificate;
  readonly fresh: Certificate;
  /** Every write, in order: the listener's number and what it was to hold. */
  readonly writes: { readonly listener: number; readonly to: CertificateId }[] = [];
  readonly #count: number;
  readonly #now: () => Date;
  readonly #faults: FleetFaults;
  readonly #bound = new Map<number, CertificateId>();

  constructor(count: number, now: () => Date, faults: FleetFaults = {}) {
    this.#count = count;
    this.#now = now;
    this.#faults = faults;
    const since = now();
    this.old = aCertificate({ notAfter: after(since, days(20)) });
    const span = { notBefore: after(since, -days(1)), notAfter: after(since, days(200)) };
    this.fresh = aCertificate({ id: '202-cn-hangzhou', ...span });
  }

  readonly prober: Prober = {
    perLoadBalancerPerSecond: null,
    reaches: ({ address }) => this.#faults.blind?.includes(numberIn(address)) !== true,
    observe: async (probe) => this.#observe(probe),
  };

  /** What a scan would know at this instant. */
  inventory(): Inventory {
    const listeners = Array.from({ length: this.#count }, (_, index) => this.#state(index + 1));
    const { old, fresh } = this;
    const known = anInventory({ listeners, certificates: [old, fresh] });
    const seenAt = after(this.#now(), 1);
    return { ...known, listeners: known.listeners.map((listener) => ({ ...listener, seenAt })) };
  }

  /** How many listeners hold this certificate. */
  holding(id: CertificateId): number {
    return this.inventory().listeners.filter(({ state }) => state.bound[0]?.id === id).length;
  }

  account(): CloudAccount {
    const certificates = new Map([this.old, this.fresh].map((facts) => [facts.id, facts]));
    return {
      name: 'main',
      regions: ['cn-hangzhou'],
      listeners: {
        account: 'main',
        product: 'nlb',
        limits: { idsPerCall: 15, additionalPerLoadBalancer: 25, defaults: 1 },
        discover: async function* () {},
        read: async ({ listenerId }) => this.#state(Number.parseInt(listenerId.slice(4), 10)),
        regions: async () => ['cn-hangzhou'],
        skewMs: () => 0,
      },
      writer: {
        start: async ({ ref }, step) => {
          if (step.kind !== 'replace') throw new Error('only replace steps are made here');
          const listener = Number.parseInt(ref.listenerId.slice(4), 10);
          this.writes.push({ listener, to: step.to });
          this.#bound.set(listener, step.to);
          return { job: 'job-1', requestId: `REQ-${this.writes.length}` };
        },
        progress: async () => ({ kind: 'done' }),
      },
      stores: (site) => ({
        account: 'main',
        site,
        list: async function* () {},
        resolve: async (id) => certificates.get(id) ?? null,
        authorities: async () => ({ certificates: [], missing: [] }),
      }),
      identity: async () => ({ accountId: '1', arn: 'acs:ram::1:root' }),
      tryActions: async () => [],
    };
  }

  #state(listener: number): ListenerState {
    return aListener({
      ref: { loadBalancerId: `nlb-${listener}`, listenerId: `lsn-${listener}@443` },
      endpoints: zones.map((zone, index) =>
        anEndpoint({ zone, address: `10.${index}.0.${listener}` }),
      ),
      bound: [{ slot: 'default', id: this.#bound.get(listener) ?? this.old.id, state: 'bound' }],
    });
  }

  #observe({ endpoint, keyType, serverName }: Probe): Observation {
    const listener = numberIn(endpoint.address);
    const now = this.#now();
    if (this.#faults.silent?.includes(listener) === true) return failed('timeout', now);
    if (keyType === 'ecdsa') return failed('no-common-parameters', now);
    const isFresh = this.#bound.get(listener) === this.fresh.id;
    const { fingerprint256 } = isFresh ? this.fresh : this.old;
    const broken = isFresh && this.#faults.badCandidate === true;
    return served({
      at: now,
      leaf: { fingerprint256: fingerprint256 ?? '' },
      trust: broken
        ? { verdict: 'untrusted', reason: 'incomplete-chain', detail: 'no issuer was sent' }
        : { verdict: 'trusted' },
      nameCovered: serverName === null ? null : true,
    });
  }
}

/** The key under which the fleet's listener of this number is known. */
export function fleetKey(listener: number): string {
  const ref = { loadBalancerId: `nlb-${listener}`, listenerId: `lsn-${listener}@443` };
  return listenerKey(aListener({ ref }).ref);
}

function numberIn(address: string): number {
  return Number(address.split('.').at(-1));
}
