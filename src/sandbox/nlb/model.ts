export interface Tag {
  readonly key: string;
  readonly value: string;
}

export const zoneStatuses = ['Active', 'Stopped', 'Shifted', 'Starting', 'Stopping'] as const;
/** `Shifted` and `Stopped` zones leave DNS; only `Stopped` ones refuse connections too. */
type ZoneStatus = (typeof zoneStatuses)[number];

export interface Zone {
  readonly id: string;
  readonly status: ZoneStatus;
  readonly vSwitchId: string;
  readonly publicAddress: string | null;
  readonly privateAddress: string | null;
}

export const loadBalancerStatuses = [
  'Inactive',
  'Active',
  'Provisioning',
  'Configuring',
  'Deleting',
  'Deleted',
  'CreateFailed',
] as const;
type LoadBalancerStatus = (typeof loadBalancerStatuses)[number];

export const lockTypes = [
  'SecurityLocked',
  'RelatedResourceLocked',
  'FinancialLocked',
  'ResidualLocked',
] as const;

/** Why the platform, not the customer, keeps a load balancer from being changed. */
export interface OperationLock {
  readonly type: (typeof lockTypes)[number];
  readonly reason: string;
}

/** A protection the customer switched on, and when (ISO, whole seconds). */
export interface Protection {
  readonly reason: string;
  readonly since: string;
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
  readonly status: LoadBalancerStatus;
  /** `Abnormal` is what an overdue bill makes of it. */
  readonly businessStatus: 'Normal' | 'Abnormal';
  readonly resourceGroupId: string;
  readonly ipVersion: 'ipv4' | 'DualStack';
  /** Null where there is no IPv6. */
  readonly ipv6AddressType: 'Internet' | 'Intranet' | null;
  /** What public addresses share their bandwidth through; null when each has its own. */
  readonly bandwidthPackageId: string | null;
  /** Null when it is off. */
  readonly deletionProtection: Protection | null;
  /** Keeps the console from changing it; calls go through. Null when it is off. */
  readonly modificationProtection: Protection | null;
  readonly locks: readonly OperationLock[];
}

/** The resource group of everything that was not put into another. */
export const defaultResourceGroup = 'rg-acfmsandbox0001';

/** The name every zone address stands behind. */
export function dnsNameOf(loadBalancer: Pick<LoadBalancer, 'id' | 'region'>): string {
  return `${loadBalancer.id}.${loadBalancer.region}.nlb.aliyuncsslb.com`;
}

export type ListenerStatus =
  | 'Running'
  | 'Configuring'
  | 'Stopped'
  | 'Starting'
  | 'Stopping'
  | 'Provisioning'
  | 'Deleting';

export const protocols = ['TCP', 'UDP', 'TCPSSL'] as const;
export type Protocol = (typeof protocols)[number];

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
  readonly protocol: Protocol;
  /** 0 on an any-port listener. */
  readonly port: number;
  /** What an any-port listener listens on, both ends included. */
  readonly portRange?: PortRange;
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

/** Whether a certificate is the listener's default or one of its additional ones. */
export function holds(listener: Listener, certificateId: string): boolean {
  return (
    listener.certificateId === certificateId ||
    listener.additional.some((row) => row.certificateId === certificateId)
  );
}

export interface PortRange {
  readonly start: number;
  readonly end: number;
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
