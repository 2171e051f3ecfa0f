import type { Certificate, CertificateId } from '../../src/domain/certificate.ts';
import { type ListenerRef, type ListenerState, listenerKey } from '../../src/domain/listener.ts';
import type { Observation, Probe } from '../../src/domain/observation.ts';
import type { CloudAccount } from '../../src/ports/listeners.ts';
import type { Prober } from '../../src/ports/prober.ts';
import {
  aCertificate,
  after,
  aListener,
  anEndpoint,
  days,
  failed,
  served,
} from '../helpers/facts.ts';

const zones = ['cn-hangzhou-a', 'cn-hangzhou-b'];

/** A cloud that answers at once and is always right: what is left is the engine. Any listener exists as soon as it is named. */
export class InstantCloud {
  readonly old: Certificate;
  readonly fresh: Certificate;
  readonly #bound = new Map<string, CertificateId>();
  readonly #addresses = new Map<string, string>();

  constructor(now: Date) {
    this.old = aCertificate({ notBefore: after(now, -days(110)), notAfter: after(now, days(20)) });
    this.fresh = aCertificate({
      id: '202-cn-hangzhou',
      notBefore: after(now, -days(1)),
      notAfter: after(now, days(200)),
    });
  }

  readonly prober: Prober = {
    perLoadBalancerPerSecond: null,
    reaches: () => true,
    observe: async (probe) => this.#observe(probe),
  };

  /** Listener number `at`, alone on its load balancer, with an address in two zones. */
  listener(at: number): ListenerState {
    const ref = { loadBalancerId: `nlb-${at}`, listenerId: `lsn-${at}@443` };
    const state = aListener({ ref });
    const key = listenerKey(state.ref);
    const endpoints = zones.map((zone, index) =>
      anEndpoint({ zone, address: `10.${index}.${at >> 8}.${at & 255}` }),
    );
    for (const { address } of endpoints) this.#addresses.set(address, key);
    const id = this.#bound.get(key) ?? this.old.id;
    return { ...state, endpoints, bound: [{ slot: 'default', id, state: 'bound' }] };
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
        read: async (ref) => this.listener(numberOf(ref)),
        regions: async () => ['cn-hangzhou'],
        skewMs: () => 0,
      },
      writer: {
        start: async ({ ref }, step) => {
          if (step.kind === 'replace') this.#bound.set(listenerKey(ref), step.to);
          return { job: 'job-1', requestId: 'REQ-1' };
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

  #observe(probe: Probe): Observation {
    const now = new Date();
    if (probe.keyType === 'ecdsa') return failed('no-common-parameters', now);
    const id = this.#bound.get(this.#addresses.get(probe.endpoint.address) ?? '');
    const { fingerprint256 } = id === this.fresh.id ? this.fresh : this.old;
    return served({
      at: now,
      leaf: { fingerprint256: fingerprint256 ?? '' },
      nameCovered: probe.serverName === null ? null : true,
    });
  }
}

function numberOf({ listenerId }: ListenerRef): number {
  return Number.parseInt(listenerId.slice('lsn-'.length), 10);
}
