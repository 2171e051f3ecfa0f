import type { ListenerRef, ListenerState } from '../../../src/domain/listener.ts';
import type { Step } from '../../../src/domain/plan.ts';

export const ref: ListenerRef = {
  account: 'main',
  region: 'cn-hangzhou',
  product: 'nlb',
  loadBalancerId: 'nlb-1',
  listenerId: 'lsn-1@443',
};

export function stateOf(over: Partial<ListenerState>): ListenerState {
  return {
    ref,
    version: 'v',
    status: 'running',
    owner: { kind: 'cloud' },
    bound: [],
    clientAuth: false,
    tlsPolicy: 'tls_cipher_policy_1_2',
    alpn: [],
    endpoints: [],
    port: 443,
    description: '',
    loadBalancerName: '',
    vpcId: null,
    tags: {},
    ...over,
  };
}

export const replaceDefault: Step = {
  kind: 'replace',
  slot: 'default',
  from: '1-cn-hangzhou',
  to: '2-cn-hangzhou',
};

/** One listener as ListListeners shows it. */
export function listenerRow(id: string, loadBalancerId: string, over: object = {}): object {
  return {
    ListenerId: id,
    LoadBalancerId: loadBalancerId,
    ListenerProtocol: 'TCPSSL',
    ListenerPort: 443,
    ListenerStatus: 'Running',
    ListenerDescription: 'shop',
    SecurityPolicyId: 'tls_cipher_policy_1_2',
    ServerGroupId: 'sgp-1',
    IdleTimeout: 900,
    CertificateIds: ['1-cn-hangzhou'],
    CaCertificateIds: [],
    CaEnabled: false,
    AlpnEnabled: false,
    SecSensorEnabled: false,
    Cps: 0,
    Tags: [{ Key: 'env', Value: 'prod' }],
    ...over,
  };
}

/** One load balancer as ListLoadBalancers shows it. */
export function loadBalancerRow(id: string, over: object = {}): object {
  return {
    LoadBalancerId: id,
    LoadBalancerName: `name of ${id}`,
    LoadBalancerStatus: 'Active',
    VpcId: 'vpc-1',
    Tags: [{ Key: 'team', Value: 'web' }],
    ZoneMappings: [
      {
        ZoneId: 'cn-hangzhou-a',
        Status: 'Active',
        LoadBalancerAddresses: [{ PublicIPv4Address: '127.0.0.2', PrivateIPv4Address: '10.0.0.2' }],
      },
      {
        ZoneId: 'cn-hangzhou-b',
        Status: 'Shifted',
        LoadBalancerAddresses: [{ PublicIPv4Address: '127.0.0.3', Ipv6Address: '::3' }],
      },
    ],
    ...over,
  };
}

export function certificateRow(id: string, over: object = {}): object {
  return {
    CertificateId: id,
    CertificateType: 'Server',
    IsDefault: false,
    Status: 'Associated',
    ...over,
  };
}
